"""Hours, feedback and the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Notice
from plugins.volunteering import figures, verbs
from plugins.volunteering.domain import engagements
from plugins.volunteering.domain.states import WrongState
from plugins.volunteering.models import HoursEntry
from tests.volunteering.factories import accepted, manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(db):
    return accepted().engagement


def log(engagement, minutes=150, days=0):
    return engagements.log_hours(
        engagement,
        by=engagement.application.applicant,
        day=timezone.localdate() - timedelta(days=days),
        minutes=minutes,
        text="Atelier",
    )


def test_confirmed_hours_are_locked_and_counted(engagement):
    entry = log(engagement)
    assert figures.hours_confirmed(None) == 0
    engagements.confirm_hours(entry, by=manager_of(engagement.application.mission.host))
    assert figures.hours_confirmed(None) == 2
    assert figures.hours_confirmed(engagement.application.mission.project) == 2
    with pytest.raises(engagements.HoursLocked):
        engagements.change_hours(entry, day=entry.day, minutes=600)
    with pytest.raises(engagements.HoursLocked):
        engagements.remove_hours(entry)
    with pytest.raises(engagements.HoursLocked):
        engagements.refuse_hours(entry, by=engagement.application.applicant, reason="x")
    entry.refresh_from_db()
    assert (entry.minutes, entry.state) == (150, HoursEntry.State.CONFIRMED)


def test_refused_hours_can_be_corrected_and_wait_again(engagement):
    entry = log(engagement)
    engagements.refuse_hours(entry, by=manager_of(engagement.application.mission.host), reason="Deux heures")
    assert Notice.objects.filter(
        person=engagement.application.applicant, entry__verb=verbs.HOURS_REFUSED
    ).exists()
    engagements.change_hours(entry, day=entry.day, minutes=120)
    entry.refresh_from_db()
    assert (entry.minutes, entry.state, entry.reason) == (120, HoursEntry.State.LOGGED, "")


@pytest.mark.parametrize(("minutes", "days"), [(0, 0), (1441, 0), (60, -1)])
def test_hours_that_cannot_be(engagement, minutes, days):
    with pytest.raises(engagements.NotADay):
        log(engagement, minutes=minutes, days=days)
    assert not HoursEntry.objects.exists()


def test_a_day_has_24_hours_over_all_entries(engagement):
    log(engagement, minutes=1000)
    with pytest.raises(engagements.NotADay):
        log(engagement, minutes=500)


def test_feedback_comes_after_the_end_once_a_side(engagement):
    """D7: feedback both ways."""
    with pytest.raises(WrongState):
        engagements.give_feedback(engagement, side="host", by=None, text="Merci")
    engagements.finish(engagement, by=None)
    for side in ("host", "volunteer"):
        engagements.give_feedback(engagement, side=side, by=None, text="Merci")
    with pytest.raises(engagements.AlreadySaid):
        engagements.give_feedback(engagement, side="host", by=None, text="Encore")
    assert engagement.feedback.count() == 2


def test_who_stopped_is_not_counted_as_engaged(engagement):
    assert figures.volunteers_engaged(None) == 1
    engagements.stop(engagement, by=None, reason="Malade")
    assert figures.volunteers_engaged(None) == 0
    with pytest.raises(WrongState):
        log(engagement)
