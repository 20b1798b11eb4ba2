"""One mail a day: held until the evening, told together, sent once."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core.domain import digests, notices
from core.journal import record
from core.models import Follow, Notice, NoticePreference
from core.verbs import STAGE_MOVED
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def happen(project, number):
    """Something public happens to the project that many times."""
    with transaction.atomic():
        for _ in range(number):
            record(None, STAGE_MOVED, project, before="idea", after="maturing")


def follower(project, *, daily, language="fr"):
    person = PersonFactory(language=language)
    Follow.objects.create(person=person, subject_type=project.subject_type, subject_key=project.subject_key)
    if daily:
        NoticePreference.objects.create(person=person, verb=notices.DAILY)
    return person


def test_held_until_the_evening_then_told_together():
    project = ProjectFactory()
    daily, usual = follower(project, daily=True), follower(project, daily=False)
    happen(project, 3)
    notices.deliver()
    assert [letter.to for letter in mail.outbox] == [[usual.email]] * 3
    Notice.objects.filter(person=daily).update(next_attempt_at=timezone.now())
    notices.deliver()
    notices.deliver()
    [digest] = [letter for letter in mail.outbox if letter.to == [daily.email]]
    assert digest.body.count(project.texts["fr"]["title"]) == 3
    assert "List-Unsubscribe" in digest.extra_headers
    assert not Notice.objects.filter(state="waiting").exists()


def test_the_digest_speaks_arabic():
    """D11: French and Arabic."""
    project = ProjectFactory()
    person = follower(project, daily=True, language="ar")
    happen(project, 1)
    Notice.objects.update(next_attempt_at=timezone.now())
    notices.deliver()
    [digest] = mail.outbox
    assert digest.to == [person.email]
    assert project.texts["ar"]["title"] in digest.body


def test_nothing_goes_to_who_refuses_everything():
    project = ProjectFactory()
    person = follower(project, daily=True)
    notices.refuse(person, notices.ALL)
    happen(project, 2)
    Notice.objects.update(next_attempt_at=timezone.now())
    notices.deliver()
    assert mail.outbox == []


@pytest.mark.parametrize(("hour", "days"), [(9, 0), (18, 1), (23, 1)])
def test_the_next_evening(hour, days):
    now = timezone.make_aware(datetime(2026, 11, 20, hour))
    leaves = timezone.localtime(digests.evening(now))
    assert (leaves.date() - now.date(), leaves.hour) == (timedelta(days=days), 18)


def test_chosen_in_the_preferences(client):
    person = PersonFactory()
    client.force_login(person)
    from core.models import Charter

    assert not Charter.objects.exists()
    answer = client.post("/fr/account/notices/", {"daily": "on", "wanted": []})
    assert answer.status_code == 302
    assert person.notice_preferences.filter(verb=notices.DAILY).exists()
