"""The gate lets honest activities in, once, cheaply; the worker then processes each in one transaction."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from plugins.federation import tasks
from plugins.federation.domain import inbox, processing
from plugins.federation.domain.fetching import FetchFailed
from plugins.federation.models import Host, InboxActivity, RemoteKey
from tests.federation.hostile import AS2, PUBLIC, cavage, encode, pem, post, rfc9421, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(peer):
    return peer.actor("bob")


@pytest.mark.parametrize("make", [cavage, rfc9421])
def test_an_honest_activity_is_stored_with_its_key_and_host(client, bob, peer, make):
    body = encode(bob.activity())
    assert post(client, body, make(body, bob.key_id, "bob")).status_code == 202
    stored = InboxActivity.objects.get()
    assert (stored.actor_uri, stored.uri, stored.type) == (bob.uri, f"{bob.uri}/creates/1", "Create")
    assert stored.raw == bob.activity()
    assert stored.state == InboxActivity.State.WAITING
    key = RemoteKey.objects.get()
    assert (key.key_id, key.owner, key.pem) == (bob.key_id, bob.uri, pem("bob"))
    assert Host.objects.get().name == peer.host
    assert peer.asked == ["GET /users/bob"]


def test_a_second_activity_asks_for_no_key(client, bob, peer):
    for number in range(3):
        assert send(client, bob, bob.activity(number=number)).status_code == 202
    assert len(peer.asked) == 1


def test_a_known_sender_costs_four_queries_and_a_commit(client, bob, django_assert_max_num_queries):
    send(client, bob, bob.activity())
    with django_assert_max_num_queries(
        6
    ):  # host, object's author, key, insert, and the two ends of a savepoint
        assert send(client, bob, bob.activity(number=2)).status_code == 202


def test_contexts_of_other_servers_are_taken(client, bob):
    """What Mastodon, GoToSocial and Fedify send; nothing is fetched for it."""
    context = [
        AS2,
        "https://w3id.org/security/v1",
        "https://w3id.org/identity/v1",
        "https://www.w3.org/ns/did/v1",
        "https://gotosocial.org/ns",
        {
            "toot": "http://joinmastodon.org/ns#",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "Hashtag": "as:Hashtag",
            "sensitive": "as:sensitive",
            "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
            "sharedInbox": {"@id": "as:sharedInbox", "@type": "@id"},
            "publicKeyBase64": "toot:publicKeyBase64",
            "ostatus": "http://ostatus.org#",
            "conversation": "ostatus:conversation",
            "@language": "und",
        },
    ]
    assert send(client, bob, bob.activity(**{"@context": context})).status_code == 202


@pytest.mark.parametrize("kind", ["Article", "Note", "Page", "Event"])
def test_our_own_kinds_of_documents_pass(client, bob, kind):
    """What another instance of ours sends: contexts with ValueFlows terms, tags, maps of languages."""
    thing = bob.note(
        type=kind,
        contentMap={"fr": "<p>Eau</p>", "ar": "<p>ماء</p>"},
        tag=[
            {
                "type": "Link",
                "rel": "https://w3id.org/valueflows/ont/vf#Proposal",
                "href": f"{bob.uri}/proposals/1",
            }
        ],
    )
    context = [AS2, {"vf": "https://w3id.org/valueflows/ont/vf#", "purpose": "vf:purpose"}]
    assert send(client, bob, bob.activity(object=thing, **{"@context": context})).status_code == 202
    assert InboxActivity.objects.get().raw["object"] == thing


def test_the_worker_is_woken_on_commit(client, bob, django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr(type(tasks.process_inbox), "enqueue", lambda task: woken.append(task.func.__name__))
    with django_capture_on_commit_callbacks(execute=True):
        send(client, bob, bob.activity())
        assert woken == []
    assert woken == ["process_inbox"]


@pytest.fixture
def stored(client, bob):
    send(client, bob, bob.activity())
    return InboxActivity.objects.get()


def again(activity: InboxActivity) -> InboxActivity:
    activity.refresh_from_db()
    return activity


def test_what_is_processed_is_done_once(stored, monkeypatch):
    seen = []
    monkeypatch.setattr(processing, "prepare", lambda activity: None)
    monkeypatch.setattr(processing, "process", lambda activity: seen.append(activity.uri))
    tasks.process_inbox.func()
    tasks.process_inbox.func()
    assert seen == [stored.uri]
    assert again(stored).state == InboxActivity.State.DONE


def test_half_a_change_is_undone_and_tried_again(stored, monkeypatch):
    """D20: processing and finishing are one transaction."""
    monkeypatch.setattr(processing, "prepare", lambda activity: None)

    def fail(activity):
        Host.objects.create(name="half.example")
        raise RuntimeError("the power went")

    monkeypatch.setattr(processing, "process", fail)
    tasks.process_inbox.func()
    assert not Host.objects.filter(name="half.example").exists()
    assert again(stored).state == InboxActivity.State.WAITING
    assert stored.last_error == "RuntimeError: the power went"
    assert stored.next_attempt_at > timezone.now()
    monkeypatch.setattr(processing, "process", lambda activity: Host.objects.create(name="whole.example"))
    InboxActivity.objects.update(next_attempt_at=timezone.now())
    tasks.process_inbox.func()
    assert again(stored).state == InboxActivity.State.DONE
    assert Host.objects.filter(name="whole.example").exists()


def test_what_cannot_be_fetched_now_waits(stored, monkeypatch):
    def fail(activity):
        raise FetchFailed("not today")

    monkeypatch.setattr(processing, "prepare", fail)
    for _turn in range(inbox.MAX_ATTEMPTS):
        InboxActivity.objects.update(next_attempt_at=timezone.now())
        tasks.process_inbox.func()
    assert again(stored).state == InboxActivity.State.FAILED
    assert stored.last_error == "FetchFailed: not today"


@pytest.mark.parametrize("final", [processing.Ignored, processing.Refused])
def test_what_is_not_for_us_is_final_and_says_why(stored, monkeypatch, final):
    def refuse(activity):
        raise final("someone else's")

    monkeypatch.setattr(processing, "prepare", lambda activity: None)
    monkeypatch.setattr(processing, "process", refuse)
    tasks.process_inbox.func()
    assert again(stored).state == InboxActivity.State.DONE
    assert "someone else's" in stored.last_error


def test_a_lease_left_by_a_dead_worker_runs_out(stored, monkeypatch):
    monkeypatch.setattr(processing, "prepare", lambda activity: None)
    monkeypatch.setattr(processing, "process", lambda activity: None)
    InboxActivity.objects.take(5, lease=inbox.LEASE)
    assert inbox.process_due() == 0
    InboxActivity.objects.update(leased_until=timezone.now())
    assert inbox.process_due() == 1


def test_old_activities_are_forgotten_and_waiting_ones_kept(client, bob):
    for number in (1, 2):
        send(client, bob, bob.activity(number=number))
    InboxActivity.objects.update(received_at=timezone.now() - timedelta(days=40))
    InboxActivity.objects.get(uri__endswith="/1").finish()
    tasks.forget_old_work.func()
    assert [activity.uri for activity in InboxActivity.objects.all()] == [f"{bob.uri}/creates/2"]


def test_a_refusal_says_why_in_json(client, bob):
    answer = send(client, bob, bob.activity("Explode"))
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content) == {"error": "Nothing is done here with 'Explode'."}
    assert PUBLIC not in answer.content.decode()
