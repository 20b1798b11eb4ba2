"""What sponsors add, on the pages of campaigns and organisations."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from plugins.crowdfunding.domain import sponsors
from plugins.crowdfunding.models import Campaign, MatchedCampaign


class Growing(Panel):
    """Which sponsors add how much to a gift made now, and how much is left; one query."""

    subject = "crowdfunding.campaign"
    slot = "main"
    order = 10
    template_name = "crowdfunding/panels/matching.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign, may = parent_context["subject"], bool(parent_context.get("may_open"))
        if campaign.kind == Campaign.Kind.MATCHING:
            return {"campaign": campaign, "pots": list(sponsors.pots_of(campaign)), "may_open": may}
        places = sponsors.places_of(campaign.pk)
        asked = [place for place in places if place.state == MatchedCampaign.State.ASKED]
        return {
            "campaign": campaign,
            "adding": sponsors.adding(campaign, places),
            "offered": asked if may else [],
            "may_open": may,
        }


class Regular(Panel):
    """What regular support means, on the page of its campaign; no query."""

    subject = "crowdfunding.campaign"
    slot = "main"
    order = 12
    template_name = "crowdfunding/panels/supports.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return bool(subject.kind == Campaign.Kind.RECURRING)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"campaign": parent_context["subject"], "may_keep": bool(parent_context.get("may_keep"))}


class Funds(Panel):
    """On an organisation's page, the way to its matching funds for who may promise its money."""

    subject = "core.organisation"
    slot = "aside"
    order = 31
    template_name = "crowdfunding/panels/matching_funds.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return bool(request.user.is_authenticated)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        organisation = parent_context["subject"]
        may = sponsors.may_sponsor(parent_context["request"].user, organisation)
        return {"organisation": organisation, "may_sponsor": may}


panels = [Growing(), Regular(), Funds()]
