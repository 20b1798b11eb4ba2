"""Deliveries: one serialisation, one row per inbox, tried until it arrives; a dead host costs little."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from plugins.federation import tasks
from plugins.federation.domain import deliveries, hosts, sending, signatures
from plugins.federation.models import Delivery, Host, Outgoing
from tests.federation.hostile import AS2, PUBLIC

pytestmark = pytest.mark.django_db
ACTOR = "http://127.0.0.1:8001/ap/instance"


def activity(number: int = 1) -> dict:
    return {
        "@context": AS2,
        "id": f"http://127.0.0.1:8001/ap/activity/{number}",
        "type": "Create",
        "actor": ACTOR,
        "to": [PUBLIC],
        "object": {
            "id": f"http://127.0.0.1:8001/ap/object/x/{number}",
            "type": "Note",
            "content": "<p>Ouijjane, écrit à la main</p>",
        },
    }


def deliver(*inboxes: str, number: int = 1) -> int:
    with transaction.atomic():
        return deliveries.deliver(activity(number), sender_uri=ACTOR, inboxes=inboxes)


def due_now() -> None:
    """Time passes."""
    Delivery.objects.update(next_attempt_at=timezone.now())
    Host.objects.update(retry_at=None)


def answer(status: int):
    return lambda handler: handler.reply(status, {})


def test_an_activity_arrives_signed_and_whole(peer, ours):
    peer.routes["/inbox"] = answer(202)
    assert deliver(f"{peer.origin}/inbox") == 1
    tasks.send_deliveries.func()
    ((method, path, headers, body),) = peer.requests
    assert (method, path) == ("POST", "/inbox")
    assert json.loads(body) == activity()
    assert headers["Content-Type"] == "application/activity+json"
    lower = {name.lower(): value for name, value in headers.items()}
    base = "\n".join(
        [
            f"(request-target): post {path}",
            f"host: {peer.host}",
            f"date: {lower['date']}",
            f"digest: {lower['digest']}",
        ]
    )
    signature = signatures._decode(lower["signature"].split('signature="')[1].rstrip('"'))
    assert signatures.matches(signatures.Presented("", base.encode(), signature), ours.pem)
    assert lower["digest"] == f"SHA-256={signatures.digest_of(body)}"
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.DONE
    assert delivery.finished_at is not None


def test_one_serialisation_for_all_and_each_inbox_once(peer):
    shared = f"{peer.origin}/inbox"
    assert deliver(shared, shared, f"{peer.origin}/other", shared) == 2
    assert Outgoing.objects.count() == 1
    assert sorted(Delivery.objects.values_list("inbox", flat=True)) == [shared, f"{peer.origin}/other"]


def test_ours_blocked_and_unreadable_inboxes_are_left_out(peer):
    hosts.block(peer.host)
    refused = [
        "http://127.0.0.1:8001/ap/inbox", "http://localhost:8001/ap/inbox", f"{peer.origin}/inbox", "http://a.example/inbox",
        "nonsense", "https://user@a.example/inbox", "",
    ]  # fmt: skip
    assert deliver(*refused) == 0
    assert not Outgoing.objects.exists()


def test_deliveries_belong_to_the_transaction_of_their_change(peer, transactional_db):
    with pytest.raises(transaction.TransactionManagementError):
        deliveries.deliver(activity(), sender_uri=ACTOR, inboxes=[f"{peer.origin}/inbox"])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        deliveries.deliver(activity(), sender_uri=ACTOR, inboxes=[f"{peer.origin}/inbox"])
        _ = 1 / 0
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_once_for_many(peer, monkeypatch):
    woken = []
    monkeypatch.setattr(type(tasks.send_deliveries), "enqueue", lambda task: woken.append(task.func.__name__))
    for number in range(5):
        deliver(f"{peer.origin}/inbox", number=number)
    assert woken == ["send_deliveries"]
    tasks.send_deliveries.func()
    deliver(f"{peer.origin}/inbox", number=9)
    assert woken == ["send_deliveries"] * 2


def test_a_host_keeps_one_connection(peer):
    peer.routes["/inbox"] = answer(202)
    ports = []
    real = peer.routes["/inbox"]

    def note(handler):
        ports.append(handler.client_address[1])
        real(handler)

    peer.routes["/inbox"] = note
    for number in range(5):
        deliver(f"{peer.origin}/inbox", number=number)
    sending.send_due()
    assert len(ports) == 5
    assert len(set(ports)) == 1


def test_what_fails_is_tried_again_later_and_later(peer):
    peer.routes["/inbox"] = answer(500)
    deliver(f"{peer.origin}/inbox")
    waits = []
    for _turn in range(8):
        sending.send_due()
        delivery = Delivery.objects.get()
        waits.append((delivery.next_attempt_at - timezone.now()).total_seconds() / 60)
        due_now()
    assert delivery.state == Delivery.State.WAITING
    assert waits == sorted(waits)
    assert waits[0] >= 0.9
    assert waits[-1] >= 2800
    assert len(peer.asked) == 8
    peer.routes["/inbox"] = answer(202)
    sending.send_due()
    assert Delivery.objects.get().state == Delivery.State.DONE


def test_after_a_week_it_is_given_up(peer):
    peer.routes["/inbox"] = answer(500)
    deliver(f"{peer.origin}/inbox")
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=6, hours=23), attempts=8)
    sending.send_due()
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.FAILED
    assert delivery.last_error.startswith("500")


@pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
def test_an_answer_that_no_repetition_changes_ends_it(peer, status):
    """A 410 says that the inbox is gone."""
    peer.routes["/inbox"] = answer(status)
    deliver(f"{peer.origin}/inbox")
    sending.send_due()
    assert Delivery.objects.get().state == Delivery.State.FAILED
    due_now()
    sending.send_due()
    assert len(peer.asked) == 1


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 503])
def test_an_answer_that_may_change_is_tried_again(peer, status):
    peer.routes["/inbox"] = lambda handler: handler.reply(status, {}, Location="http://127.0.0.1:1/")
    deliver(f"{peer.origin}/inbox")
    sending.send_due()
    assert Delivery.objects.get().state == Delivery.State.WAITING
    assert len(peer.asked) == 1


def silent_host() -> str:
    """The address of a port of this machine where nothing listens."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_silent_host_is_left_alone_and_heard_when_it_comes_back(peer):
    """D20: after five failures in a row nothing is tried before the pause ends; then all that waited goes."""
    peer.routes["/inbox"] = answer(503)
    for number in range(20):
        deliver(f"{peer.origin}/inbox", number=number)
    for _turn in range(5):
        Delivery.objects.update(next_attempt_at=timezone.now())
        sending.send_due()
    asked = len(peer.asked)
    host = Host.objects.get(name=peer.host)
    assert host.failures == 5
    assert host.retry_at > timezone.now()
    sending.send_due()
    assert len(peer.asked) == asked
    assert Delivery.objects.filter(next_attempt_at__lt=host.retry_at, state="waiting").count() == 0
    peer.routes["/inbox"] = answer(202)
    due_now()
    sending.send_due()
    assert Delivery.objects.filter(state=Delivery.State.DONE).count() == 20
    host.refresh_from_db()
    assert (host.failures, host.retry_at) == (0, None)


def test_nobody_there_costs_one_attempt_per_run_not_one_per_activity(monkeypatch):
    base = silent_host()
    tried = []
    real = sending._exchange
    monkeypatch.setattr(sending, "_exchange", lambda *args: tried.append(args[0]) or real(*args))
    for number in range(30):
        deliver(f"{base}/inbox", number=number)
    sending.send_due()
    assert len(tried) == 1
    assert Delivery.objects.filter(state=Delivery.State.WAITING).count() == 30
    assert Delivery.objects.filter(attempts=0).count() == 29


def test_ten_thousand_dead_inboxes_are_few_rows():
    """D20: one host with any number of inboxes, and hosts that have been silent, keep the table bounded."""
    base = silent_host()
    inboxes = [f"{base}/users/{number}/inbox" for number in range(10_000)]
    assert deliver(*inboxes) == deliveries.PER_HOST_AND_ACTIVITY
    hosts.failed(base.removeprefix("http://"))
    for number in range(2, 12):
        deliver(*inboxes, number=number)
    assert Delivery.objects.count() == deliveries.PER_HOST_AND_ACTIVITY
    many = [f"https://dead{number}.example/inbox" for number in range(1000)]
    assert deliver(*many, number=20) == 1000
    Host.objects.update(failures=9, failing_since=timezone.now() - timedelta(days=8))
    assert deliver(*many, *inboxes, number=21) == 0


def test_a_host_that_speaks_again_is_served_again():
    deliver("https://a.example/inbox")
    Host.objects.update(failures=9, failing_since=timezone.now() - timedelta(days=8), retry_at=timezone.now())
    hosts.heard_from("a.example", hosts.standing("a.example"))
    assert deliver("https://a.example/inbox", number=2) == 1


def test_writing_many_deliveries_costs_as_many_queries_as_few(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        deliver("https://a1.example/inbox")
    with django_assert_max_num_queries(12):
        deliver(*[f"https://a{number}.example/inbox" for number in range(60)], number=2)


def test_blocking_a_host_drops_what_waits_for_it(peer):
    deliver(f"{peer.origin}/inbox")
    hosts.block(peer.host)
    sending.send_due()
    assert peer.asked == []
    assert Delivery.objects.get().state == Delivery.State.FAILED


def test_an_answer_without_end_is_not_read(peer):
    peer.routes["/inbox"] = lambda handler: handler.reply(202, b"x" * 2_000_000)
    deliver(f"{peer.origin}/inbox")
    sending.send_due()
    assert Delivery.objects.get().state == Delivery.State.DONE


def test_a_lease_left_by_a_dead_worker_runs_out(peer):
    """Killed between taking and sending: nothing is lost."""
    peer.routes["/inbox"] = answer(202)
    deliver(f"{peer.origin}/inbox")
    assert len(Delivery.objects.take(10, lease=sending.LEASE)) == 1
    assert sending.send_due() == 0
    Delivery.objects.update(leased_until=timezone.now())
    assert sending.send_due() == 1
    assert Delivery.objects.get().state == Delivery.State.DONE


def test_old_work_is_forgotten(peer):
    deliver(f"{peer.origin}/inbox", number=1)
    deliver(f"{peer.origin}/inbox", number=2)
    Outgoing.objects.update(created_at=timezone.now() - timedelta(days=40))
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=40))
    first.finish()
    tasks.forget_old_work.func()
    assert list(Delivery.objects.all()) == [second]
    assert Outgoing.objects.count() == 1
