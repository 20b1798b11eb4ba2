"""The fake is worth as much as it resembles: Stripe's own library speaks to it over HTTP."""

from __future__ import annotations

import threading

import pytest
import requests
import stripe

from tests.crowdfunding.stripe_fake import Fake, Server

KEY, OTHER = "sk_test_tiznit", "sk_test_argenteuil"
OK, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"
IBAN = "DE89370400440532013000"


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


def session(client, mode="payment", *, amount=5000, currency="eur", key=None, **facts):
    params = {
        "mode": mode,
        "success_url": "http://site.example/back?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://site.example/pledge",
        "customer_email": "donor@tiwizi.example",
        "metadata": {"key": "p-1"},
        "currency": currency,
        **facts,
    }
    if mode == "payment":
        price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Stock"}}
        params["line_items"] = [{"quantity": 1, "price_data": price}]
        params["payment_intent_data"] = {"metadata": {"key": "p-1"}}
    return client.v1.checkout.sessions.create(params, {"idempotency_key": key} if key else {})


def press(found, number=OK, step=""):
    """A donor's press of a button on the hosted page, without following the way back."""
    form = {"number": number, "step": step}
    return requests.post(found.url, form, allow_redirects=False, timeout=10)


def again(client, found, *expand):
    return client.v1.checkout.sessions.retrieve(found.id, {"expand": list(expand)})


def paid(client, amount=5000, number=OK):
    """The payment intent of a finished session."""
    made = session(client, amount=amount)
    press(made, number)
    return again(client, made, "payment_intent.latest_charge.balance_transaction").payment_intent


def stored(client, number=OK):
    """Customer and payment method of a finished session in setup mode."""
    made = session(client, "setup", customer_creation="always")
    press(made, number, "yes")
    intent = again(client, made, "setup_intent").setup_intent
    return {"customer": intent.customer, "payment_method": intent.payment_method}


def charge(client, method, *, amount=5000, key=None):
    facts = {"amount": amount, "currency": "eur", "confirm": True, "off_session": True, **method}
    return client.v1.payment_intents.create(facts, {"idempotency_key": key} if key else {})


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
