"""What crowdfunding shows on the pages of projects, organisations and on the home page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.contract import Panel
from core.domain.permissions import MANAGERS, roles
from core.prepared import prepared
from plugins.crowdfunding.domain import campaigns, cash, collectors, ledger
from plugins.crowdfunding.models import Campaign, Entry
from plugins.crowdfunding.panels import closing, lines, matching, milestones, money, rewards

LINES = 5
HOME = 3


@prepared
def last_lines(project: int) -> QuerySet[Entry]:
    """The last lines of a project's public ledger."""
    return ledger.statement(project)[:LINES]


@prepared
def on_home() -> QuerySet[Campaign]:
    """The newest campaigns that take gifts."""
    return Campaign.objects.taking().shown().order_by("-pk")[:HOME]


class Bars(Panel):
    """There, promised, missing: one bar per campaign."""

    slot = "main"
    order = 20
    template_name = "crowdfunding/panels/bars.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"campaigns": campaigns.of_project(parent_context["subject"])}


class LastLines(Panel):
    """The last lines of the public ledger with its seal; one query."""

    slot = "main"
    order = 60
    template_name = "crowdfunding/panels/ledger.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        project = parent_context["subject"]
        lines = [] if project.is_remote else last_lines(project.pk)
        return {"lines": lines, "project": project, "book": lines[0].transaction.ledger if lines else None}


class Give(Panel):
    """The button that leads to giving; for who answers for the project, the one that prepares a campaign."""

    slot = "actions"
    order = 10
    template_name = "crowdfunding/panels/give.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        project, request = parent_context["subject"], parent_context["request"]
        taking = [campaign for campaign in campaigns.of_project(project) if campaign.takes_pledges()]
        may = request.user.is_authenticated and campaigns.may_prepare(request.user, project)
        return {"taking": taking, "project": project, "may_prepare": may}


class OpenCampaigns(Panel):
    """Campaigns that take gifts, on the home page; one query."""

    subject = ""
    slot = "home"
    order = 20
    template_name = "crowdfunding/panels/home.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"campaigns": on_home()}


class Treasury(Panel):
    """On an organisation's page, the way to its money for who keeps it."""

    subject = "core.organisation"
    slot = "aside"
    order = 30
    template_name = "crowdfunding/panels/treasury.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return bool(request.user.is_authenticated)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        organisation, person = parent_context["subject"], parent_context["request"].user
        return {
            "organisation": organisation,
            "may_keep": collectors.may_keep(person, organisation),
            "may_cash": cash.may_declare(person, organisation),
            "may_set_up": bool(roles(person, organisation) & MANAGERS)
            and collectors.may_set_up(person, organisation),
        }


panels = [
    Bars(),
    LastLines(),
    Give(),
    OpenCampaigns(),
    Treasury(),
    *closing.panels,
    *lines.panels,
    *matching.panels,
    *milestones.panels,
    *money.panels,
    *rewards.panels,
]
