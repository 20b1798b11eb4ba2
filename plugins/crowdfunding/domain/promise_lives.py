"""The lives of a share, of an offer in kind and of days of work, on one screen."""

from __future__ import annotations

from plugins.crowdfunding.domain.lifecycles import NotPossible, Table, after
from plugins.crowdfunding.models import DaysOffer, InKindOffer, Share

SHARE: Table = {
    Share.State.ANNOUNCED: {"decide": Share.State.DECIDED, "withdraw": Share.State.WITHDRAWN},
    Share.State.DECIDED: {"pay": Share.State.PAID, "withdraw": Share.State.WITHDRAWN},
    # A mistake at the desk: the money had not come after all.
    Share.State.PAID: {"unpay": Share.State.DECIDED},
    Share.State.WITHDRAWN: {},
}

IN_KIND: Table = {
    InKindOffer.State.OFFERED: {
        "accept": InKindOffer.State.ACCEPTED,
        "decline": InKindOffer.State.DECLINED,
        "withdraw": InKindOffer.State.WITHDRAWN,
    },
    InKindOffer.State.ACCEPTED: {
        "ship": InKindOffer.State.IN_TRANSIT,
        "receive": InKindOffer.State.RECEIVED,
        "decline": InKindOffer.State.DECLINED,
        "withdraw": InKindOffer.State.WITHDRAWN,
    },
    # Under way the facts may change: another carrier, another border post. Customs may also turn things back.
    InKindOffer.State.IN_TRANSIT: {
        "ship": InKindOffer.State.IN_TRANSIT,
        "receive": InKindOffer.State.RECEIVED,
        "decline": InKindOffer.State.DECLINED,
    },
    InKindOffer.State.RECEIVED: {},
    InKindOffer.State.DECLINED: {},
    InKindOffer.State.WITHDRAWN: {},
}

DAYS: Table = {
    DaysOffer.State.OFFERED: {
        "accept": DaysOffer.State.ACCEPTED,
        "decline": DaysOffer.State.DECLINED,
        "withdraw": DaysOffer.State.WITHDRAWN,
    },
    DaysOffer.State.ACCEPTED: {
        "done": DaysOffer.State.DONE,
        "decline": DaysOffer.State.DECLINED,
        "withdraw": DaysOffer.State.WITHDRAWN,
    },
    DaysOffer.State.DONE: {},
    DaysOffer.State.DECLINED: {},
    DaysOffer.State.WITHDRAWN: {},
}

IN_KIND_PROMISED = (InKindOffer.State.ACCEPTED, InKindOffer.State.IN_TRANSIT)
"""Things that count as promised; what is only offered waits for an answer and counts nowhere."""

__all__ = ["DAYS", "IN_KIND", "IN_KIND_PROMISED", "SHARE", "NotPossible", "after"]
