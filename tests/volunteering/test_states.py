"""The lifecycles hold whatever people do, in whatever order."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.volunteering.domain import applications, engagements, missions, plans
from plugins.volunteering.domain.states import APPLICATION, ENGAGEMENT, MISSION, WrongState, move
from plugins.volunteering.models import Application, Engagement, Mission, PlanStep
from tests.factories import PersonFactory
from tests.volunteering.factories import MissionFactory, manager_of, sent

pytestmark = pytest.mark.django_db

REFUSALS = (
    WrongState,
    applications.MissionFull,
    applications.NotOpen,
    applications.ReasonMissing,
    plans.NotInPlan,
    engagements.AlreadySaid,
)


@pytest.mark.parametrize(
    ("table", "states"),
    [(MISSION, Mission.State), (APPLICATION, Application.State), (ENGAGEMENT, Engagement.State)],
)
def test_tables_are_complete_and_lead_to_known_states(table, states):
    assert set(table) == set(states)
    assert {to for targets in table.values() for to in targets} <= set(states)


def test_of_two_moves_at_once_one_wins():
    application = sent()
    same = Application.objects.get(pk=application.pk)
    move(application, APPLICATION, "declined")
    with pytest.raises(WrongState):
        move(same, APPLICATION, "accepted")
    assert Application.objects.get(pk=application.pk).state == "declined"


@pytest.mark.parametrize("before", ["filled", "closed"])
def test_a_mission_without_a_free_place_is_not_opened(before):
    """D6: it would take an application that nobody can accept; with more people sought it opens."""
    mission = MissionFactory(people=1)
    manager = manager_of(mission.host)
    applications.accept(sent(mission), by=manager)
    mission.refresh_from_db()
    if before == "closed":
        missions.close(mission, by=manager)
    with pytest.raises(WrongState):
        missions.open_to_all(mission, by=manager)
    assert Mission.objects.get().state == before
    missions.edit(mission, by=manager, people=2)
    if before == "closed":
        missions.open_to_all(mission, by=manager)
    assert Mission.objects.get().state == "open"


def act(name: str, number: int, mission: Mission, manager, cases: list) -> None:
    """One thing that somebody does, on one of the applications."""
    if name == "apply" or not cases:
        cases.append(sent(mission, PersonFactory()).pk)
        return
    case = Application.objects.select_related("mission").get(pk=cases[number % len(cases)])
    engagement = getattr(case, "engagement", None)
    open_steps = list(case.steps.filter(state__in=["planned", "current"]))
    in_a_week = timezone.localdate() + timedelta(days=7)
    {
        "shortlist": lambda: applications.shortlist(case, by=manager),
        "accept": lambda: applications.accept(case, by=manager),
        "decline": lambda: applications.decline(case, by=manager, reason="Non"),
        "withdraw": lambda: applications.withdraw(case),
        "again": lambda: applications.apply_again(case, message="Encore"),
        "done": lambda: open_steps and plans.complete(open_steps[number % len(open_steps)], by=manager),
        "hand_over": lambda: open_steps and plans.hand_over(open_steps[0], by=manager, due=in_a_week),
        "drop": lambda: open_steps and plans.drop(open_steps[-1], by=manager),
        "add": lambda: plans.add_step(case, by=manager, text="Réserver", side="volunteer", due=in_a_week),
        "finish": lambda: engagement and engagements.finish(engagement, by=manager),
        "stop": lambda: engagement and engagements.stop(engagement, by=manager, reason="Fin"),
        "feedback": lambda: (
            engagement and engagements.give_feedback(engagement, side="host", by=manager, text="Merci")
        ),
        "close": lambda: missions.close(case.mission, by=manager),
        "open": lambda: missions.open_to_all(case.mission, by=manager),
    }[name]()


DEEDS = (
    "apply", "shortlist", "accept", "decline", "withdraw", "again", "done", "hand_over", "drop", "add", "finish",
    "stop", "feedback", "close", "open",
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.sampled_from([None, 1, 2]),
    deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5)), min_size=3, max_size=18),
)
def test_whatever_happens_one_has_the_turn_and_no_place_is_taken_twice(people, deeds):
    """D5, D6: one turn at a time; never more volunteers than places; an engagement only where accepted."""
    mission = MissionFactory(people=people)
    manager = manager_of(mission.host)
    cases: list[int] = []
    for name, number in deeds:
        mission.refresh_from_db()
        try:
            act(name, number, mission, manager, cases)
        except REFUSALS:
            continue
        finally:
            check(mission)


def check(mission: Mission) -> None:
    mission.refresh_from_db()
    for case in Application.objects.filter(mission=mission).prefetch_related("steps"):
        steps = list(case.steps.all())
        current = [step for step in steps if step.state == PlanStep.State.CURRENT]
        planned = [step for step in steps if step.state == PlanStep.State.PLANNED]
        assert len(current) <= 1
        assert current or not planned, "a planned step waits while nobody has the turn"
        assert all(step.turn_since for step in current)
        assert hasattr(case, "engagement") == (case.state == Application.State.ACCEPTED)
        if case.is_waiting:
            assert [step.kind for step in current] in ([PlanStep.Kind.ANSWER], [PlanStep.Kind.DECIDE])
        if case.state in {Application.State.DECLINED, Application.State.WITHDRAWN}:
            assert not current
    free = missions.free_places(mission)
    assert free is None or free >= 0
    if mission.state == Mission.State.FILLED:
        assert free == 0
    if mission.state == Mission.State.OPEN:
        assert free != 0
