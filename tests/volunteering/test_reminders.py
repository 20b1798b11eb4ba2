"""Reminders: a row first, never twice, at most one a week per step."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import JournalEntry, Notice
from plugins.volunteering import verbs
from plugins.volunteering.domain import plans, reminders
from plugins.volunteering.domain.reminders import remind_all, stage
from plugins.volunteering.models import PlanStep, Reminder
from tests.volunteering.factories import accepted, animator, manager_of, sent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def waiting_step(since: int = 30):
    """A step whose owner has had the turn for a while."""
    step = sent().current_step
    PlanStep.objects.filter(pk=step.pk).update(turn_since=timezone.now() - timedelta(days=since))
    step.refresh_from_db()
    return step


@pytest.mark.parametrize(
    ("days_late", "expected"),
    [
        (-8, None), (-4, None), (-3, (-1, "soon")), (-1, (-1, "soon")), (0, None), (2, None), (3, (0, "late")),
        (6, (0, "late")), (7, (1, "late")), (13, (1, "late")), (14, (2, "late")), (20, (2, "late")),
        (21, (3, "stalled")), (28, (4, "stalled")), (365, (52, "stalled")),
    ],
)  # fmt: skip
def test_the_rules_fit_one_screen(days_late, expected):
    """D5: three days before; 3, 7 and 14 days late; then each week the animators, too."""
    assert stage(days_late) == expected


def test_a_long_silence_reaches_the_owner_then_the_animators():
    """D5: latency is visible, reminders go out, stalled ones reach the animator."""
    step = waiting_step()
    manager, watcher = manager_of(step.application.mission.host), animator()
    for late in range(-10, 36):
        remind_all(step.due + late * DAY)
    kinds = list(Reminder.objects.order_by("pk").values_list("kind", "week"))
    assert kinds == [
        ("soon", -1),
        ("late", 0),
        ("late", 1),
        ("late", 2),
        ("stalled", 3),
        ("stalled", 4),
        ("stalled", 5),
    ]
    told = Counter(
        Notice.objects.filter(entry__verb__startswith="volunteering.step").values_list("person", flat=True)
    )
    assert told == {manager.pk: 7, watcher.pk: 3}


def test_the_reminder_of_a_volunteers_step_goes_to_the_volunteer():
    application = accepted()
    step = plans.complete(application.current_step, by=None)
    PlanStep.objects.filter(pk=step.pk).update(turn_since=timezone.now() - timedelta(days=9))
    remind_all(step.due - DAY)
    notice = Notice.objects.get(entry__verb=verbs.STEP_SOON)
    assert notice.person == application.applicant


def test_a_worker_that_was_away_for_a_month_reminds_once():
    step = waiting_step()
    assert remind_all(step.due + 40 * DAY) == 1
    assert remind_all(step.due + 40 * DAY) == 0


def test_a_worker_killed_between_the_row_and_the_telling_loses_nothing(monkeypatch):
    """The row, the journal and the notices are one transaction: killed, all or nothing is there."""
    step = waiting_step()
    manager_of(step.application.mission.host)
    today = step.due + 3 * DAY

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(reminders, "record", die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        remind_all(today)
    assert not Reminder.objects.exists()
    monkeypatch.undo()
    assert remind_all(today) == 1
    assert Notice.objects.filter(entry__verb=verbs.STEP_LATE).count() == 1


def test_who_just_got_the_turn_is_left_in_peace():
    step = waiting_step(since=0)
    PlanStep.objects.filter(pk=step.pk).update(due=timezone.localdate() - 30 * DAY)
    assert remind_all() == 0


@pytest.mark.parametrize("state", ["planned", "done", "dropped"])
def test_only_the_step_that_has_the_turn_is_reminded(state):
    step = waiting_step()
    PlanStep.objects.filter(pk=step.pk).update(state=state)
    assert remind_all(step.due + 7 * DAY) == 0


def test_the_number_of_queries_to_find_nothing_is_one(django_assert_num_queries):
    waiting_step()
    with django_assert_num_queries(1):
        assert remind_all(timezone.localdate() - 30 * DAY) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["run", "run", "run", "run", "move"])), max_size=40
    ),
    first=st.integers(-12, 12),
)
def test_never_twice_in_a_week_whatever_the_worker_does(runs, first):
    """D5: any sequence of runs, pauses and moved dates writes at most one reminder per week of a step."""
    step = waiting_step(since=60)
    PlanStep.objects.exclude(pk=step.pk).delete()  # those of earlier examples
    today = step.due + first * DAY
    for pause, deed in runs:
        today += pause * DAY
        if deed == "move":
            moved = max(step.due, today + 2 * DAY)
            PlanStep.objects.filter(pk=step.pk).update(due=moved)
            step.due = moved
        if remind_all(today):
            at(Reminder.objects.latest("pk"), today)
    rows = list(Reminder.objects.filter(step=step).order_by("at"))
    assert len({(row.due, row.week) for row in rows}) == len(rows)
    for row in rows:
        assert (timezone.localdate(row.at) - row.due).days // 7 == row.week
    for one, following in pairwise(rows):
        gap = (timezone.localdate(following.at) - timezone.localdate(one.at)).days
        assert gap >= (7 if following.due != one.due else 1)
    assert JournalEntry.objects.filter(
        verb__in=reminders.VERBS.values(), facts__step_id=step.pk
    ).count() == len(rows)


def at(row: Reminder, day: date) -> None:
    """Say that a reminder was written on the day the test pretends."""
    moment = timezone.make_aware(datetime.combine(day, datetime.min.time()) + timedelta(hours=12))
    Reminder.objects.filter(pk=row.pk).update(at=moment)
