"""What a campaign's page shows of its closing run: one query, and one more while cards are being charged."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from plugins.crowdfunding.domain.closing_counts import progress
from plugins.crowdfunding.models import Campaign, ClosingRun


class Closing(Panel):
    """Where the collection stands, in words, once the last day of a conditional campaign is over."""

    subject = Campaign.subject_type
    slot = "status"
    order = 20
    template_name = "crowdfunding/panels/closing.html"

    def shows(self, subject: Any, request: Any) -> bool:
        before = subject.is_conditional and subject.state in {Campaign.State.DRAFT, Campaign.State.OPEN}
        return subject.kind in Campaign.CONDITIONAL and not before

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign = parent_context["subject"]
        run = ClosingRun.objects.filter(campaign=campaign).order_by("-round").first()
        if run is None:
            return {"run": None}
        run.campaign = campaign
        asking = run.phase in {ClosingRun.Phase.CHARGING, ClosingRun.Phase.ASKING}
        charged, asked = progress(run) if asking else (0, 0)
        return {"run": run, "campaign": campaign, "charged": charged, "asked": asked}


panels = [Closing()]
