"""Reminders: one screen of rules, a row before anything is told, at most one a week per step.

A week here is a week of the step: counted from its due date, so that week 0 starts on the due date and week -1
is the one before. In each there is one day from which the reminder goes out, and one row that says it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from core.journal import record
from plugins.volunteering import verbs
from plugins.volunteering.domain import plans
from plugins.volunteering.models import PlanStep, Reminder

Kind = Reminder.Kind

# Week of the step → (day from which its reminder goes out, what it is). Later weeks repeat the last line.
STAGES: dict[int, tuple[int, str]] = {
    -1: (-3, Kind.SOON),  # three days before it is due: its owner
    0: (3, Kind.LATE),  # three days late: its owner
    1: (7, Kind.LATE),  # a week late: its owner
    2: (14, Kind.LATE),  # two weeks late: its owner
    3: (21, Kind.STALLED),  # from here on the animators of the instance, too, each week
}
LAST = max(STAGES)
QUIET = timedelta(days=7)
"""After a due date was moved, nobody is reminded again within a week of the last reminder."""
VERBS = {Kind.SOON: verbs.STEP_SOON, Kind.LATE: verbs.STEP_LATE, Kind.STALLED: verbs.STEP_STALLED}
BATCH = 200


def stage(days_late: int) -> tuple[int, str] | None:
    """(week, kind) of the reminder owed this many days after the due date, or None when none is owed yet."""
    week = days_late // 7
    if week not in STAGES and week < LAST:
        return None
    first_day, kind = STAGES.get(week, (week * 7, Kind.STALLED))
    return (week, kind) if days_late >= first_day else None


def owed(step: PlanStep, today: date) -> tuple[int, str] | None:
    """The reminder that this step is owed today; none when it is not current, or its owner just got the turn."""
    if not step.is_current or step.turn_since is None:
        return None
    found = stage(step.days_late(today))
    fresh = timezone.localdate(step.turn_since) >= today - timedelta(days=2)
    return None if found is None or fresh else found


@transaction.atomic
def remind(step_id: int, today: date) -> bool:
    """Remind of one step if it is owed today; the row, the journal and the notices are one transaction."""
    step = (
        PlanStep.objects.select_for_update(of=("self",))
        .select_related("application__mission__host", "application__mission__project")
        .get(pk=step_id)
    )
    found = owed(step, today)
    if found is None or _quiet(step, today):
        return False
    week, kind = found
    row, made = Reminder.objects.get_or_create(step=step, due=step.due, week=week, defaults={"kind": kind})
    if made:
        host = step.application.mission.host
        record(None, VERBS[Kind(row.kind)], step.application, organisation=host, **plans.facts(step))
    return made


def _quiet(step: PlanStep, today: date) -> bool:
    """Whether a reminder for another due date of this step is less than a week old."""
    since = today - QUIET
    moments = step.reminders.exclude(due=step.due).values_list("at", flat=True)
    return any(timezone.localdate(moment) > since for moment in moments)


def due_steps(today: date) -> Iterator[int]:
    """Ids of the current steps that may be owed a reminder, in batches by id so that memory stays flat."""
    last = 0
    soonest = today + timedelta(days=-STAGES[-1][0])
    while True:
        rows = PlanStep.objects.filter(state=PlanStep.State.CURRENT, due__lte=soonest, pk__gt=last)
        batch = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1]


def remind_all(today: date | None = None) -> int:
    """Write the reminders owed today; safe to repeat and to kill at any moment. Gives how many were written."""
    today = today or timezone.localdate()
    return sum(remind(step_id, today) for step_id in due_steps(today))
