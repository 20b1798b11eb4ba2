"""The fake's idempotency keys, its separate accounts, its faults on demand and its controls."""

from __future__ import annotations

import threading

import pytest
import requests
import stripe

from tests.crowdfunding.stripe_client import (
    KEY,
    OTHER,
    charge,
    paid,
    session,
    stored,
)
from tests.crowdfunding.stripe_fake import Fake, Server


@pytest.fixture
def server():
    with Server(Fake()) as running:
        running.fake.account(KEY)
        running.fake.account(OTHER)
        yield running


@pytest.fixture
def account(server):
    return server.fake.accounts[KEY]


@pytest.fixture
def client(server):
    return stripe.StripeClient(KEY, base_addresses={"api": server.url}, max_network_retries=0)


def test_the_same_key_does_the_work_once(client, account):
    first = session(client, key="order-1")
    second = session(client, key="order-1")
    assert (first.id, len(account.all("checkout.session"))) == (second.id, 1)
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    with pytest.raises(stripe.IdempotencyError):
        session(client, key="order-1", amount=5001)


def test_refusals_are_replayed_too(client, account):
    method = stored(client, "4000000000000341")
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            charge(client, method, key="charge-1")
    assert len(account.all("payment_intent")) == 1


def test_what_never_began_frees_its_key(client):
    with pytest.raises(stripe.InvalidRequestError):
        session(client, key="order-1", locale="ar")
    assert session(client, key="order-1").status == "open"


def test_two_at_once_with_one_key(server, client, account):
    server.fake.faults.add("slow", "/v1/checkout", seconds=0.5)
    slow = threading.Thread(target=session, args=(client,), kwargs={"key": "order-1"})
    slow.start()
    while "order-1" not in account.keys.known:
        pass
    with pytest.raises(stripe.APIError) as refused:
        session(client, key="order-1")
    slow.join()
    assert (refused.value.http_status, len(account.all("checkout.session"))) == (409, 1)


def test_accounts_do_not_see_each_other(server, client):
    other = stripe.StripeClient(OTHER, base_addresses={"api": server.url})
    intent = paid(client)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        other.v1.payment_intents.retrieve(intent.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.AuthenticationError):
        session(stripe.StripeClient("sk_test_nobody", base_addresses={"api": server.url}))


@pytest.mark.parametrize(
    ("moment", "kind", "made", "later"),
    [
        ("before", stripe.APIError, 0, 1),
        ("rate", stripe.RateLimitError, 0, 1),
        ("drop", stripe.APIConnectionError, 1, 1),
    ],
)
def test_faults_and_the_same_key_again(server, client, account, moment, kind, made, later):
    server.fake.faults.add(moment, "/v1/checkout")
    with pytest.raises(kind):
        session(client, key="order-1")
    assert len(account.all("checkout.session")) == made
    session(client, key="order-1")
    assert len(account.all("checkout.session")) == later


def test_a_crash_after_the_work_is_kept_under_its_key(server, client, account):
    server.fake.faults.add("after", "/v1/checkout")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            session(client, key="order-1")
    assert len(account.all("checkout.session")) == 1


def test_controls_over_http(server, client):
    intent = paid(client)
    steer = f"{server.url}/_control"
    opened = requests.post(f"{steer}/dispute", json={"key": KEY, "intent": intent.id}, timeout=10).json()
    assert client.v1.disputes.retrieve(opened["done"]["id"]).status == "needs_response"
    assert requests.post(f"{steer}/nothing", json={"key": KEY}, timeout=10).status_code == 404
    assert requests.post(f"{steer}/faults", json={"moment": "?"}, timeout=10).status_code == 400
