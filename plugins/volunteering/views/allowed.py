"""What may be done on an application, by whom and when: one table that pages and actions both read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plugins.volunteering.domain.stances import Stance
from plugins.volunteering.models import Application, Engagement, HoursEntry, PlanStep

State, Kind = Application.State, PlanStep.Kind
Rule = Callable[[Application, Stance, Any], bool]


@dataclass(frozen=True)
class Possible:
    """An action's name, what it acts on, its label, who may do it, and whether its button needs no page."""

    name: str
    target: str
    label: Any
    rule: Rule
    at_once: bool = False


def waits(application: Application) -> bool:
    """Whether the host still owes an answer."""
    return application.is_waiting


def engaged(application: Application) -> Engagement | None:
    """The engagement of an accepted application."""
    return getattr(application, "engagement", None)


def _underway(application: Application) -> bool:
    engagement = engaged(application)
    return engagement is not None and engagement.is_underway


def _planning(application: Application) -> bool:
    """The plan lives from acceptance on, also after the end: following up is part of it."""
    engagement = engaged(application)
    return engagement is not None and engagement.state != Engagement.State.STOPPED


def _step(application: Application, who: Stance, step: PlanStep) -> bool:
    return (
        who.is_party
        and _planning(application)
        and step.is_open
        and step.kind not in {Kind.ANSWER, Kind.DECIDE}
    )


def _own_open_hours(application: Application, who: Stance, entry: HoursEntry) -> bool:
    return who.is_volunteer and _planning(application) and not entry.is_locked


def _said(application: Application, who: Stance) -> bool:
    engagement = engaged(application)
    return engagement is not None and engagement.feedback.filter(side=who.side).exists()


ACTIONS: dict[str, Possible] = {
    action.name: action
    for action in (
        Possible("accept", "application", _("Accept"), lambda a, w, _r: w.is_host and waits(a)),
        Possible(
            "shortlist",
            "application",
            _("Put on the shortlist"),
            lambda a, w, _r: w.is_host and a.state == State.SENT,
        ),
        Possible(
            "decline",
            "application",
            pgettext_lazy("application", "Decline"),
            lambda a, w, _r: w.is_host and waits(a),
        ),
        Possible(
            "withdraw", "application", _("Withdraw my offer"), lambda a, w, _r: w.is_volunteer and waits(a)
        ),
        Possible(
            "again",
            "application",
            _("Offer again"),
            lambda a, w, _r: w.is_volunteer and a.state == State.WITHDRAWN and a.mission.is_open,
        ),
        Possible(
            "note",
            "application",
            _("Write a note"),
            lambda a, w, _r: w.is_party and a.state != State.WITHDRAWN,
        ),
        Possible("add-step", "application", _("Add a step"), lambda a, w, _r: w.is_party and _planning(a)),
        Possible(
            "finish", "application", _("The mission is done"), lambda a, w, _r: w.is_host and _underway(a)
        ),
        Possible("stop", "application", _("Stop here"), lambda a, w, _r: w.is_party and _underway(a)),
        Possible(
            "log-hours", "application", _("Log hours"), lambda a, w, _r: w.is_volunteer and _planning(a)
        ),
        Possible(
            "feedback",
            "application",
            _("Say how it went"),
            lambda a, w, _r: w.is_party and engaged(a) is not None and not _underway(a) and not _said(a, w),
        ),
        Possible("done", "step", _("It is done"), lambda a, w, r: _step(a, w, r), at_once=True),
        Possible("hand-over", "step", _("Hand over"), lambda a, w, r: _step(a, w, r)),
        Possible("edit-step", "step", _("Change"), lambda a, w, r: _step(a, w, r)),
        Possible("drop-step", "step", _("Drop"), lambda a, w, r: _step(a, w, r)),
        Possible(
            "confirm-hours",
            "hours",
            _("Confirm"),
            lambda a, w, r: w.is_host and r.state == HoursEntry.State.LOGGED,
            at_once=True,
        ),
        Possible(
            "refuse-hours",
            "hours",
            _("Do not confirm"),
            lambda a, w, r: w.is_host and r.state == HoursEntry.State.LOGGED,
        ),
        Possible("change-hours", "hours", _("Correct"), lambda a, w, r: _own_open_hours(a, w, r)),
        Possible("remove-hours", "hours", _("Remove"), lambda a, w, r: _own_open_hours(a, w, r)),
    )
}


def possible(
    application: Application, who: Stance, target: str = "application", row: Any = None
) -> list[Possible]:
    """What this reader may do now on the application or one of its rows."""
    return [
        action
        for action in ACTIONS.values()
        if action.target == target and action.rule(application, who, row)
    ]
