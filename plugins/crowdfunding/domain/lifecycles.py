"""The lives of a campaign, a pledge and a payment, on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from plugins.crowdfunding.models import Campaign, Payment, Pledge
from plugins.crowdfunding.models.pledges import LIFE

Table = Mapping[str, Mapping[str, str]]
"""State → act → next state; an act that is not named cannot be done."""

CAMPAIGN: Table = {
    Campaign.State.DRAFT: {"open": Campaign.State.OPEN, "cancel": Campaign.State.CANCELLED},
    Campaign.State.OPEN: {"close": Campaign.State.CLOSED, "cancel": Campaign.State.CANCELLED},
    Campaign.State.CLOSED: {},
    Campaign.State.CANCELLED: {},
}

PLEDGE: Table = {
    # Money that comes late is still money: it can be received after cancelling or expiring.
    Pledge.State.PLEDGED: {
        "receive": Pledge.State.RECEIVED,
        "cancel": Pledge.State.CANCELLED,
        "expire": Pledge.State.EXPIRED,
    },
    Pledge.State.CANCELLED: {"receive": Pledge.State.RECEIVED},
    Pledge.State.EXPIRED: {"receive": Pledge.State.RECEIVED},
    # Undoing puts a promise made on the site back to waiting and voids one entered at the counter.
    Pledge.State.RECEIVED: {"undo": Pledge.State.PLEDGED, "void": Pledge.State.CANCELLED},
}

PAYMENT: Table = {
    Payment.State.RECEIVED: {"undo": Payment.State.REVERSED},
    Payment.State.REVERSED: {},
}

REMINDERS = (timedelta(days=14), timedelta(days=30))
"""A promise that waits is reminded of after these, and expires after LIFE."""

CLOSING_GRACE = timedelta(days=0)
"""A campaign closes by itself when its last day is over; promises made until then may still be paid."""

__all__ = ["CAMPAIGN", "CLOSING_GRACE", "LIFE", "PAYMENT", "PLEDGE", "REMINDERS", "NotPossible", "after"]


class NotPossible(ValueError):
    """The row is in a state from which this cannot be done."""

    def __init__(self, state: str, act: str) -> None:
        super().__init__(f"{act} is not possible from {state}")
        self.state, self.act = state, act


def after(table: Table, state: str, act: str) -> str:
    """The state after an act; raises NotPossible."""
    try:
        return str(table[state][act])
    except KeyError:
        raise NotPossible(state, act) from None
