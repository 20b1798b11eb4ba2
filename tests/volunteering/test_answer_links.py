"""An organisation answers from its e-mail: what the link opens, for whom, and how long."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from core.models import Notice
from plugins.volunteering.domain import applications
from plugins.volunteering.models import Application
from plugins.volunteering.models.links import ANSWER_SALT, answer_token
from tests.volunteering.browsing import body
from tests.volunteering.factories import MissionFactory, accepted, animator, manager_of, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uncached")]


def answering(application, person=None):
    person = person or manager_of(application.mission.host)
    return reverse("volunteering:answer", args=[answer_token(application, person)]), person


def test_an_organisation_accepts_from_the_mail_with_one_click_and_one_page(client):
    """ANCHORS 6: one click and one confirmation, without signing in."""
    application = sent()
    url, person = answering(application)
    assert application.url_for(person) == url
    page = client.get(url)
    assert application.message in body(page)
    application.refresh_from_db()
    assert application.state == Application.State.SENT  # reading it changes nothing
    assert client.post(url, {"choice": "accept"}).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.decided_by) == (Application.State.ACCEPTED, person)
    again = client.post(url, {"choice": "decline", "reason": "non"})
    assert again.status_code == 200
    application.refresh_from_db()
    assert application.state == Application.State.ACCEPTED


@pytest.mark.parametrize("data", [{"choice": "decline", "reason": ""}, {"choice": "burn"}, {}])
def test_an_incomplete_answer_changes_nothing(client, data):
    application = sent()
    url, _person = answering(application)
    answer = client.post(url, data)
    assert answer.status_code == 422
    application.refresh_from_db()
    assert application.state == Application.State.SENT


def test_a_link_of_somebody_who_left_opens_nothing(client):
    """D22: presidents change: the link is only as good as the role today."""
    application = sent()
    url, person = answering(application)
    person.memberships.update(until=timezone.localdate())
    answer = client.post(url, {"choice": "accept"})
    assert answer["Location"] == reverse("volunteering:application", args=[application.uid])
    application.refresh_from_db()
    assert application.state == Application.State.SENT


def test_a_link_made_for_an_animator_does_not_answer(client):
    application = sent()
    url, _person = answering(application, animator())
    assert client.post(url, {"choice": "accept"}).status_code == 302
    application.refresh_from_db()
    assert application.state == Application.State.SENT


def test_links_expire_and_cannot_be_forged(client, monkeypatch):
    application = sent()
    url, person = answering(application)
    forged = signing.dumps([application.uid, person.uid], salt="another", compress=True)
    assert client.get(reverse("volunteering:answer", args=[forged])).status_code == 404
    strange = signing.dumps("x", salt=ANSWER_SALT, compress=True)
    assert client.get(reverse("volunteering:answer", args=[strange])).status_code == 404
    monkeypatch.setattr("plugins.volunteering.models.links.ANSWER_LINK_LIVES", timedelta(seconds=-1))
    assert client.get(url).status_code == 410


def test_a_full_mission_says_so_on_the_answer_page(client):
    mission = MissionFactory(people=1)
    late = sent(mission)
    accepted(mission)
    url, _person = answering(late)
    answer = client.post(url, {"choice": "accept"})
    assert answer.status_code == 422
    assert "Toutes les places sont prises" in body(answer)


def test_notices_lead_to_the_private_link_and_to_the_answer():
    application = sent()
    manager = manager_of(application.mission.host)
    applications.leave_note(application, side="volunteer", by=application.applicant, text="Une question")
    assert Notice.objects.filter(person=manager).exists()
    assert "/answer/" in application.url_for(manager)
    assert "/key/" in application.url_for(application.applicant)
    applications.accept(application, by=manager)
    assert application.url_for(manager) == application.get_absolute_url()
