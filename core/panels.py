"""What core itself puts on a project's page."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from core.domain.timeline import public_entries, tell

SHOWN = 8


class Timeline(Panel):
    """The last public entries of the project's journal; one query."""

    slot = "aside"
    order = 80
    template_name = "core/panels/timeline.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        project = parent_context["subject"]
        entries = list(public_entries().filter(project=project)[: SHOWN + 1])
        return {"told": tell(entries[:SHOWN]), "more": len(entries) > SHOWN, "project": project}


panels = [Timeline()]
"""Core's panels."""
