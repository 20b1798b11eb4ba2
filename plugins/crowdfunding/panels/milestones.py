"""The line of milestones on a campaign's page; two queries with steps, one without."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from plugins.crowdfunding.domain import milestones, witnesses
from plugins.crowdfunding.models import Witness


class Steps(Panel):
    """Which steps release how much, where each stands and with whom; for the team, the way to plan them."""

    subject = "crowdfunding.campaign"
    slot = "main"
    order = 30
    template_name = "crowdfunding/panels/milestones.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign = parent_context["subject"]
        rows = milestones.of_campaign(campaign)
        context = {"campaign": campaign, "may_plan": bool(parent_context.get("may_edit"))}
        if not rows:
            return context
        there = milestones.confirmations(rows)
        named = [one for one in witnesses.of_campaign(campaign) if one.state == Witness.State.ACCEPTED]
        return context | {
            "steps": [
                (row, milestones.tranche(row, campaign.received), there.get(row.pk, 0)) for row in rows
            ],
            "witnesses": named,
            "released": milestones.released(rows, campaign.received),
        }


class Witnessing(Panel):
    """On one's account, the campaigns one is a witness of; one query."""

    subject = ""
    slot = "account"
    order = 40
    template_name = "crowdfunding/panels/witnessing.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"rows": list(witnesses.of_person(parent_context["request"].user)[:SHOWN])}


SHOWN = 5
panels = [Steps(), Witnessing()]
