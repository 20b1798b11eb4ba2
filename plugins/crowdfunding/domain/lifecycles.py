"""The lives of a campaign, a pledge, a payment, a refund and a dispute, on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from plugins.crowdfunding.models import (
    Campaign,
    Dispute,
    Payment,
    Payout,
    Pledge,
    Refund,
    Spending,
    TaxReceipt,
)
from plugins.crowdfunding.models.pledges import LIFE

Table = Mapping[str, Mapping[str, str]]
"""State → act → next state; an act that is not named cannot be done."""

_C, _P, _M, _R, _D = Campaign.State, Pledge.State, Payment.State, Refund.State, Dispute.State

CAMPAIGN: Table = {
    _C.DRAFT: {"open": _C.OPEN, "cancel": _C.CANCELLED},
    # A conditional campaign is collected at its deadline; one whose first round is in goes on.
    _C.OPEN: {"close": _C.CLOSED, "cancel": _C.CANCELLED, "collect": _C.COLLECTING, "fail": _C.FAILED},
    _C.COLLECTING: {"succeed": _C.SUCCEEDED, "fail": _C.FAILED, "continue": _C.OPEN, "cancel": _C.CANCELLED},
    _C.CLOSED: {},
    _C.SUCCEEDED: {},
    _C.FAILED: {},
    _C.CANCELLED: {},
}

_LATE = {"receive": _P.RECEIVED}
"""Money that comes late is still money: it is booked whatever was said before."""

PLEDGE: Table = {
    _P.STARTED: {
        **_LATE,
        "secure": _P.SECURED,
        "promise": _P.PLEDGED,
        "cancel": _P.CANCELLED,
        "expire": _P.EXPIRED,
        "move": _P.MOVED,
    },
    _P.PLEDGED: {
        **_LATE,
        "secure": _P.SECURED,
        "refuse": _P.DUE,
        "cancel": _P.CANCELLED,
        "expire": _P.EXPIRED,
        "move": _P.MOVED,
        "release": _P.RELEASED,
    },
    _P.SECURED: {
        **_LATE,
        "secure": _P.SECURED,
        "promise": _P.PLEDGED,
        "refuse": _P.DUE,
        "cancel": _P.CANCELLED,
        "release": _P.RELEASED,
        "move": _P.MOVED,
    },
    _P.DUE: {
        **_LATE,
        "secure": _P.SECURED,
        "promise": _P.PLEDGED,
        "refuse": _P.DUE,
        "cancel": _P.CANCELLED,
        "expire": _P.EXPIRED,
        "release": _P.RELEASED,
    },
    # Undoing puts a promise made on the site back to waiting and voids one entered at the counter.
    _P.RECEIVED: {
        "undo": _P.PLEDGED,
        "void": _P.CANCELLED,
        "refund": _P.REFUNDED,
        "dispute": _P.DISPUTED,
        "move": _P.MOVED,
        "keep": _P.KEPT,
    },
    _P.DISPUTED: {"return": _P.RECEIVED, "refund": _P.REFUNDED},
    # A refund that was dropped, a dispute that was won: the money is there again.
    _P.REFUNDED: {"return": _P.RECEIVED, "dispute": _P.DISPUTED},
    # One side only: what was released is never taken; money that comes all the same is given back.
    _P.RELEASED: {},
    _P.MOVED: {},
    _P.KEPT: {},
    _P.CANCELLED: {**_LATE},
    _P.EXPIRED: {**_LATE},
}

PAYMENT: Table = {
    # The provider's word can come late and out of order: money that came wins over every refusal.
    _M.STARTED: {
        "process": _M.PROCESSING,
        "settle": _M.RECEIVED,
        "surplus": _M.SURPLUS,
        "secure": _M.SECURED,
        "fail": _M.FAILED,
    },
    _M.PROCESSING: {"settle": _M.RECEIVED, "surplus": _M.SURPLUS, "fail": _M.FAILED},
    _M.FAILED: {"process": _M.PROCESSING, "settle": _M.RECEIVED, "surplus": _M.SURPLUS},
    _M.SECURED: {},
    _M.RECEIVED: {"undo": _M.REVERSED, "refund": _M.REFUNDED, "move": _M.MOVED, "keep": _M.KEPT},
    _M.REFUNDED: {"return": _M.RECEIVED},
    _M.SURPLUS: {},
    _M.MOVED: {},
    _M.KEPT: {},
    _M.REVERSED: {},
}

REFUND: Table = {
    # Asked is written before the provider is: from then on only its answer counts, and nobody drops what it may have done.
    _R.DUE: {"ask": _R.ASKED, "finish": _R.DONE, "drop": _R.DROPPED},
    _R.ASKED: {"send": _R.SENT, "finish": _R.DONE, "fail": _R.FAILED},
    _R.SENT: {"finish": _R.DONE, "fail": _R.FAILED},
    _R.DONE: {"fail": _R.FAILED},
    # Still owed: tried again at the provider with another attempt, or by hand; dropped when the donor gives it anew.
    _R.FAILED: {"retry": _R.DUE, "finish": _R.DONE, "drop": _R.DROPPED},
    _R.DROPPED: {},
}

DISPUTE: Table = {
    _D.OPENED: {"win": _D.WON, "lose": _D.LOST},
    _D.WON: {},
    _D.LOST: {"win": _D.WON},
}

PAYOUT: Table = {
    # Sent by the one, confirmed by the other; a confirmation can be taken back until the money is spent.
    Payout.State.SENT: {
        "arrive": Payout.State.ARRIVED,
        "return": Payout.State.RETURNED,
        "undo": Payout.State.UNDONE,
    },
    Payout.State.ARRIVED: {"correct": Payout.State.SENT},
    Payout.State.RETURNED: {},
    Payout.State.UNDONE: {},
}

SPENDING: Table = {
    Spending.State.BOOKED: {"undo": Spending.State.UNDONE},
    Spending.State.UNDONE: {},
}

RECEIPT: Table = {
    # A cancelled receipt keeps its number and never comes back.
    TaxReceipt.State.ISSUED: {"cancel": TaxReceipt.State.CANCELLED},
    TaxReceipt.State.CANCELLED: {},
}

REMINDERS = (timedelta(days=14), timedelta(days=30))
"""A promise that waits is reminded of after these, and expires after LIFE."""

CLOSING_GRACE = timedelta(days=0)
"""A campaign closes by itself when its last day is over; promises made until then may still be paid."""

UNFINISHED = timedelta(days=2)
"""How long a provider's page may stay unfinished before the pledge expires."""

REPLACED_WITHIN = timedelta(days=7)
"""How long a donor whose card was refused has for another card or a transfer."""

__all__ = [
    "CAMPAIGN",
    "CLOSING_GRACE",
    "DISPUTE",
    "LIFE",
    "PAYMENT",
    "PAYOUT",
    "PLEDGE",
    "RECEIPT",
    "REFUND",
    "REMINDERS",
    "REPLACED_WITHIN",
    "SPENDING",
    "UNFINISHED",
    "NotPossible",
    "after",
]


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
