"""What a campaign's page shows of rewards, news and ways to pass it on; one query each for the first two."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from core.models import Person
from plugins.crowdfunding.domain import deliveries, rewards, updates
from plugins.crowdfunding.models import Campaign, Reward

LATEST = 3


class Rewards(Panel):
    """What donors get, and what everybody gets."""

    subject = Campaign.subject_type
    slot = "main"
    order = 10
    template_name = "crowdfunding/panels/rewards.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign = parent_context["subject"]
        found = rewards.offered(campaign)
        return {
            "campaign": campaign,
            "taking": campaign.takes_pledges(),
            "rewards": [row for row in found if row.kind == Reward.Kind.INDIVIDUAL],
            "returns": [row for row in found if row.kind == Reward.Kind.COLLECTIVE],
        }


class News(Panel):
    """The latest news of a campaign."""

    subject = Campaign.subject_type
    slot = "main"
    order = 20
    template_name = "crowdfunding/panels/news.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign = parent_context["subject"]
        found = list(updates.of_campaign(campaign).order_by("-pk")[: LATEST + 1])
        return {"campaign": campaign, "updates": found[:LATEST], "more": len(found) > LATEST}


class TeamDoors(Panel):
    """For the campaign's team and for producers: rewards, parcels, news."""

    subject = Campaign.subject_type
    slot = "actions"
    order = 30
    template_name = "crowdfunding/panels/team.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return isinstance(request.user, Person)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        campaign, person = parent_context["subject"], parent_context["request"].user
        offers = rewards.may_offer(person, campaign)
        return {
            "campaign": campaign,
            "offers": offers,
            "sends": offers or deliveries.may_see(person, campaign),
            "writes": updates.may_write(person, campaign),
        }


class Widget(Panel):
    """The way to the code of the small frame for other sites."""

    subject = Campaign.subject_type
    slot = "aside"
    order = 90
    template_name = "crowdfunding/panels/widget.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"campaign": parent_context["subject"]}


panels = [Rewards(), News(), TeamDoors(), Widget()]
