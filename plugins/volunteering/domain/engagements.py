"""What follows an acceptance: the end of the mission, hours, and what each side says of it."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.journal import record
from core.models import Person
from plugins.volunteering import verbs
from plugins.volunteering.domain import missions, plans
from plugins.volunteering.domain.states import ENGAGEMENT, TELL_WITHIN, WrongState, move
from plugins.volunteering.models import Engagement, Feedback, HoursEntry, Mission, PlanStep, Side

LONGEST_DAY = 24 * 60
Kind = PlanStep.Kind


class HoursLocked(ValueError):
    """The host confirmed these hours; they no longer change."""


class NotADay(ValueError):
    """Hours on a day to come, none, or more than a day has."""


class AlreadySaid(ValueError):
    """This side gave its feedback already."""


@transaction.atomic
def finish(engagement: Engagement, *, by: Person | None) -> None:
    """The mission was done: what is left is telling the volunteer, later, what became of it (D7)."""
    application = engagement.application
    move(engagement, ENGAGEMENT, Engagement.State.FINISHED, ended_at=timezone.now())
    plans.close_steps(application, by=by, kinds=(Kind.DATES, Kind.MISSION))
    plans.drop_steps(application, but=(Kind.FOLLOW_UP,))
    if not application.steps.filter(kind=Kind.FOLLOW_UP).exists():
        plans.lay(application, Kind.FOLLOW_UP, Side.HOST, plans.in_days(TELL_WITHIN))
    plans.advance(application)
    record(by, verbs.FINISHED, application, organisation=application.mission.host)


@transaction.atomic
def stop(engagement: Engagement, *, by: Person | None, reason: str) -> None:
    """One side ends it early and says why; the place is free again."""
    application = engagement.application
    move(engagement, ENGAGEMENT, Engagement.State.STOPPED, ended_at=timezone.now(), reason=reason.strip())
    plans.drop_steps(application)
    record(by, verbs.STOPPED, application, organisation=application.mission.host)
    missions.settle_places(Mission.objects.select_for_update().get(pk=application.mission_id), by=by)


@transaction.atomic
def give_feedback(engagement: Engagement, *, side: str, by: Person | None, text: str) -> Feedback:
    """A few words to the other side after the end; raises WrongState before it and AlreadySaid after."""
    if engagement.is_underway:
        raise WrongState(engagement.state)
    try:
        with transaction.atomic():
            said = Feedback.objects.create(engagement=engagement, side=side, text=text.strip())
    except IntegrityError:
        raise AlreadySaid(side) from None
    record(
        by,
        verbs.FEEDBACK,
        engagement.application,
        organisation=engagement.application.mission.host,
        side=side,
    )
    return said


@transaction.atomic
def log_hours(
    engagement: Engagement, *, by: Person | None, day: date, minutes: int, text: str = ""
) -> HoursEntry:
    """The volunteer writes down time given; raises NotADay, or WrongState once stopped."""
    if engagement.state == Engagement.State.STOPPED:
        raise WrongState(engagement.state)
    _check_day(engagement, day, minutes)
    entry = HoursEntry.objects.create(engagement=engagement, day=day, minutes=minutes, text=text.strip())
    application = engagement.application
    record(by, verbs.HOURS_LOGGED, application, organisation=application.mission.host, minutes=minutes)
    return entry


@transaction.atomic
def change_hours(entry: HoursEntry, *, day: date, minutes: int, text: str = "") -> None:
    """Correct hours not yet confirmed, which then wait again; raises HoursLocked or NotADay."""
    _check_day(entry.engagement, day, minutes, but=entry)
    _answer(entry, HoursEntry.State.LOGGED, day=day, minutes=minutes, text=text.strip(), reason="")


@transaction.atomic
def remove_hours(entry: HoursEntry) -> None:
    """Take back hours not yet confirmed; raises HoursLocked."""
    removed, _rows = HoursEntry.objects.filter(pk=entry.pk).exclude(state=HoursEntry.State.CONFIRMED).delete()
    if not removed:
        raise HoursLocked(entry.pk)


@transaction.atomic
def confirm_hours(entry: HoursEntry, *, by: Person) -> None:
    """The host confirms hours and locks them; raises HoursLocked when they are."""
    _answer(entry, HoursEntry.State.CONFIRMED, answered_by=by, answered_at=timezone.now(), reason="")
    application = entry.engagement.application
    record(
        by, verbs.HOURS_CONFIRMED, application, organisation=application.mission.host, minutes=entry.minutes
    )


@transaction.atomic
def refuse_hours(entry: HoursEntry, *, by: Person, reason: str) -> None:
    """The host does not confirm hours and says why; the volunteer may correct them."""
    _answer(
        entry,
        HoursEntry.State.REFUSED,
        answered_by=by,
        answered_at=timezone.now(),
        reason=reason.strip()[:200],
    )
    application = entry.engagement.application
    record(by, verbs.HOURS_REFUSED, application, organisation=application.mission.host, minutes=entry.minutes)


def _answer(entry: HoursEntry, state: str, **changes: object) -> None:
    """Change an entry that is not locked, whoever else is changing it now."""
    rows = HoursEntry.objects.filter(pk=entry.pk).exclude(state=HoursEntry.State.CONFIRMED)
    if not rows.update(state=state, **changes):
        raise HoursLocked(entry.pk)
    for name, value in {"state": state, **changes}.items():
        setattr(entry, name, value)


def _check_day(engagement: Engagement, day: date, minutes: int, but: HoursEntry | None = None) -> None:
    others = engagement.hours.filter(day=day).exclude(state=HoursEntry.State.REFUSED)
    if but is not None:
        others = others.exclude(pk=but.pk)
    total = sum(others.values_list("minutes", flat=True)) + minutes
    if day > timezone.localdate() or minutes < 1 or total > LONGEST_DAY:
        raise NotADay(f"{day} {minutes}")
