"""Links with other instances on the pages: animators ask, admit, refuse, end and block; everyone reads the list."""

import pytest
from django.test import Client

from plugins.federation.domain import actors, peers, processing
from plugins.federation.models import Host, PeerLink
from tests.factories import PersonFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
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


@pytest.fixture
def animator(client: Client):
    person = PersonFactory(is_animator=True, name="Animatrice")
    client.force_login(person)
    return person


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


def test_the_public_api_lists_links(client):
    """Machines read the same list as people."""
    follower()
    ask_us()
    (found,) = client.get("/api/v1/federation/peers/").json()["results"]
    assert (found["name"], found["actor"]) == ("Tiwizi Argenteuil", f"{THERE}/ap/instance")
    assert "reason" not in found
