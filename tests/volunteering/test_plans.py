"""The shared plan: the turn moves, promises stay in the journal."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core.models import JournalEntry, Notice
from plugins.volunteering import verbs
from plugins.volunteering.domain import engagements, plans
from plugins.volunteering.domain.chronograms import Row, chronogram, public_rows
from plugins.volunteering.domain.states import WrongState
from plugins.volunteering.models import Application, PlanStep, Side
from tests.volunteering.factories import accepted, manager_of, sent

pytestmark = pytest.mark.django_db


def again(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_a_step_done_moves_the_turn_to_the_other_side_and_tells_it():
    """D5: whose turn it is changes at once and is told."""
    application = accepted()
    manager = manager_of(application.mission.host)
    following = plans.complete(application.current_step, by=manager)
    assert (following.kind, following.side) == (PlanStep.Kind.MISSION, Side.VOLUNTEER)
    assert again(application).current_step == following
    told = Notice.objects.filter(entry__verb=verbs.STEP_DONE)
    assert [notice.person for notice in told] == [application.applicant]


def test_a_step_ticked_off_twice_is_done_once():
    application = accepted()
    step = application.current_step
    same = PlanStep.objects.get(pk=step.pk)
    plans.complete(step, by=None)
    with pytest.raises(WrongState):
        plans.complete(same, by=None)
    assert JournalEntry.objects.filter(verb=verbs.STEP_DONE).count() == 1


def test_the_database_itself_refuses_two_turns():
    application = accepted()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanStep.objects.create(
            application=application, side=Side.HOST, due=timezone.localdate(), state=PlanStep.State.CURRENT
        )


def test_handing_over_restarts_the_clock_and_tells_the_new_owner():
    application = accepted()
    step = application.current_step
    PlanStep.objects.filter(pk=step.pk).update(turn_since=timezone.now() - timedelta(days=5))
    step.refresh_from_db()
    assert step.waiting_days == 5
    plans.hand_over(step, by=manager_of(application.mission.host), due=plans.in_days(timedelta(days=3)))
    assert (step.side, step.waiting_days) == (Side.VOLUNTEER, 0)
    assert Notice.objects.filter(person=application.applicant, entry__verb=verbs.STEP_HANDED_OVER).exists()


def test_a_moved_date_keeps_the_first_promise_in_the_journal():
    application = accepted()
    step = application.current_step
    before = step.due
    plans.edit_step(step, by=None, text="", due=before + timedelta(days=10), public=True)
    assert JournalEntry.objects.get(verb=verbs.STEP_CHANGED).facts["due_before"] == before.isoformat()
    assert str(step.title) == str(PlanStep.Kind.DATES.label)


@pytest.mark.parametrize(("text", "days"), [("", 1), ("  ", 1), ("Réserver", -1)])
def test_a_step_needs_words_and_a_day_to_come(text, days):
    application = accepted()
    with pytest.raises(plans.NotInPlan):
        plans.add_step(
            application, by=None, text=text, side=Side.HOST, due=timezone.localdate() + timedelta(days=days)
        )
    assert application.steps.count() == 4


def test_no_plan_before_acceptance_and_the_answer_itself_cannot_be_ticked_off():
    application = sent()
    with pytest.raises(WrongState):
        plans.add_step(application, by=None, text="x", side=Side.HOST, due=timezone.localdate())
    with pytest.raises(WrongState):
        plans.complete(application.current_step, by=None)


def test_after_the_mission_telling_what_became_of_it_stays_owed():
    """D7: after the mission the follow-up is a step with an owner and a date like any other."""
    application = accepted()
    engagements.finish(application.engagement, by=None)
    step = again(application).current_step
    assert (step.kind, step.side) == (PlanStep.Kind.FOLLOW_UP, Side.HOST)


def test_standard_steps_are_read_in_the_readers_language():
    step = sent().current_step
    titles = set()
    for language in ("fr", "ar", "en"):
        with translation.override(language):
            titles.add(step.title)
    assert len(titles) == 3


def test_the_public_chronogram_names_no_person_and_skips_private_steps():
    """D5: the mission's page shows the plan without names."""
    application = accepted()
    application.applicant.name = "Nom Privé"
    application.applicant.save()
    plans.add_step(
        application,
        by=None,
        text="Appeler Nom Privé",
        side=Side.VOLUNTEER,
        due=timezone.localdate(),
        public=False,
    )
    rows = public_rows(application.mission)
    assert len(rows) > 3
    assert "Nom Privé" not in str(rows)


def test_steps_of_several_volunteers_stand_together(django_assert_num_queries):
    first = accepted()
    for _volunteer in range(2):
        accepted(first.mission)
    with django_assert_num_queries(1):
        rows = public_rows(first.mission)
    assert len({(row.what, row.who) for row in rows}) == len(rows)


def test_bars_stay_inside_the_months():
    today = date(2026, 11, 20)
    rows = [
        Row("a", "", date(2026, 9, 10), date(2026, 11, 27)),
        Row("b", "", date(2026, 12, 31), date(2030, 1, 1)),
        Row("c", "", date(2026, 11, 20), date(2026, 11, 20)),
    ]
    chart = chronogram(rows, today)
    assert len(chart.months) == 12
    assert chart.today == "2.63"
    for bar in chart.bars:
        assert float(bar.start) >= 0
        assert float(bar.length) > 0
        assert float(bar.start) + float(bar.length) <= 12.01
    assert chronogram([]) is None
