"""From the post at the inbox to what people read: attacks that pass the gate because their sender is who it says."""

from __future__ import annotations

import json

import pytest

from core.models import Project
from core.text import clean
from plugins.federation import tasks
from plugins.federation.domain import actors, hosts, lookups, remote
from plugins.federation.models import Backfill, InboxActivity, PeerLink, ReceivedObject
from tests.federation.factories import followed
from tests.federation.hostile import AS2, PUBLIC, Sender, send
from tests.federation.test_outbound import published

pytestmark = pytest.mark.django_db
HOSTILE = '<script>x()</script><img src=x onerror="x()"><a href="javascript:x()">l</a><p style="x">Azul</p><iframe src="//x">'


@pytest.fixture
def friend(peer, tree) -> Sender:
    """The actor of an instance that we follow."""
    sender = peer.actor("instance", type="Application", name="Tiwizi Ailleurs")
    followed(remote.remember(peer.routes["/users/instance"]))
    return sender


def article(sender: Sender, number: int = 1, **changes):
    return sender.note(number, type="Article", name="Eau", nameMap={"fr": "Eau", "ar": "ماء"}) | {
        "content": "<p>Un réseau</p>",
        "contentMap": {"fr": "<p>Un réseau</p>", "ar": "<p>شبكة</p>"},
        "published": "2026-11-01T10:00:00Z",
        "stage": "seeking",
        **changes,
    }


def deliver(client, sender: Sender, kind: str, thing, number: int = 1, **changes) -> InboxActivity:
    """Through the gate, then through the worker."""
    document = sender.activity(kind, number, object=thing, **changes)
    assert send(client, sender, document).status_code == 202
    tasks.process_inbox.func()
    row = InboxActivity.objects.get(actor_uri=sender.uri, uri=document["id"])
    assert row.state == InboxActivity.State.DONE, row.last_error
    return row


def test_an_honest_project_stands(client, friend):
    """J6, without a browser."""
    assert deliver(client, friend, "Create", article(friend)).last_error == ""
    project = Project.objects.get(origin_uri=f"{friend.uri}/notes/1")
    assert project.texts["ar"]["title"] == "ماء"
    assert project.is_public


def test_hostile_html_is_washed_everywhere(client, friend):
    """D20: content, name and summary, in each language; links keep no scheme that runs."""
    thing = article(
        friend,
        nameMap={"fr": f"Eau {HOSTILE}", "ar": f"{HOSTILE} ماء"},
        summaryMap={"fr": HOSTILE},
        contentMap={"fr": HOSTILE, "ar": HOSTILE},
        content=HOSTILE,
        url="javascript:x()",
        links={"read": {"fr": "javascript:x()"}, "give": {"fr": "data:text/html,x"}},
    )
    deliver(client, friend, "Create", thing)
    project = Project.objects.get(origin_uri=thing["id"])
    stored = json.dumps([project.texts, project.origin_url, project.origin_facts], ensure_ascii=False)
    for word in ("script", "onerror", "javascript:", "data:text", "iframe", "style="):
        assert word not in stored
    assert clean(project.texts["fr"]["story"]) == project.texts["fr"]["story"]
    answer = client.get(project.get_absolute_url(), headers={"Host": "127.0.0.1:8001"})
    assert b"x()" not in answer.content


def test_another_actor_of_the_same_host_changes_nothing(client, friend, peer):
    deliver(client, friend, "Create", article(friend))
    other = peer.actor("other")
    uri = f"{friend.uri}/notes/1"
    for kind in ("Update", "Delete"):
        assert send(client, other, other.activity(kind, object=uri)).status_code == 401
    assert Project.objects.get(origin_uri=uri).is_public


def test_a_third_party_neither_accepts_nor_refuses_for_another(client, friend, stranger):
    """D20: the answer must come from whom we asked."""
    eve = stranger.actor("eve")
    link = PeerLink.objects.outgoing().get()
    PeerLink.objects.filter(pk=link.pk).update(state="asked")
    follow = {
        "id": link.request.activity.uri,
        "type": "Follow",
        "actor": link.local_uri,
        "object": friend.uri,
    }
    for number, (kind, thing) in enumerate(
        [("Accept", follow), ("Accept", follow["id"]), ("Reject", follow)]
    ):
        assert "Ignored" in deliver(client, eve, kind, thing, number).last_error
        link.refresh_from_db()
        assert link.state == "asked"
    deliver(client, friend, "Accept", follow["id"], 9)
    link.refresh_from_db()
    assert link.state == "accepted"


def test_a_third_party_does_not_undo_anothers_follow(client, friend, stranger, peer):
    eve = stranger.actor("eve")
    bob = peer.actor("bob")
    deliver(client, bob, "Follow", actors.instance_uri())
    link = PeerLink.objects.incoming().get()
    assert link.state == "accepted"
    assert "Ignored" in deliver(client, eve, "Undo", f"{bob.uri}/follows/1").last_error
    link.refresh_from_db()
    assert link.state == "accepted"
    deliver(client, bob, "Undo", {"id": f"{bob.uri}/follows/1", "type": "Follow", "actor": bob.uri})
    link.refresh_from_db()
    assert link.state == "ended"


def test_replies_that_answer_each_other_end(client, friend):
    """D20: nobody follows the ring: what is answered is looked up here, never fetched."""
    for number, other in ((1, 2), (2, 1), (3, 3)):
        thing = friend.note(
            number, inReplyTo=f"{friend.uri}/notes/{other}", replies=f"{friend.uri}/notes/{number}"
        )
        deliver(client, friend, "Create", thing, number)
    assert not [asked for asked in friend.peer.asked if "/notes/" in asked]
    assert not Project.objects.exclude(origin_uri="").exists()


def test_a_ring_of_announcements_ends(client, friend, peer):
    uri = f"{peer.origin}/ring"
    peer.routes["/ring"] = {"id": uri, "type": "Announce", "actor": friend.uri, "object": uri, "to": [PUBLIC]}
    deliver(client, friend, "Announce", uri)
    assert peer.asked.count("GET /ring") == 1


def test_a_collection_that_points_at_itself_and_one_without_end_are_left(peer, friend):
    """D20: twenty pages at most, each once."""

    def endless(handler):
        number = int(handler.path.split("=")[-1])
        page = {
            "id": handler.path,
            "type": "OrderedCollectionPage",
            "orderedItems": [],
            "next": f"{peer.origin}/box?page={number + 1}",
        }
        handler.reply(200, page)

    from plugins.federation.domain import backfill

    peer.routes["/self"] = {
        "id": f"{peer.origin}/self",
        "type": "OrderedCollection",
        "first": f"{peer.origin}/self",
    }
    peer.routes["/box"] = endless
    assert backfill.collect(f"{peer.origin}/self") == []
    assert peer.asked.count("GET /self") == 1
    peer.asked.clear()
    assert backfill.collect(f"{peer.origin}/box?page=1") == []
    assert len(peer.asked) <= backfill.PAGES + 1
    assert Backfill.objects.filter(state="failed").count() == 0


def test_a_blocked_host_does_not_come_back_through_a_boost_a_reply_or_a_relay(client, friend, stranger):
    """D20: whoever passes it on."""
    hosts.block(stranger.host)
    eve = stranger.actor("eve")
    stranger.routes["/users/eve/notes/1"] = article(eve) | {"@context": AS2}
    stranger.asked.clear()
    project = published()
    there = eve.note(2, inReplyTo=actors.object_uri(project.ref))
    stranger.routes["/users/eve/notes/2"] = there
    assert send(client, eve, eve.activity(object=there)).status_code == 403
    deliver(client, friend, "Announce", f"{eve.uri}/notes/1", 1)
    deliver(client, friend, "Announce", there, 2)
    deliver(
        client,
        friend,
        "Announce",
        {"id": f"{eve.uri}/creates/1", "type": "Create", "actor": eve.uri, "object": there},
        3,
    )
    assert stranger.asked == []
    assert not ReceivedObject.objects.filter(uri__startswith=stranger.origin).exists()


@pytest.mark.parametrize("to", ["followers", "nobody", "us"])
def test_what_is_not_for_everyone_is_not_shown(client, friend, to):
    """D20: an object for followers only, or for us alone, does not become a public page."""
    audience = {"followers": [f"{friend.uri}/followers"], "nobody": [], "us": [actors.instance_uri()]}[to]
    deliver(client, friend, "Create", article(friend, to=audience, cc=[]), to=audience)
    assert not Project.objects.exclude(origin_uri="").exists()
    assert not ReceivedObject.objects.exists()


@pytest.mark.parametrize(
    "inside", ["http://10.0.0.1/a", "https://169.254.169.254/a", "https://[::1]/a", "file:///etc/passwd"]
)
def test_hrefs_in_webfinger_lead_nowhere_inside(peer, inside, db):
    """D20: an actor is only looked for at the host that was asked."""
    links = [{"rel": "self", "type": "application/activity+json", "href": inside}]
    peer.routes["/.well-known/webfinger"] = lambda handler: handler.reply(
        200, {"links": links}, kind="application/jrd+json"
    )
    with pytest.raises(lookups.NobodyThere):
        lookups.actor_at(f"eve@{peer.host}")
    assert not remote.RemoteActor.objects.exists()


def test_a_key_behind_a_redirect_inside_is_not_read(client, peer, no_trace):
    """D20: redirects to private machines are refused in the gate too."""
    eve = peer.actor("eve")
    peer.redirect("/users/eve", "https://192.168.1.1/users/eve")
    assert send(client, eve, eve.activity()).status_code == 401
    peer.redirect("/users/eve", "http://127.0.0.1:8001/ap/instance")
    assert send(client, eve, eve.activity(number=2), key_id=f"{eve.uri}#second").status_code == 401


def test_our_own_objects_come_back_as_nobodys(client, friend):
    """D20: an object of ours in another's activity changes nothing of ours."""
    project = published()
    before = dict(project.texts)
    ours = actors.object_uri(project.ref)
    deliver(
        client,
        friend,
        "Announce",
        {"id": ours, "type": "Article", "name": "Rewritten", "attributedTo": friend.uri},
    )
    assert (
        send(client, friend, friend.activity("Update", 2, object={"id": ours, "type": "Article"})).status_code
        == 401
    )
    project.refresh_from_db()
    assert project.texts == before
    assert not ReceivedObject.objects.filter(uri=ours).exists()
