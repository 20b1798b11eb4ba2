"""The stalls on a project's page."""

import os

from core.contract import Panel
from tiwizi_stalls.models import Stall


class StallsPanel(Panel):
    """Names of the stalls; fails when the tests ask it to."""

    template_name = "stalls/panel.html"

    def get_context_data(self, parent_context):
        if os.environ.get("STALLS") == "fail":
            raise RuntimeError("the stalls fell over")
        return {"stalls": Stall.objects.filter(project=parent_context["subject"])[:10]}


panels = [StallsPanel()]
