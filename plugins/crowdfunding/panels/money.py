"""Where the way of the money is found from campaigns and organisations."""

from __future__ import annotations

from typing import Any

from core.contract import Panel
from plugins.crowdfunding.domain import payouts


class WayOfTheMoney(Panel):
    """On a campaign's page, the door to what became of the money; no query."""

    subject = "crowdfunding.campaign"
    slot = "aside"
    order = 20
    template_name = "crowdfunding/panels/way.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return subject.state != subject.State.DRAFT

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"campaign": parent_context["subject"]}


class ReceivedAndSpent(Panel):
    """On an organisation's page, transfers and expenses for its managers and treasurers."""

    subject = "core.organisation"
    slot = "aside"
    order = 31
    template_name = "crowdfunding/panels/received_and_spent.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return bool(request.user.is_authenticated)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        organisation, person = parent_context["subject"], parent_context["request"].user
        return {"organisation": organisation, "may": payouts.may_confirm(person, organisation)}


panels = [WayOfTheMoney(), ReceivedAndSpent()]
