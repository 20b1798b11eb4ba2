"""The lifecycles of volunteering, each with its time-outs, on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import models

from plugins.volunteering.models import Application, Engagement, Mission

M, A, E = Mission.State, Application.State, Engagement.State

MISSION: Mapping[str, frozenset[str]] = {
    M.DRAFT: frozenset({M.OPEN}),
    M.OPEN: frozenset({M.FILLED, M.CLOSED, M.DONE}),  # filled by itself when the last place is taken
    M.FILLED: frozenset({M.OPEN, M.CLOSED, M.DONE}),  # open again when a volunteer leaves
    M.CLOSED: frozenset({M.OPEN, M.DONE}),
    M.DONE: frozenset(),
}
APPLICATION: Mapping[str, frozenset[str]] = {
    A.SENT: frozenset({A.SHORTLISTED, A.ACCEPTED, A.DECLINED, A.WITHDRAWN}),
    A.SHORTLISTED: frozenset({A.ACCEPTED, A.DECLINED, A.WITHDRAWN}),
    A.ACCEPTED: frozenset(),  # from here on the engagement lives
    A.DECLINED: frozenset(),
    A.WITHDRAWN: frozenset({A.SENT}),  # may offer again while the mission is open
}
ENGAGEMENT: Mapping[str, frozenset[str]] = {
    E.UNDERWAY: frozenset({E.FINISHED, E.STOPPED}),
    E.FINISHED: frozenset(),
    E.STOPPED: frozenset(),
}

ANSWER_WITHIN = timedelta(days=7)
DECIDE_WITHIN = timedelta(days=7)
AGREE_WITHIN = timedelta(days=7)
DO_WITHIN = timedelta(days=30)  # when neither the mission nor the two sides named a date
TELL_WITHIN = timedelta(days=90)  # after the end, what became of it


class WrongState(ValueError):
    """This cannot be done in the state that the row is in, or somebody else just did it."""


def move(row: models.Model, table: Mapping[str, frozenset[str]], to: str, **changes: Any) -> None:
    """Move a row along its table and save it; of two who try at once one wins, the other gets WrongState."""
    before = row.state  # type: ignore[attr-defined]
    if to not in table[before]:
        raise WrongState(f"{before} → {to}")
    changes["state"] = to
    if not type(row)._default_manager.filter(pk=row.pk, state=before).update(**changes):
        raise WrongState(f"{before} → {to}: it is no longer {before}")
    for name, value in changes.items():
        setattr(row, name, value)
