"""Follow with admission between instances: what each state allows, who is told, and what strangers cannot do."""

import itertools
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core.models import JournalEntry, Notice
from plugins.federation.domain import peers, processing
from plugins.federation.models import Backfill, Outgoing, PeerLink
from tests.factories import PersonFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
    actor_document,
    ask_us,
    followed,
    follower,
    person_there,
    receive,
    remote_actor,
    sent,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("there")]
State, Direction = PeerLink.State, PeerLink.Direction
Ignored = processing.Ignored


def test_a_request_waits_for_an_animator_who_is_told():
    """D21, J6: nobody is let in by itself; animators hear of it by notice."""
    animator = PersonFactory(is_animator=True)
    PersonFactory()
    link = ask_us()
    assert (link.state, link.name, link.host) == (State.ASKED, "Tiwizi Argenteuil", "argenteuil.example")
    assert [notice.person for notice in Notice.objects.all()] == [animator]
    assert sent() == []
    assert not JournalEntry.objects.filter(public=True).exists()


def test_the_request_is_mailed_in_the_animators_language(django_capture_on_commit_callbacks):
    """The mail says who asks and leads to the decision."""
    from core.tasks import send_due_notices

    PersonFactory(is_animator=True, language="fr", email="a@tiwizi.example")
    link = ask_us()
    send_due_notices.call()
    (message,) = mail.outbox
    assert "Tiwizi Argenteuil" in message.subject
    assert link.uid in message.body
    assert "argenteuil.example" in message.body


def test_asking_twice_is_one_request():
    """Servers repeat themselves."""
    ask_us(), ask_us()
    assert PeerLink.objects.count() == 1
    assert JournalEntry.objects.filter(verb="federation.peer.asked_us").count() in (1, 2)


def test_a_refused_instance_waits_a_week_before_it_counts_again():
    """Asking again at once gets the same answer and disturbs nobody."""
    link = ask_us()
    with transaction.atomic():
        peers.refuse(link, by=PersonFactory(is_animator=True), reason="x")
    Outgoing.objects.all().delete()
    assert ask_us().state == State.REFUSED
    assert [activity["type"] for activity, _ in sent()] == ["Reject"]
    PeerLink.objects.update(decided_at=timezone.now() - timedelta(days=8))
    assert ask_us().state == State.ASKED


def test_acceptance_counts_from_the_asked_instance_only():
    """Accept by a third party, of another request, or of nothing, changes nothing; the right one starts the reading."""
    link = peers.ask(remote_actor(), by=PersonFactory(is_animator=True))
    follow = link.request.activity.uri
    remote_actor(f"{ELSEWHERE}/ap/instance")
    for kind, (actor, thing) in itertools.product(
        ("Accept", "Reject"),
        [
            (f"{ELSEWHERE}/ap/instance", follow),
            (f"{THERE}/ap/person/x", follow),
            (f"{THERE}/ap/instance", f"{follow}x"),
            (f"{THERE}/ap/instance", f"{THERE}/something"),
        ],
    ):
        with pytest.raises(Ignored):
            receive(kind, thing, actor=actor)
    link.refresh_from_db()
    assert link.state == State.ASKED
    assert not Backfill.objects.exists()
    receive("Accept", follow, actor=f"{THERE}/ap/instance")
    link.refresh_from_db()
    assert link.state == State.ACCEPTED
    assert Backfill.objects.get().link == link
    with pytest.raises(Ignored):
        receive("Accept", follow, actor=f"{THERE}/ap/instance")
    assert Backfill.objects.count() == 1


def test_a_follower_leaves_by_itself_only():
    """Undo of somebody else's follow changes nothing."""
    link = follower()
    follow = link.request.activity.uri
    remote_actor(f"{ELSEWHERE}/ap/instance")
    with pytest.raises(Ignored):
        receive("Undo", {"id": follow, "type": "Follow"}, actor=f"{ELSEWHERE}/ap/instance")
    link.refresh_from_db()
    assert link.state == State.ACCEPTED
    receive("Undo", {"id": follow, "type": "Follow"}, actor=f"{THERE}/ap/instance")
    link.refresh_from_db()
    assert link.state == State.ENDED


def test_readers_of_the_social_web_need_no_admission():
    """D28: one person may follow an organisation at once; no animator is disturbed."""
    PersonFactory(is_animator=True)
    link = follower(person_there("Reader", host=ELSEWHERE))
    assert (link.state, link.is_instance, link.decided_by) == (State.ACCEPTED, False, None)
    assert not Notice.objects.exists()


def test_following_nobody_is_ignored(web):
    """A follow of an actor we do not have fetches nothing and stores nothing."""
    web.asked.clear()
    with pytest.raises(Ignored):
        receive(
            "Follow",
            "http://127.0.0.1:8001/ap/person/01aaaaaaaaaaaaaaaaaaaaaaaa",
            actor=f"{THERE}/ap/instance",
        )
    assert web.asked == []
    assert not PeerLink.objects.exists()


def test_the_table_knows_every_state():
    """Each direction and state has its row, each event leads to a state, and no state is a dead end."""
    assert set(peers.TRANSITIONS) == set(itertools.product(Direction.values, State.values))
    for row in peers.TRANSITIONS.values():
        assert row
        assert set(row.values()) <= set(State.values)


def test_silence_is_asked_again_and_ends():
    """Time-outs of the table: a week, four times in all."""
    link = peers.ask(remote_actor(), by=None)
    assert peers.ask_again() == 0
    for _time in range(peers.ASKED_AT_MOST + 2):
        PeerLink.objects.update(asked_at=timezone.now() - timedelta(days=8))
        peers.ask_again()
    link.refresh_from_db()
    assert link.asked_times == peers.ASKED_AT_MOST
    assert len(sent()) == peers.ASKED_AT_MOST
    assert len({activity["id"] for activity, _ in sent()}) == 1


def test_names_are_read_anew(web):
    """An instance that renames itself is shown by its new name."""
    link = followed()
    web[f"{THERE}/ap/instance"] = actor_document(name="Tiwizi Val d'Oise")
    assert peers.refresh() == 1
    link.refresh_from_db()
    assert link.name == "Tiwizi Val d'Oise"
