"""Applying, being answered, and what the two sides see."""

import pytest
from django.core import mail
from django.db import transaction

from core.models import Follow, JournalEntry, Letter, Notice
from plugins.volunteering import verbs
from plugins.volunteering.domain import applications, engagements, missions
from plugins.volunteering.domain.states import WrongState
from plugins.volunteering.models import Application, Mission, PlanStep, Side
from plugins.volunteering.models.links import is_private_token, private_token
from tests.factories import PersonFactory
from tests.volunteering.factories import MissionFactory, accepted, manager_of, sent

pytestmark = pytest.mark.django_db


def test_applying_gives_the_turn_to_the_host_with_a_promise():
    """D5: from the first moment somebody owes the next step by a known day."""
    application = sent()
    step = application.current_step
    assert (step.kind, step.side) == (PlanStep.Kind.ANSWER, Side.HOST)
    assert (step.due - step.created_at.date()).days in {6, 7, 8}
    assert step.turn_since is not None
    assert Letter.objects.get().to == application.applicant.email


def test_a_second_offer_by_the_same_person_is_refused_and_nothing_is_written():
    application = sent()
    with pytest.raises(applications.AlreadyApplied) as refusal:
        sent(application.mission, application.applicant)
    assert refusal.value.application == application
    assert Application.objects.count() == 1
    assert JournalEntry.objects.filter(verb=verbs.APPLIED).count() == 1


@pytest.mark.parametrize("state", ["draft", "filled", "closed", "done"])
def test_nobody_applies_to_a_mission_that_is_not_open(state):
    with pytest.raises(applications.NotOpen):
        sent(MissionFactory(state=state))
    with pytest.raises(applications.NotOpen):
        sent(MissionFactory(hidden=True))


def test_four_offer_and_all_four_are_taken():
    """D6: a mission without a number takes everyone who fits."""
    mission = MissionFactory(people=None)
    for _volunteer in range(4):
        accepted(mission)
    mission.refresh_from_db()
    assert (mission.state, missions.free_places(mission)) == (Mission.State.OPEN, None)


def test_the_last_place_fills_the_mission_and_a_volunteer_who_stops_opens_it_again():
    mission = MissionFactory(people=2)
    first, _second = accepted(mission), accepted(mission)
    mission.refresh_from_db()
    assert mission.state == Mission.State.FILLED
    engagements.stop(first.engagement, by=None, reason="Malade")
    mission.refresh_from_db()
    assert mission.state == Mission.State.OPEN


def test_nobody_is_accepted_beyond_the_last_place():
    mission = MissionFactory(people=1)
    late = sent(mission)
    accepted(mission)
    with pytest.raises(applications.MissionFull):
        applications.accept(late, by=None)
    late.refresh_from_db()
    assert late.state == Application.State.SENT
    assert not hasattr(late, "engagement")


def test_accepting_lays_a_plan_and_the_volunteer_hears_of_the_project():
    """D5, D7: dates to agree, the mission, and telling what became of it; every later stage of the project."""
    application = accepted()
    kinds = [step.kind for step in application.steps.exclude(state=PlanStep.State.DONE)]
    assert kinds == [PlanStep.Kind.DATES, PlanStep.Kind.MISSION, PlanStep.Kind.FOLLOW_UP]
    assert application.current_step.kind == PlanStep.Kind.DATES
    assert Follow.objects.filter(
        person=application.applicant, subject_type="core.project", subject_key=application.mission.project.uid
    ).exists()


def test_an_answer_given_twice_is_given_once():
    application = sent()
    same = Application.objects.get(pk=application.pk)
    applications.accept(application, by=None)
    with pytest.raises(WrongState):
        applications.decline(same, by=None, reason="Trop tard")
    application.refresh_from_db()
    assert (application.state, application.reason) == (Application.State.ACCEPTED, "")


def test_declining_needs_a_reason():
    application = sent()
    with pytest.raises(applications.ReasonMissing):
        applications.decline(application, by=None, reason="  ")
    assert application.current_step.kind == PlanStep.Kind.ANSWER


def test_declined_is_told_why_and_offered_similar_missions(django_capture_on_commit_callbacks):
    """D6: those not selected are told."""
    other = MissionFactory(texts={"fr": {"title": "Une autre mission"}})
    application = sent(MissionFactory(remote=True))
    applications.decline(
        application, by=manager_of(application.mission.host), reason="Nous cherchons un soudeur."
    )
    notice = Notice.objects.get(person=application.applicant)
    from core.domain.notices import deliver

    deliver()
    letter = next(mail_ for mail_ in mail.outbox if application.applicant.email in mail_.to)
    assert "Nous cherchons un soudeur." in letter.body
    assert other.title in letter.body
    assert notice.entry.verb == verbs.DECLINED
    assert application.steps.filter(state__in=["planned", "current"]).count() == 0


def test_a_shortlisted_person_is_owed_a_decision():
    application = sent()
    applications.shortlist(application, by=None)
    application = Application.objects.get(pk=application.pk)
    assert application.current_step.kind == PlanStep.Kind.DECIDE
    assert application.first_answer_at is not None


def test_withdrawing_ends_the_turn_and_one_may_offer_again():
    application = sent()
    applications.withdraw(application, reason="")
    assert Application.objects.get(pk=application.pk).current_step is None
    applications.apply_again(application, message="Finalement oui")
    application = Application.objects.get(pk=application.pk)
    assert (application.message, application.current_step.side) == ("Finalement oui", Side.HOST)


def test_a_note_is_told_to_the_other_side_only():
    application = sent()
    manager = manager_of(application.mission.host)
    applications.leave_note(application, side=Side.HOST, by=manager, text="Êtes-vous libre en janvier ?")
    entry = JournalEntry.objects.get(verb=verbs.NOTED)
    assert [notice.person for notice in entry.notices.all()] == [application.applicant]
    assert not entry.public
    assert "janvier" not in str(entry.facts)


def test_the_private_link_is_long_and_dies_with_its_nonce():
    application = sent()
    token = private_token(application)
    assert len(token) >= 43  # 256 bits in base 64
    assert is_private_token(application, token)
    assert not is_private_token(application, token[:-1])
    assert not is_private_token(sent(), token)
    application.link_nonce = "another"
    assert not is_private_token(application, token)


def test_what_is_private_is_in_no_public_entry():
    application = accepted()
    public = JournalEntry.objects.filter(public=True)
    assert {entry.subject_type for entry in public} == {"volunteering.mission"}
    assert application.applicant.name not in str([entry.facts for entry in public])


def test_everything_of_an_answer_is_one_transaction():
    application = sent()
    with transaction.atomic():
        applications.accept(application, by=None)
        transaction.set_rollback(True)
    application.refresh_from_db()
    assert application.state == Application.State.SENT
    assert not Notice.objects.filter(entry__verb=verbs.ACCEPTED).exists()


def test_no_account_is_told_twice_when_a_manager_applies_to_the_own_mission():
    mission = MissionFactory()
    manager = manager_of(mission.host)
    sent(mission, manager)
    assert not Notice.objects.filter(person=manager).exists()
    sent(mission, PersonFactory())
    assert Notice.objects.filter(person=manager).count() == 1
