"""What an attacker tries at the inbox: each attempt is refused and leaves nothing stored, queued, mailed or fetched."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from plugins.federation.domain import hosts
from plugins.federation.models import InboxActivity, RemoteKey
from tests.federation.hostile import (
    ACTIVITY,
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
