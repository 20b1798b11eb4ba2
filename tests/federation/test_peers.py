"""Follow with admission: who may decide, what each state allows, who is told, and what strangers cannot do."""

import itertools
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from core.models import JournalEntry, Notice
from plugins.federation.domain import actors, peers, processing
from plugins.federation.models import Backfill, Host, Outgoing, PeerLink
from tests.factories import PersonFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
    actor_document,
    followed,
    follower,
    person_there,
    receive,
    remote_actor,
    sent,
)

pytestmark = pytest.mark.django_db
State, Direction = PeerLink.State, PeerLink.Direction
Ignored = processing.Ignored


@pytest.fixture
def animator(client: Client):
    person = PersonFactory(is_animator=True, name="Animatrice")
    client.force_login(person)
    return person


@pytest.fixture(autouse=True)
def there(web):
    """Argenteuil answers."""
    web[f"{THERE}/"] = web[f"{THERE}/ap/instance"] = actor_document()
    return web


def ask_us(uri: str = f"{THERE}/ap/instance") -> PeerLink:
    """Another instance's Follow arrives."""
    receive("Follow", actors.instance_uri(), actor=uri)
    return PeerLink.objects.get(direction=Direction.IN, actor__reference__uri=uri)


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


def test_admission_answers_and_counts(client, animator):
    """J6: an animator admits; the other instance gets Accept of its own Follow."""
    link = ask_us()
    page = client.get(link.get_absolute_url())
    assert "Tiwizi Argenteuil" in page.content.decode()
    response = client.post(f"{link.get_absolute_url()}admit/")
    assert response.status_code == 302
    link.refresh_from_db()
    assert (link.state, link.decided_by) == (State.ACCEPTED, animator)
    assert link.request.status == "accepted"
    ((accept, inboxes),) = sent()
    assert (accept["type"], accept["actor"]) == ("Accept", actors.instance_uri())
    assert accept["object"]["id"] == link.request.activity.uri
    assert inboxes == [f"{THERE}/ap/inbox"]


def test_refusal_needs_a_reason_and_keeps_the_form(client, animator):
    """Errors say what to do; the reason stays here and is not sent."""
    link = ask_us()
    url = f"{link.get_absolute_url()}refuse/"
    empty = client.post(url, {"reason": " "})
    assert empty.status_code == 422
    assert 'role="alert"' in empty.content.decode()
    client.post(url, {"reason": "Pas un territoire"})
    link.refresh_from_db()
    assert (link.state, link.reason) == (State.REFUSED, "Pas un territoire")
    ((reject, _inboxes),) = sent()
    assert reject["type"] == "Reject"
    assert "territoire" not in str(reject)


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


@pytest.mark.parametrize("who", ["nobody", "person"])
@pytest.mark.parametrize("path", ["ask/", "{uid}/admit/", "{uid}/block/"])
def test_only_animators_decide(client, who, path):
    """Default deny: strangers are asked to sign in, others are refused; nothing changes."""
    link = ask_us()
    if who == "person":
        client.force_login(PersonFactory())
    url = f"/fr/federation/peers/{path.format(uid=link.uid)}"
    for answer in (client.get(url), client.post(url, {"reason": "x", "address": "argenteuil.example"})):
        assert answer.status_code == (302 if who == "nobody" else 403)
    link.refresh_from_db()
    assert link.state == State.ASKED
    assert not Host.objects.filter(blocked=True).exists()


def test_the_public_list_shows_links_only(client):
    """Requests, refusals and single readers are nobody's business; no token for anonymous readers."""
    ask_us()
    follower(person_there("Reader", host=ELSEWHERE))
    waiting = client.get("/fr/federation/peers/")
    assert "Tiwizi Argenteuil" not in waiting.content.decode()
    link = PeerLink.objects.get(actor__reference__uri=f"{THERE}/ap/instance")
    assert client.get(link.get_absolute_url()).status_code == 404
    peers.admit(link, by=PersonFactory(is_animator=True))
    page = client.get("/fr/federation/peers/").content.decode()
    assert "Tiwizi Argenteuil" in page
    assert "Reader" not in page
    assert "csrf" not in page
    assert client.get(link.get_absolute_url()).status_code == 200


def test_the_list_costs_the_same_with_one_and_three(client, django_assert_num_queries):
    """Queries do not grow with the number of links."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    follower()
    client.get("/fr/federation/peers/")
    with CaptureQueriesContext(connection) as with_one:
        client.get("/fr/federation/peers/")
    for number in (1, 2):
        follower(remote_actor(f"https://n{number}.example/ap/instance", name=f"N{number}"))
    with django_assert_num_queries(len(with_one)):
        assert "N2" in client.get("/fr/federation/peers/").content.decode()


def test_asking_shows_who_it_is_first(client, animator, there):
    """J6: the address, then a name and what is shared, then the request."""
    box = f"{THERE}/ap/instance/outbox"
    there[box] = {"totalItems": 2, "orderedItems": [], "first": {"orderedItems": []}}
    shown = client.post("/fr/federation/peers/ask/", {"address": "argenteuil.example"})
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "Tiwizi Argenteuil" in text
    assert "Vingt-cinq associations" in text
    assert not PeerLink.objects.exists()
    done = client.post("/fr/federation/peers/ask/", {"actor": f"{THERE}/ap/instance"})
    link = PeerLink.objects.get()
    assert done["Location"] == link.get_absolute_url()
    assert (link.direction, link.state, link.asked_by) == (Direction.OUT, State.ASKED, animator)
    ((follow, inboxes),) = sent()
    assert (follow["type"], follow["actor"], follow["object"]) == (
        "Follow",
        actors.instance_uri(),
        f"{THERE}/ap/instance",
    )
    assert inboxes == [f"{THERE}/ap/inbox"]
    read = client.get(follow["id"], HTTP_ACCEPT="application/activity+json").json()
    assert read["id"] == follow["id"]


@pytest.mark.parametrize("address", ["", "127.0.0.1:8001", "not an address", "nobody.example"])
def test_an_address_that_leads_nowhere_is_said_at_its_field(client, animator, address):
    """The form stays filled and says what to do."""
    answer = client.post("/fr/federation/peers/ask/", {"address": address})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not PeerLink.objects.exists()


def test_asking_twice_is_said(client, animator):
    """A second request to the same instance changes nothing."""
    client.post("/fr/federation/peers/ask/", {"address": "argenteuil.example"})
    for _time in range(2):
        client.post("/fr/federation/peers/ask/", {"actor": f"{THERE}/ap/instance"})
    assert PeerLink.objects.count() == 1
    assert len(sent()) == 1


def test_an_actor_nobody_looked_up_is_not_asked(client, animator, there):
    """The second step takes only what the first one showed."""
    client.post("/fr/federation/peers/ask/", {"actor": f"{ELSEWHERE}/ap/instance"})
    assert not PeerLink.objects.exists()
    assert there.asked == []


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


def test_ending_is_told(client, animator):
    """We stop following: Undo of our own Follow."""
    link = followed()
    client.post(f"{link.get_absolute_url()}end/")
    link.refresh_from_db()
    assert link.state == State.ENDED
    ((undo, _inboxes),) = sent()
    assert (undo["type"], undo["object"]["id"]) == ("Undo", link.request.activity.uri)


def test_blocking_ends_all_and_tells_nobody(client, animator):
    """A blocked instance hears nothing, its requests change nothing; unblocking brings no link back."""
    incoming, outgoing = follower(), followed()
    client.post(f"{incoming.get_absolute_url()}block/", {"reason": "Spam"})
    assert {link.state for link in PeerLink.objects.all()} == {State.BLOCKED}
    assert Host.objects.get(name="argenteuil.example").blocked
    assert sent() == []
    with pytest.raises(Ignored):
        receive("Accept", outgoing.request.activity.uri, actor=f"{THERE}/ap/instance")
    assert ask_us().state == State.BLOCKED
    client.post(f"{incoming.get_absolute_url()}unblock/")
    assert {link.state for link in PeerLink.objects.all()} == {State.ENDED}
    assert not Host.objects.get(name="argenteuil.example").blocked


def test_a_decision_that_came_too_late_is_said(client, animator):
    """Two animators at once: the second is told, nothing is done twice."""
    link = ask_us()
    client.post(f"{link.get_absolute_url()}admit/")
    again = client.post(f"{link.get_absolute_url()}admit/", follow=True)
    assert 'role="status"' in again.content.decode()
    assert len(sent()) == 1
    assert client.get(f"{link.get_absolute_url()}nonsense/").status_code == 404


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


def test_the_public_api_lists_links(client):
    """Machines read the same list as people."""
    follower()
    ask_us()
    (found,) = client.get("/api/v1/federation/peers/").json()["results"]
    assert (found["name"], found["actor"]) == ("Tiwizi Argenteuil", f"{THERE}/ap/instance")
    assert "reason" not in found


def test_names_are_read_anew(web):
    """An instance that renames itself is shown by its new name."""
    link = followed()
    web[f"{THERE}/ap/instance"] = actor_document(name="Tiwizi Val d'Oise")
    assert peers.refresh() == 1
    link.refresh_from_db()
    assert link.name == "Tiwizi Val d'Oise"
