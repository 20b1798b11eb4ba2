"""What a campaign's page shows of budget lines and offers."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from plugins.crowdfunding.domain import lines, offers, shares


class Lines(Panel):
    """There, promised, missing: one bar per budget line, each in what it counts; two queries, three when another campaign pays, too."""

    subject = "crowdfunding.campaign"
    slot = "main"
    order = 10
    template_name = "crowdfunding/panels/lines.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign = parent_context["subject"]
        return {
            "campaign": campaign,
            "bars": lines.of_project(campaign.project_id, [campaign]),
            "takes": offers.takes(campaign),
        }


class OfferSomething(Panel):
    """The ways to offer things and days; for who answers, the list; for who plans, who pays what."""

    subject = "crowdfunding.campaign"
    slot = "actions"
    order = 30
    template_name = "crowdfunding/panels/offer.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign, person = parent_context["subject"], parent_context["request"].user
        return {
            "campaign": campaign,
            "takes": offers.takes(campaign),
            "may_answer": offers.may_answer(person, campaign),
            "may_plan": person.is_authenticated and shares.may_plan(person, campaign.project),
        }


class Plan(Panel):
    """On the page where the budget is written, the way to who pays what."""

    slot = "budget"
    order = 10
    template_name = "crowdfunding/panels/plan.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"project": parent_context["subject"]}


panels = [Lines(), OfferSomething(), Plan()]
"""Panels of budget lines and offers."""
