"""Documents that lie: out of shape, renamed, about what is not the sender's. Refused, and no trace is left."""

from __future__ import annotations

import json

import pytest

from plugins.federation.domain import inbox
from plugins.federation.models import InboxActivity, ReceivedObject, RemoteKey
from tests.federation.hostile import AS2, Sender, cavage, encode, pem, post, send
from tests.federation.test_attacks import INBOXES, OURS

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(peer) -> Sender:
    """An attacker with an honest actor and key on a server of her own."""
    return peer.actor("eve")


def known(sender: Sender) -> None:
    """We have verified this actor before, so that its key is stored and nothing needs fetching."""
    RemoteKey.objects.create(key_id=sender.key_id, owner=sender.uri, pem=pem(sender.name))


def deep(levels: int) -> bytes:
    return b'{"id": "x", "a":' + b"[" * levels + b"]" * levels + b"}"


BODIES = {
    "nested 2,000 deep": (deep(2000), 400),
    "nested 200,000 bytes deep": (deep(100_000), 400),
    "not JSON": (b"{", 400),
    "not an object": (b"[]", 400),
    "a text": (b'"x"', 400),
    "empty": (b" ", 400),
    "not a number": (b'{"id": NaN}', 400),
    "3 MB": (b'{"id": "' + b"x" * 3_000_000 + b'"}', 413),
    "NUL": (b'{"id": "https://a.example/\\u0000"}', 400),
    "half a character": (b'{"id": "\\ud800"}', 400),
    "a number too long": (b'{"id": ' + b"9" * 5000 + b"}", 400),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_activity_is_refused(client, eve, peer, body, status, no_trace):
    assert post(client, body, cavage(body, eve.key_id, "eve")).status_code == status
    assert peer.asked == []


@pytest.mark.parametrize(
    "kind", ["text/html", "text/plain", "application/json", "multipart/form-data; boundary=x", ""]
)
def test_another_content_type_is_refused(client, eve, peer, kind, no_trace):
    body = encode(eve.activity())
    assert post(client, body, cavage(body, eve.key_id, "eve"), kind=kind).status_code == 415
    assert peer.asked == []


SHAPES = {
    "no id": {"id": None},
    "no actor": {"actor": None},
    "no object": {"object": None},
    "an actor that is an object": {"actor": {"id": "x"}},
    "two types": {"type": ["Create", "Delete"]},
    "a type nobody knows": {"type": "Explode"},
    "two objects": {"object": ["https://a.example/1", "https://a.example/2"]},
    "5,000 recipients": {"to": [f"https://a.example/{number}" for number in range(5000)]},
    "100 members": {f"x{number}": 1 for number in range(100)},
    "13 levels": {"x": json.loads("[" * 13 + "]" * 13)},
    "an id that is no address": {"id": "urn:uuid:1"},
    "an id over plain http": {"id": "http://a.example/1", "actor": "http://a.example/eve"},
    "an id with a user": {"id": "https://a@a.example/1", "actor": "https://a@a.example/eve"},
}


@pytest.mark.parametrize("changes", SHAPES.values(), ids=SHAPES)
def test_a_document_out_of_shape_is_refused(client, eve, peer, changes, no_trace):
    assert send(client, eve, eve.activity(**changes)).status_code == 400
    assert peer.asked == []


CONTEXTS = {
    "actor renamed": {"actor": "https://evil.example/ns#actor"},
    "object renamed": {"object": {"@id": "as:target"}},
    "attributedTo renamed": {"attributedTo": "as:actor"},
    "the key's owner renamed": {"owner": {"@id": "sec:creator", "@type": "@id"}},
    "publicKeyPem renamed": {"publicKeyPem": "as:content"},
    "id renamed": {"id": "as:url"},
    "another name for the id": {"identity": "@id"},
    "the prefix renamed": {"as": "https://evil.example/ns#"},
    "all words renamed": {"@vocab": "https://evil.example/ns#"},
    "another base": {"@base": "https://evil.example/"},
    "import": {"@import": "https://evil.example/context"},
    "reversed": {"made": {"@reverse": "as:actor"}},
    "a context within a term": {"tag": {"@id": "as:tag", "@context": {"actor": "as:object"}}},
    "forgotten": {"actor": None},
    "a number": 5,
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
@pytest.mark.parametrize("place", ["document", "object"])
def test_a_context_that_renames_what_we_read_is_refused(client, eve, peer, context, place, no_trace):
    """D20: two readers of one document must not read two things."""
    document = eve.activity()
    if place == "document":
        document["@context"] = [AS2, context]
    else:
        document["object"]["@context"] = context
    assert send(client, eve, document).status_code == 400
    assert peer.asked == []


def test_a_remote_context_is_never_fetched(client, eve, peer, stranger):
    peer.routes["/context"] = {"@context": {"actor": "as:object"}}
    document = eve.activity(
        **{"@context": [AS2, f"{peer.origin}/context", f"{stranger.origin}/c", "file:///dev/zero"]}
    )
    assert send(client, eve, document).status_code == 202
    inbox.process_due()
    assert "GET /context" not in peer.asked
    assert stranger.asked == []


@pytest.mark.parametrize("word", ["@graph", "@reverse", "@included", "@set", "@list", "@nest"])
def test_words_of_linked_data_in_the_document_are_refused(client, eve, word, no_trace):
    assert send(client, eve, eve.activity(**{word: [{"id": f"{OURS}/ap/instance"}]})).status_code == 400


def test_an_embedded_signature_proves_nothing(client, eve, stranger, no_trace):
    """D20: RsaSignature2017 by whomever: the post itself must be signed by its actor."""
    bob = stranger.actor("bob")
    signature = {
        "type": "RsaSignature2017",
        "creator": bob.key_id,
        "created": "2026-11-20T00:00:00Z",
        "signatureValue": "x",
    }
    assert send(client, eve, bob.activity(signature=signature)).status_code == 401
    body = encode(bob.activity(signature=signature))
    assert post(client, body, {"Host": "127.0.0.1:8001"}).status_code == 401


FORGERIES = {
    "an id of ours": lambda eve: {"id": f"{OURS}/ap/activity/1"},
    "an id of ours under another name": lambda eve: {"id": "http://localhost:8001/ap/activity/1"},
    "an actor of ours": lambda eve: {"actor": f"{OURS}/ap/instance"},
    "actor and id of ours": lambda eve: {"actor": f"{OURS}/ap/instance", "id": f"{OURS}/ap/activity/1"},
    "an id on another host": lambda eve: {"id": "https://a.example/1"},
    "an object on another host": lambda eve: {"object": eve.note() | {"id": "https://a.example/1"}},
    "an object of ours": lambda eve: {"object": eve.note() | {"id": f"{OURS}/ap/object/core.project/1"}},
    "an object of ours by name": lambda eve: {"object": f"{OURS}/ap/object/core.project/1"},
    "attributed to another": lambda eve: {"object": eve.note(attributedTo=f"{eve.peer.origin}/users/bob")},
    "attributed to several": lambda eve: {
        "object": eve.note(attributedTo=[eve.uri, "https://a.example/bob"])
    },
    "attributed to us": lambda eve: {"object": eve.note(attributedTo=f"{OURS}/ap/instance")},
    "attributed to nobody": lambda eve: {"object": {"id": f"{eve.uri}/1", "type": "Note", "content": "x"}},
    "an actor of the same host": lambda eve: {
        "object": {"id": f"{eve.peer.origin}/users/bob", "type": "Person"}
    },
    "a key of the same host": lambda eve: {
        "object": {
            "id": f"{eve.peer.origin}/users/bob#main-key",
            "publicKeyPem": "x",
            "attributedTo": eve.uri,
        }
    },
}


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("changes", FORGERIES.values(), ids=FORGERIES)
def test_nobody_speaks_for_others_or_about_what_is_not_theirs(client, eve, peer, kind, changes, no_trace):
    """D20: even with a true signature of its own."""
    document = eve.activity(kind, **changes(eve))
    assert send(client, eve, document).status_code == 401
    assert peer.asked == []


def received(sender: Sender, number: int = 1) -> ReceivedObject:
    return ReceivedObject.objects.create(
        uri=f"{sender.uri}/notes/{number}",
        host=sender.peer.host,
        author_uri=sender.uri,
        object_type="Note",
        subject_type="core.project",
        subject_key="x",
    )


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_what_another_made_is_not_changed(client, eve, peer, kind):
    """D20: the stored author decides, whatever the document claims."""
    bob = peer.actor("bob")
    row = received(bob)
    known(eve)
    thing = eve.note() | {"id": row.uri}
    assert send(client, eve, eve.activity(kind, object=thing)).status_code == 401
    assert send(client, eve, eve.activity(kind, object=row.uri)).status_code == 401
    assert not InboxActivity.objects.exists()
    row.refresh_from_db()
    assert row.removed_at is None


def test_undo_of_what_another_did_is_refused(client, eve, peer, no_trace):
    bob = peer.actor("bob")
    follow = {
        "id": f"{bob.uri}/follows/1",
        "type": "Follow",
        "actor": bob.uri,
        "object": f"{OURS}/ap/instance",
    }
    assert send(client, eve, eve.activity("Undo", object=follow)).status_code == 401
    assert peer.asked == []


def test_farewell_of_someone_never_met_costs_nothing(client, eve, peer, no_trace):
    """Other servers tell everyone of each account that ends: 202, nothing fetched, nothing stored."""
    assert send(client, eve, eve.activity("Delete", object=eve.uri)).status_code == 202
    assert (
        send(client, eve, eve.activity("Delete", object={"id": eve.uri, "type": "Person"})).status_code == 202
    )
    assert peer.asked == []
    body = encode(eve.activity("Delete", object=eve.uri))
    assert post(client, body, {"Host": "127.0.0.1:8001"}).status_code == 401


def test_embedded_actors_keys_and_objects_of_others_are_reduced_to_their_ids(client, eve):
    """D20: they are fetched where they live, or not at all."""
    evil = {
        "id": f"{OURS}/ap/instance",
        "type": "Application",
        "inbox": "https://evil.example/inbox",
        "name": "Evil",
    }
    thing = eve.note(
        inReplyTo={"id": f"{OURS}/ap/object/core.project/1", "type": "Article", "content": "rewritten"},
        tag=[{"type": "Link", "href": "https://a.example/"}, evil],
        attributedTo={
            "id": eve.uri,
            "type": "Person",
            "publicKey": {"id": eve.key_id, "publicKeyPem": pem("mallory")},
        },
        bcc=["https://a.example/secret"],
    )
    document = eve.activity(
        object=thing, signature={"type": "RsaSignature2017"}, bto=["https://a.example/secret"]
    )
    assert send(client, eve, document).status_code == 202
    stored = InboxActivity.objects.get().raw
    assert stored["object"]["inReplyTo"] == f"{OURS}/ap/object/core.project/1"
    assert stored["object"]["tag"] == [{"type": "Link", "href": "https://a.example/"}, f"{OURS}/ap/instance"]
    assert stored["object"]["attributedTo"] == eve.uri
    assert not {"signature", "bto"} & stored.keys()
    text = json.dumps(stored)
    assert "rewritten" not in text
    assert "Evil" not in text
    assert "secret" not in text
    assert "publicKeyPem" not in text


def test_an_announced_object_is_only_its_id(client, eve, peer):
    document = eve.activity(
        "Announce", object=eve.note(content="<p>planted</p>", attributedTo=f"{peer.origin}/users/bob")
    )
    assert send(client, eve, document).status_code == 202
    assert InboxActivity.objects.get().raw["object"] == f"{eve.uri}/notes/1"


def test_the_same_activity_twice_is_kept_once(client, eve, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as queued:
        assert send(client, eve, eve.activity()).status_code == 202
    assert len(queued) == 1
    with django_capture_on_commit_callbacks() as queued:
        for path in INBOXES:
            assert send(client, eve, eve.activity(), path=path).status_code == 202
    assert queued == []
    assert InboxActivity.objects.count() == 1


def test_an_id_claimed_first_by_a_stranger_is_not_lost(client, eve, peer):
    """D20: who sends bob's id before bob does not keep bob's activity out."""
    bob = peer.actor("bob")
    claim = eve.activity() | {"id": f"{bob.uri}/creates/1"}
    assert send(client, eve, claim).status_code == 202
    assert send(client, bob, bob.activity()).status_code == 202
    assert sorted(InboxActivity.objects.values_list("actor_uri", flat=True)) == [bob.uri, eve.uri]
