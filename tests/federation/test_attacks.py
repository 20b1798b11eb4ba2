"""What an attacker tries at the inbox: each attempt is refused and leaves nothing stored, queued, mailed or fetched."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from plugins.federation.domain import hosts, inbox
from plugins.federation.models import InboxActivity, ReceivedObject, RemoteKey
from tests.federation.hostile import (
    ACTIVITY,
    AS2,
    INBOX,
    Sender,
    cavage,
    encode,
    pem,
    post,
    rfc9421,
    send,
    sha256,
)

pytestmark = pytest.mark.django_db
OURS = "http://127.0.0.1:8001"
UID = "01hzzzzzzzzzzzzzzzzzzzzzzz"
INBOXES = [
    "/ap/inbox", "/ap/inbox/", "/ap/instance/inbox", "/ap/instance/inbox/",
    f"/ap/organisation/{UID}/inbox", f"/ap/person/{UID}/inbox/",
]  # fmt: skip


@pytest.fixture
def eve(peer) -> Sender:
    """An attacker with an honest actor and key on a server of her own."""
    return peer.actor("eve")


def known(sender: Sender) -> None:
    """We have verified this actor before, so that its key is stored and nothing needs fetching."""
    RemoteKey.objects.create(key_id=sender.key_id, owner=sender.uri, pem=pem(sender.name))


@pytest.fixture
def trusted(db, eve) -> Sender:
    """An attacker whose key we have verified before."""
    known(eve)
    return eve


@pytest.mark.parametrize("path", INBOXES)
def test_unsigned_is_refused_at_every_inbox(client, eve, path, peer, no_trace):
    """D20: 401, and nobody was even asked for a key."""
    answer = post(client, encode(eve.activity()), {"Host": "127.0.0.1:8001"}, path=path)
    assert answer.status_code == 401
    assert "not signed" in answer.json()["error"]
    assert peer.asked == []


@pytest.mark.parametrize("path", INBOXES)
def test_a_wrong_key_is_refused_at_every_inbox(client, eve, path, peer, no_trace):
    assert send(client, eve, eve.activity(), path=path, private="mallory").status_code == 401
    assert set(peer.asked) == {"GET /users/eve"}


SIGNATURES = {
    "two days old": {"age": timedelta(days=2)},
    "two days ahead": {"age": timedelta(days=-2)},
    "digest unsigned": {"names": "(request-target) host date"},
    "digest absent": {"digest": ""},
    "digest of something else": {"digest": f"SHA-256={sha256(b'else')}"},
    "only the date signed": {"names": "date"},
    "signed for another path": {"signed_path": "/ap/elsewhere"},
    "signed with a query": {"signed_path": f"{INBOX}?as=admin"},
    "signed for another host": {"host": "other.example"},
}


@pytest.mark.parametrize("tampering", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_that_does_not_cover_the_post_is_refused(
    client, trusted, peer, tampering, no_trace, settings
):
    """D20: each with a key that we know and trust."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "other.example"]
    assert send(client, trusted, trusted.activity(), **tampering).status_code == 401
    assert set(peer.asked) <= {"GET /users/eve"}


def test_a_body_changed_after_signing_is_refused(client, eve, peer, no_trace):
    signed, changed = encode(eve.activity()), encode(eve.activity(number=2))
    assert post(client, changed, cavage(signed, eve.key_id, "eve")).status_code == 401
    assert post(client, changed, rfc9421(signed, eve.key_id, "eve")).status_code == 401
    with_new_digest = cavage(signed, eve.key_id, "eve") | {"Digest": f"SHA-256={sha256(changed)}"}
    assert post(client, changed, with_new_digest).status_code == 401


def test_a_post_with_a_query_that_was_not_signed_is_refused(client, eve, no_trace):
    body = encode(eve.activity())
    assert post(client, body, cavage(body, eve.key_id, "eve"), path=f"{INBOX}?x=1").status_code == 401


def test_another_actor_of_the_same_host_is_not_the_actor(client, eve, peer, no_trace):
    bob = peer.actor("bob")
    assert send(client, eve, bob.activity()).status_code == 401
    assert send(client, eve, bob.activity() | {"id": f"{eve.uri}/creates/1"}).status_code == 401


def test_another_host_does_not_sign_for_the_actor(client, eve, stranger, no_trace):
    bob = stranger.actor("bob")
    assert send(client, eve, bob.activity()).status_code == 401
    assert stranger.asked == []
    assert send(client, bob, eve.activity(), key_id=bob.key_id).status_code == 401


def test_a_known_key_signs_for_its_owner_only(client, eve, peer):
    bob = peer.actor("bob")
    known(eve)
    assert send(client, eve, bob.activity()).status_code == 401
    assert peer.asked == []
    assert not InboxActivity.objects.exists()


KEYS = {
    "fragment not listed": ("{uri}#other-key", {}),
    "another owner": (
        "{uri}#main-key",
        {"publicKey": {"id": "{uri}#main-key", "owner": "{bob}", "publicKeyPem": "{pem}"}},
    ),
    "another id": (
        "{uri}#main-key",
        {"publicKey": {"id": "{uri}#key", "owner": "{uri}", "publicKeyPem": "{pem}"}},
    ),
    "the document is of another actor": ("{uri}#main-key", {"id": "{bob}"}),
    "the document is of another host": ("{uri}#main-key", {"id": "https://a.example/users/eve"}),
    "no key": ("{uri}#main-key", {"publicKey": None}),
    "a key that is a text": ("{uri}#main-key", {"publicKey": "{uri}#main-key"}),
    "a key that is rubbish": (
        "{uri}#main-key",
        {"publicKey": {"id": "{uri}#main-key", "owner": "{uri}", "publicKeyPem": "rubbish"}},
    ),
    "a key that is a list": (
        "{uri}#main-key",
        {"publicKey": {"id": "{uri}#main-key", "owner": "{uri}", "publicKeyPem": ["x"]}},
    ),
}


@pytest.mark.parametrize(("key_id", "changes"), KEYS.values(), ids=KEYS)
def test_a_key_must_be_the_actors_own_and_listed_by_it(client, peer, key_id, changes, no_trace):
    """D20: the key's document says the id asked for and the owner, and the actor lists it back."""
    uri, bob = f"{peer.origin}/users/eve", f"{peer.origin}/users/bob"
    text = (
        json.dumps(changes)
        .replace("{uri}", uri)
        .replace("{bob}", bob)
        .replace("{pem}", pem("eve").replace("\n", "\\n"))
    )
    eve = peer.actor("eve", **json.loads(text))
    assert send(client, eve, eve.activity(), key_id=key_id.format(uri=uri)).status_code == 401


def test_a_key_document_of_its_own_is_listed_back_by_the_actor(client, peer, no_trace):
    """Mallory's server path holds a key that claims eve as its owner; eve does not list it."""
    eve = peer.actor("eve")
    false = f"{peer.origin}/keys/1"
    peer.routes["/keys/1"] = {"id": false, "owner": eve.uri, "publicKeyPem": pem("mallory")}
    assert send(client, eve, eve.activity(), key_id=false, private="mallory").status_code == 401
    assert "GET /keys/1" not in peer.asked


def test_a_key_document_of_its_own_that_fits_is_believed(client, peer):
    eve = peer.actor("eve", publicKey=f"{peer.origin}/keys/1")
    peer.routes["/keys/1"] = {"id": f"{peer.origin}/keys/1", "owner": eve.uri, "publicKeyPem": pem("eve")}
    assert send(client, eve, eve.activity(), key_id=f"{peer.origin}/keys/1").status_code == 202
    assert InboxActivity.objects.count() == 1


def test_an_unknown_key_asked_for_a_hundred_times_is_fetched_once(client, peer, no_trace):
    """D20: what is not there is not asked again."""
    nobody = Sender(peer, "nobody", f"{peer.origin}/users/nobody")
    for _turn in range(100):
        assert send(client, nobody, nobody.activity()).status_code == 401
    assert peer.asked == ["GET /users/nobody"]


def test_a_false_signature_sent_a_hundred_times_asks_twice_at_most(client, eve, peer, no_trace):
    for _turn in range(100):
        assert send(client, eve, eve.activity(), private="mallory").status_code == 401
    assert len(peer.asked) <= 2


def test_a_new_key_of_a_known_actor_is_fetched_once(client, eve, peer):
    """A key that was replaced: one fetch, then it verifies; and the row follows."""
    RemoteKey.objects.create(key_id=eve.key_id, owner=eve.uri, pem=pem("old"))
    assert send(client, eve, eve.activity()).status_code == 202
    assert send(client, eve, eve.activity(number=2)).status_code == 202
    assert peer.asked == ["GET /users/eve"]
    assert RemoteKey.objects.get().pem == pem("eve")


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


@pytest.mark.parametrize("name", ["{host}", "127.0.0.1"])
def test_a_blocked_host_is_refused_before_anything_is_asked(client, eve, peer, ours, name):
    """D20: 403, also below a blocked domain."""
    hosts.block(name.format(host=peer.host))
    assert send(client, eve, eve.activity()).status_code == 403
    assert peer.asked == []
    assert not InboxActivity.objects.exists()


def test_where_there_is_an_allow_list_only_the_admitted_are_heard(client, eve, peer, settings):
    settings.FEDERATION_ALLOW_LIST = True
    assert send(client, eve, eve.activity()).status_code == 403
    assert peer.asked == []
    hosts.admit(peer.host)
    assert send(client, eve, eve.activity()).status_code == 202


def test_a_sender_whose_server_drips_does_not_hold_the_gate(client, peer, monkeypatch, no_trace):
    """D20: four keys are fetched at a time; the next stranger is told to come back."""
    from plugins.federation.domain import remote_keys

    eve = peer.actor("eve")
    for _place in range(4):
        assert remote_keys._fetching.acquire(blocking=False)
    try:
        answer = send(client, eve, eve.activity())
    finally:
        for _place in range(4):
            remote_keys._fetching.release()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert peer.asked == []


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_an_inbox_is_only_posted_to(client, method, no_trace):
    assert getattr(client, method)(INBOX, headers={"Accept": ACTIVITY}).status_code == 405
