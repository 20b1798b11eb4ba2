"""Letters of the closing run to donors: what became of the campaign and what that means for each gift."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from core import dates
from core.money import isolated
from plugins.crowdfunding.domain import rules
from plugins.crowdfunding.domain.letters import DAY, account_facts, facts, send
from plugins.crowdfunding.models import Campaign, ClosingRun, Pledge


def _key(word: str, pledge: Pledge, run: ClosingRun) -> str:
    return f"closing.{word}.{pledge.uid}.{run.round}"


def ended(pledge: Pledge, run: ClosingRun) -> None:
    """The promise no longer stands: never charged, or no longer waited for."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "released": pledge.state == Pledge.State.RELEASED,
            "stored": pledge.mandate_id is not None,
            "cancelled": run.cause == ClosingRun.Cause.CANCELLED,
            "reached": run.phase == ClosingRun.Phase.SUCCEEDING,
            "bar": isolated(run.bar, pledge.language),
        }
        send(pledge, "closing_ended", _key("ended", pledge, run), more)


def transfer(pledge: Pledge, run: ClosingRun) -> None:
    """The last day is over and the transfer has not come: until when it still counts."""
    with translation.override(pledge.language):
        more = facts(pledge) | account_facts(pledge) | {"until": rules.moment(run.until)}
        send(pledge, "closing_transfer", _key("transfer", pledge, run), more)


def last_call(pledge: Pledge, run: ClosingRun) -> None:
    """Two days are left for another card or a transfer."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "action": gettext("Try again"),
            "until": rules.moment(run.until),
        }
        send(pledge, "closing_last_call", _key("last_call", pledge, run), more)


def succeeded(pledge: Pledge, run: ClosingRun) -> None:
    """The minimum was reached: the gift is the project's."""
    campaign = pledge.campaign
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "action": gettext("See what it does"),
            "received": isolated(run.received, pledge.language) if run.received is not None else "",
            "goes_on": campaign.kind == Campaign.Kind.TWO_ROUNDS,
            "day": dates.text(campaign.closes_on, DAY),
        }
        send(pledge, "closing_succeeded", _key("succeeded", pledge, run), more)


def kept(pledge: Pledge, run: ClosingRun) -> None:
    """The gift is the organisation's, as its donor wished."""
    with translation.override(pledge.language):
        more = facts(pledge) | {"cancelled": run.cause == ClosingRun.Cause.CANCELLED}
        send(pledge, "closing_kept", _key("kept", pledge, run), more)


def choose(pledge: Pledge, run: ClosingRun, until: datetime) -> None:
    """The donor wished to move the gift: which project is it for?"""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "action": gettext("Choose a project"),
            "cancelled": run.cause == ClosingRun.Cause.CANCELLED,
            "until": dates.text(until, DAY),
        }
        send(pledge, "closing_choose", _key("choose", pledge, run), more)
