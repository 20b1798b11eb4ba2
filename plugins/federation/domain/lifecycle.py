"""The life of a link between two instances, on one screen: states, what can happen in each, and the time-outs."""

from __future__ import annotations

from datetime import timedelta

from activitypub.core.models import FollowRequest

from plugins.federation.models import PeerLink

State, Direction = PeerLink.State, PeerLink.Direction
ASK_AGAIN_AFTER = timedelta(days=7)
"""An unanswered request is sent again after this time…"""
ASKED_AT_MOST = 4
"""…and so many times in all; a refused one may ask again after the same time."""

TRANSITIONS: dict[tuple[str, str], dict[str, str]] = {
    # (whose request, state): what happens → the state after
    (Direction.OUT, State.ASKED): {"accepted": State.ACCEPTED, "refused": State.REFUSED, "end": State.ENDED},
    (Direction.OUT, State.ACCEPTED): {"refused": State.REFUSED, "end": State.ENDED},
    (Direction.OUT, State.REFUSED): {"ask": State.ASKED},
    (Direction.OUT, State.ENDED): {"ask": State.ASKED},
    (Direction.OUT, State.BLOCKED): {"unblock": State.ENDED},
    (Direction.IN, State.ASKED): {"admit": State.ACCEPTED, "refuse": State.REFUSED, "left": State.ENDED},
    (Direction.IN, State.ACCEPTED): {"refuse": State.REFUSED, "left": State.ENDED},
    (Direction.IN, State.REFUSED): {"admit": State.ACCEPTED, "asked": State.ASKED, "left": State.ENDED},
    (Direction.IN, State.ENDED): {"asked": State.ASKED},
    (Direction.IN, State.BLOCKED): {"unblock": State.ENDED},
}
for _row in [key for key in TRANSITIONS if key[1] != State.BLOCKED]:
    TRANSITIONS[_row]["block"] = State.BLOCKED

TOOLKIT_STATUS = {
    State.ASKED: FollowRequest.STATUS.submitted,
    State.ACCEPTED: FollowRequest.STATUS.accepted,
    State.REFUSED: FollowRequest.STATUS.rejected,
    State.ENDED: FollowRequest.STATUS.rejected,
    State.BLOCKED: FollowRequest.STATUS.blocked,
}


class WrongState(ValueError):
    """The link is not in a state in which this can happen."""


def may(link: PeerLink, event: str) -> bool:
    """Whether something can happen to a link in its state."""
    return event in TRANSITIONS[link.direction, link.state]
