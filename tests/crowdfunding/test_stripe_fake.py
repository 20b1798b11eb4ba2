"""The fake is worth as much as it resembles: Stripe's own library speaks to it over HTTP."""

from __future__ import annotations

import pytest
import requests
import stripe

from tests.crowdfunding.stripe_client import (
    ASKS,
    DECLINED,
    IBAN,
    KEY,
    OTHER,
    again,
    charge,
    paid,
    press,
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


def test_the_page_pays_and_leads_back(client):
    made = session(client)
    assert (made.status, made.payment_status, made.payment_intent) == ("open", "unpaid", None)
    assert "50.00 EUR" in requests.get(made.url, timeout=10).text
    back = press(made)
    assert (back.status_code, back.headers["Location"]) == (303, f"http://site.example/back?s={made.id}")
    done = again(client, made, "payment_intent.latest_charge.balance_transaction")
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.payment_intent.metadata["key"] == "p-1"
    assert done.payment_intent.latest_charge.balance_transaction.fee == 100
    assert press(made).status_code == 402


def test_declined_then_another_card(client):
    made = session(client)
    assert press(made, DECLINED).status_code == 402
    waiting = again(client, made, "payment_intent")
    assert (waiting.status, waiting.payment_intent.status) == ("open", "requires_payment_method")
    assert waiting.payment_intent.last_payment_error.decline_code == "generic_decline"
    assert press(made).status_code == 303
    assert again(client, made).payment_intent == waiting.payment_intent.id


def test_the_bank_asks_to_confirm(client):
    made = session(client)
    asked = press(made, ASKS)
    assert (asked.status_code, 'id="yes"' in asked.text) == (200, True)
    assert "requires authentication" in press(made, ASKS, "no").text
    assert again(client, made).payment_status == "unpaid"
    assert press(made, ASKS, "yes").status_code == 303


def test_a_session_ends(client):
    made = session(client)
    assert client.v1.checkout.sessions.expire(made.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        client.v1.checkout.sessions.expire(made.id)
    assert press(made).status_code == 402


def test_a_forgotten_session_ends_by_itself(client, account):
    made = session(client)
    account.objects[made.id]["expires_at"] -= 90_000
    assert again(client, made).status == "expired"


@pytest.mark.parametrize(
    ("facts", "param"),
    [
        ({"locale": "ar"}, "locale"),
        ({"currency": "xyz"}, "currency"),
        ({"amount": 10}, "amount"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"surprise": "1"}, "surprise"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"currency": "mad", "allowed_payment_method_types": ["sepa_debit"]}, None),
    ],
)
def test_what_the_real_one_refuses_is_refused(client, facts, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(client, **facts)
    assert refused.value.param == param


def test_a_stored_card_is_charged_without_the_donor(client, account):
    done = charge(client, stored(client))
    assert (done.status, done.amount_received) == ("succeeded", 5000)
    assert account.balance == {"eur": 4900}


@pytest.mark.parametrize(
    ("number", "code", "decline"),
    [
        ("4000000000000341", "card_declined", "generic_decline"),
        ("4000002760003184", "authentication_required", "authentication_required"),
        ("4000008260003178", "card_declined", "insufficient_funds"),
    ],
)
def test_refusals_without_the_donor(client, number, code, decline):
    method = stored(client, number)
    with pytest.raises(stripe.CardError) as refused:
        charge(client, method)
    error = refused.value.error
    assert (refused.value.http_status, error.code, error.decline_code) == (402, code, decline)
    assert client.v1.payment_intents.retrieve(error.payment_intent.id).status == "requires_payment_method"
    assert client.v1.payment_intents.cancel(error.payment_intent.id).status == "canceled"


def test_an_expired_card(client):
    customer = client.v1.customers.create({"email": "donor@tiwizi.example"})
    card = client.v1.payment_methods.attach("pm_card_chargeDeclinedExpiredCard", {"customer": customer.id})
    with pytest.raises(stripe.CardError) as refused:
        charge(client, {"customer": customer.id, "payment_method": card.id})
    assert refused.value.code == "expired_card"


def test_a_detached_card_is_never_charged(client):
    method = stored(client)
    client.v1.payment_methods.detach(method["payment_method"])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        charge(client, method)
    assert refused.value.code == "payment_method_unexpected_state"


@pytest.mark.parametrize("arrives", [True, False])
def test_a_direct_debit_settles_later_or_fails(client, account, arrives):
    made = session(client)
    press(made, IBAN)
    waiting = again(client, made, "payment_intent")
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.cancel(waiting.payment_intent.id)
    if arrives:
        account.settle(waiting.payment_intent.id)
        assert account.balance == {"eur": 4965}
    else:
        account.bounce(waiting.payment_intent.id)
        assert account.balance == {}
    told = [event["type"] for event in account.all("event")]
    assert told[-1] == f"checkout.session.async_payment_{'succeeded' if arrives else 'failed'}"
    assert again(client, made).payment_status == ("paid" if arrives else "unpaid")


def test_never_more_goes_back_than_came(client, account):
    intent = paid(client)
    refund = client.v1.refunds.create
    assert refund({"payment_intent": intent.id, "amount": 2000}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refund({"payment_intent": intent.id, "amount": 3001})
    assert refused.value.code == "amount_too_large"
    refund({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refund({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"
    assert account.balance == {"eur": -100}


def test_a_refund_can_come_back(client, account):
    account.pending_refunds = True
    intent = paid(client)
    made = client.v1.refunds.create({"payment_intent": intent.id})
    assert made.status == "pending"
    account.finish_refund(made.id, ok=False)
    assert client.v1.refunds.retrieve(made.id).status == "failed"
    assert account.balance == {"eur": 4900}
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 5000


@pytest.mark.parametrize(("won", "left"), [(True, 2900), (False, -2100)])
def test_a_dispute_withdraws_at_once(client, account, won, left):
    intent = paid(client)
    opened = account.dispute(intent.id)
    assert account.balance == {"eur": -2100}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
    account.close_dispute(opened["id"], won=won)
    assert client.v1.disputes.retrieve(opened["id"]).status == ("won" if won else "lost")
    assert account.balance == {"eur": left}
