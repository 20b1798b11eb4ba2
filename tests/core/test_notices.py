"""Notices: told once, never to the actor, in the person's language, with one click to stop."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import transaction

from core.contract import Notification
from core.domain import notices
from core.domain.mail import deliver_letters, post
from core.journal import record
from core.models import Follow, Letter, LetterRefusal, Notice, NoticePreference
from core.registry import registry
from core.verbs import DECLINED, EDITED, STAGE_MOVED
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(monkeypatch):
    """Notify given persons of a verb."""

    def notify(verb, *persons, template=notices.ENTRY):
        index = dict(registry.index["notifications"])
        index[verb] = [Notification(verb, lambda entry: persons, template)]
        monkeypatch.setitem(registry.index, "notifications", index)

    return notify


def entry(verb=EDITED, actor=None, project=None, **facts):
    with transaction.atomic():
        return record(actor, verb, project or ProjectFactory(), **facts)


def test_the_actor_is_never_told_and_others_once(tell):
    actor, other = PersonFactory(), PersonFactory()
    project = ProjectFactory()
    for person in (actor, other):
        Follow.objects.create(person=person, subject_type="core.project", subject_key=project.uid)
    tell(EDITED, actor, other, other, None)
    entry(actor=actor, project=project)
    assert [notice.person for notice in Notice.objects.all()] == [other]


@pytest.mark.parametrize("what", ["project", "organisation", "territory"])
def test_followers_hear_of_public_entries(what):
    """D7: who follows a project, its organisation or its place hears of its stages."""
    person, project = PersonFactory(), ProjectFactory()
    subject = {"project": project, "organisation": project.owner, "territory": project.territory}[what]
    Follow.objects.create(person=person, subject_type=subject.subject_type, subject_key=subject.subject_key)
    entry(STAGE_MOVED, project=project, before="idea", after="done")
    assert person.notices.count() == 1


def test_followers_do_not_hear_of_private_entries():
    person, project = PersonFactory(), ProjectFactory()
    Follow.objects.create(person=person, subject_type="core.project", subject_key=project.uid)
    entry(DECLINED, project=project, reason="private")
    assert not Notice.objects.exists()


def test_followers_are_spared_small_changes():
    person, project = PersonFactory(), ProjectFactory()
    Follow.objects.create(person=person, subject_type="core.project", subject_key=project.uid)
    entry(EDITED, project=project)
    assert not Notice.objects.exists()


def test_loading_data_is_not_news():
    person, project = PersonFactory(), ProjectFactory()
    Follow.objects.create(person=person, subject_type="core.project", subject_key=project.uid)
    with notices.quiet():
        entry(STAGE_MOVED, project=project, before="idea", after="done")
    assert not Notice.objects.exists()


def test_a_mail_in_the_persons_language_with_one_click_stop(tell, client):
    person, project = PersonFactory(language="ar"), ProjectFactory()
    tell(STAGE_MOVED, person)
    entry(STAGE_MOVED, project=project, before="idea", after="seeking")
    assert notices.deliver() == 1
    (message,) = mail.outbox
    assert project.texts["ar"]["title"] in message.subject
    html = message.alternatives[0].content
    assert 'dir="rtl"' in html
    assert f"/ar/projects/{project.slug}/" in message.body
    assert f"/ar/projects/{project.slug}/" in html
    assert len(html.encode()) < 30_000
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["Message-ID"].startswith("<notice.")
    stop = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8001")
    assert client.get(stop).status_code == 200
    assert not NoticePreference.objects.exists()
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert NoticePreference.objects.get().verb == STAGE_MOVED
    assert client.get(stop[:-3] + "x/").status_code == 404


@pytest.mark.parametrize("verb", [EDITED, notices.ALL])
def test_a_refused_mail_is_not_sent_but_listed(tell, client, verb):
    person = PersonFactory()
    tell(EDITED, person)
    notices.refuse(person, verb)
    entry()
    notices.deliver()
    assert not mail.outbox
    client.force_login(person)
    assert client.get("/fr/notices/").context["notices"]


def test_a_failed_sending_waits_longer_each_time_and_is_sent_once(tell, monkeypatch):
    tell(EDITED, PersonFactory())
    entry()

    def broken(*args):
        raise OSError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr(notices, "compose", broken)
        notices.deliver()
    row = Notice.objects.get()
    assert row.state == "waiting"
    assert "no mail server" in row.last_error
    assert notices.deliver() == 0
    Notice.objects.update(next_attempt_at=row.created_at)
    assert notices.deliver() == 1
    assert notices.deliver() == 0
    assert len(mail.outbox) == 1


def test_sending_costs_the_same_queries_for_one_and_three(tell, django_assert_max_num_queries):
    people = [PersonFactory() for _ in range(3)]
    tell(EDITED, *people)
    entry()
    with django_assert_max_num_queries(3 + 3 * 2 + 2):
        notices.deliver()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(tell, client, number, django_assert_max_num_queries):
    person = PersonFactory()
    tell(EDITED, person)
    for _ in range(number):
        entry()
    client.force_login(person)
    with django_assert_max_num_queries(8):
        page = client.get("/fr/notices/")
    assert len(page.context["notices"]) == number


def test_reading_marks_only_what_was_shown(tell, client):
    person = PersonFactory()
    tell(EDITED, person)
    entry()
    client.force_login(person)
    newest = client.get("/fr/notices/").context["newest"]
    entry()
    client.post("/fr/notices/read/", {"until": newest})
    assert notices.unread(person) == 1


def test_a_letter_is_a_row_first_and_posted_once(django_capture_on_commit_callbacks):
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            post("guest@tiwizi.example", notices.ENTRY, {"sentence": "L'eau <b>"}, language="fr", key="water")
    assert Letter.objects.count() == 1
    deliver_letters()
    deliver_letters()
    (message,) = mail.outbox
    assert "L'eau <b>" in message.body
    assert "eau &lt;b&gt;" in message.alternatives[0].content
    assert Letter.objects.get().context == {}


def test_an_urgent_letter_leaves_at_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post("guest@tiwizi.example", notices.ENTRY, {"sentence": "x"}, language="fr", key="now", urgent=True)
    assert len(mail.outbox) == 1


def test_an_optional_letter_respects_a_refusal(client):
    options = {"language": "fr", "optional": True}
    post("guest@tiwizi.example", notices.ENTRY, {"sentence": "x"}, key="first", **options)
    deliver_letters()
    stop = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8001")
    client.post(stop)
    assert LetterRefusal.objects.get().email == "guest@tiwizi.example"
    post("guest@tiwizi.example", notices.ENTRY, {"sentence": "x"}, key="second", **options)
    deliver_letters()
    assert len(mail.outbox) == 1
