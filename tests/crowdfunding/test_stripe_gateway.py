"""What is Stripe's own: how it is asked, what its errors become, how its JSON is read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.money import money
from plugins.crowdfunding.gateways import base
from plugins.crowdfunding.gateways.base import RefundStatus, Status
from plugins.crowdfunding.gateways.stripe import library, pages, reading
from plugins.crowdfunding.gateways.stripe.gateway import EVENTS
from tests.crowdfunding.rigs import StripeRig
from tests.crowdfunding.stripe_fake.events import signature
from tests.crowdfunding.test_hosted_gateways import charge, find, order, paid, refund, secured


@pytest.fixture
def rig(monkeypatch):
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with StripeRig.running() as running:
        yield running


def asked(rig, path):
    return [entry for entry in rig.server.fake.asked if entry["path"] == path]


def test_the_library_is_not_loaded_before_somebody_pays():
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup()\n"
        "from plugins.crowdfunding.gateways import hosted\n"
        "assert 'card' in hosted('stripe').channels\n"
        "assert 'stripe' not in sys.modules, 'loaded'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_how_it_is_asked(rig):
    rig.gateway.start(order(rig))
    (entry,) = asked(rig, "/v1/checkout/sessions")
    assert (entry["key"], entry["version"]) == ("pledge-1", "2026-10-28.endive")
    params = entry["params"]
    assert params["metadata"]["key"] == params["payment_intent_data"]["metadata"]["key"] == "pledge-1"
    assert params["line_items"][0]["price_data"]["unit_amount"] == "5000"
    assert (params["mode"], params["locale"], params["customer_email"]) == (
        "payment",
        "fr",
        "donor@tiwizi.example",
    )
    assert params["allowed_payment_method_types"] == ["card"]


@pytest.mark.parametrize(
    ("language", "locale"), [("fr", "fr"), ("en", "en"), ("ar", "fr"), ("zgh", "fr"), ("en-gb", "en")]
)
def test_a_language_the_page_does_not_speak_is_french(rig, language, locale):
    assert pages.params(replace(order(rig), language=language))["locale"] == locale


def test_a_donor_without_address_is_asked_on_the_page(rig):
    rig.gateway.start(replace(order(rig), email=""))
    assert "customer_email" not in asked(rig, "/v1/checkout/sessions")[0]["params"]


def test_a_stored_card_is_bound_to_a_customer_and_its_key_travels(rig):
    method = secured(rig).method
    assert method.customer.startswith("cus_")
    assert method.expires > date(2026, 1, 1)
    params = asked(rig, "/v1/checkout/sessions")[0]["params"]
    assert (params["mode"], params["setup_intent_data"]["metadata"]["key"]) == ("setup", "pledge-1")
    assert "line_items" not in params
    charge(rig, method)
    (entry,) = asked(rig, "/v1/payment_intents")
    assert (entry["params"]["off_session"], entry["params"]["confirm"]) == ("true", "true")
    assert entry["key"] == "pledge-2"


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"currency": "MAD", "channel": "debit"}, base.CurrencyNotTaken),
        ({"amount": 10}, base.ImpossibleAmount),
        ({"amount": 10**9}, base.ImpossibleAmount),
    ],
)
def test_what_cannot_be_paid(rig, facts, error):
    with pytest.raises(error):
        rig.gateway.start(order(rig, **facts))


def test_dirhams_by_card(rig):
    page = rig.gateway.start(order(rig, currency="MAD", amount=50_000))
    rig.pay(page.session)
    assert find(rig, page.session).amount == money(50_000, "MAD")


@pytest.mark.parametrize("moment", ["before", "rate", "drop"])
def test_a_provider_that_does_not_answer_can_be_asked_again(rig, moment):
    rig.server.fake.faults.add(moment, times=2)
    with pytest.raises(base.Unreachable):
        rig.gateway.start(order(rig))
        rig.gateway.start(order(rig))
    while rig.server.fake.faults.take("/v1/"):
        pass
    assert rig.gateway.start(order(rig)).session
    assert len(rig.books.all("checkout.session")) == 1


@pytest.mark.parametrize("moment", ["drop", "after"])
def test_a_charge_whose_answer_is_lost_is_made_once(rig, moment):
    """The library tries again under the same key; a crash kept under the key is resolved by looking for our key."""
    method = secured(rig).method
    rig.server.fake.faults.add(moment, "/v1/payment_intents")
    first, second = charge(rig, method), charge(rig, method)
    assert (first.status, first.reference) == (Status.SETTLED, second.reference)
    assert first.fee is not None
    assert len(rig.books.all("payment_intent")) == 1


def test_a_charge_that_never_began_stays_open(rig):
    method = secured(rig).method
    rig.server.fake.faults.add("before", "/v1/payment_intents", times=2)
    with pytest.raises(base.Unreachable):
        charge(rig, method)
    assert rig.books.all("payment_intent") == []
    assert charge(rig, method).status == Status.SETTLED


def test_another_card_under_the_key_of_a_done_charge_is_no_second_charge(rig):
    """A donor changes her card between a crash and the next try."""
    done = charge(rig, secured(rig).method)
    again = charge(rig, secured(rig, "pledge-9").method)
    assert again.reference == done.reference
    assert len(rig.books.all("payment_intent")) == 1


def test_a_refund_whose_answer_is_lost_is_made_once(rig):
    done = paid(rig)
    rig.server.fake.faults.add("after", "/v1/refunds")
    first, second = refund(rig, done.reference, 2000), refund(rig, done.reference, 2000)
    assert first == second
    assert len(rig.books.all("refund")) == 1


def test_wrong_keys_are_no_refusal_of_the_donor(rig):
    method = secured(rig).method
    for secret in ("", "sk_test_rolled"):
        access = base.Credentials("", secret, "")
        with pytest.raises(base.Unreachable):
            rig.gateway.start(replace(order(rig), credentials=access))
        with pytest.raises(base.Unreachable):
            rig.gateway.charge(base.Charge("p-3", "K", money(5000, "EUR"), method, "", access))


def test_a_stored_card_that_is_gone_is_refused(rig):
    method = secured(rig).method
    found = charge(rig, replace(method, method="pm_gone"))
    assert (found.status, found.failure) == (Status.FAILED, "resource_missing")


def test_the_same_key_with_other_facts_is_refused(rig):
    rig.gateway.start(order(rig))
    with pytest.raises(base.Refused, match="idempotency"):
        rig.gateway.start(order(rig, amount=6000))


def test_a_charge_can_be_cancelled_before_it_is_confirmed(rig):
    asked_for = charge(rig, secured(rig, later="confirmed").method)
    assert rig.gateway.void("", asked_for.reference, rig.account).status == Status.EXPIRED


def test_declined_on_the_page_then_another_card(rig):
    page = rig.gateway.start(order(rig))
    rig.decline(page.session)
    events = [rig.gateway.read(body, headers, rig.account) for body, headers in rig.post()]
    assert {event.payment.status for event in events if event.payment} == {Status.OPEN}
    rig.pay(page.session)
    assert find(rig, page.session).status == Status.SETTLED


def test_a_refund_that_comes_back(rig):
    rig.books.pending_refunds = True
    made = refund(rig, paid(rig).reference, 5000)
    assert made.status == RefundStatus.SENT
    rig.books.finish_refund(made.reference, ok=False)
    said = [rig.gateway.read(*sent, rig.account).refund for sent in rig.post()]
    last = [found for found in said if found][-1]
    assert (last.status, last.failure, last.key) == (RefundStatus.FAILED, "lost_or_stolen_card", "refund-1")


def test_a_won_dispute_and_a_mere_question(rig):
    from tests.crowdfunding.stripe_fake import disputes

    done = paid(rig)
    opened = rig.books.dispute(done.reference)
    rig.books.close_dispute(opened["id"], won=True)
    said = [rig.gateway.read(*sent, rig.account).dispute for sent in rig.post()]
    assert [found.status for found in said if found] == ["opened", "opened", "won", "won"]
    assert {found.fee for found in said if found} == {money(2000, "EUR")}
    other = paid(rig, "pledge-2")
    disputes.open_one(rig.books, rig.books.objects[other.reference], status="warning_needs_response")
    assert [rig.gateway.read(*sent, rig.account).dispute for sent in rig.post()][-1] is None


def test_an_old_signature_is_a_forgery_and_each_delivery_is_signed_anew(rig):
    paid(rig)
    body, _headers = rig.post()[-1]
    rig.gateway.read(body, {"stripe-signature": signature(body, "whsec_tiznit")}, rig.account)
    with pytest.raises(base.Forged):
        rig.gateway.read(
            body, {"Stripe-Signature": signature(body, "whsec_tiznit", 1_700_000_000)}, rig.account
        )


def test_signed_for_this_endpoint_but_of_another_account(rig):
    """Two organisations' keys were mixed up: a person must look, nothing is booked."""
    paid(rig)
    sent = rig.post()[-1]
    event = rig.gateway.read(*sent, replace(rig.account, secret=rig.other.secret))
    assert (event.account, event.payment.amount) == ("another", None)


def test_what_is_not_ours_is_nothing(rig):
    rig.books.tell("customer.created", rig.books.make("customer"))
    rig.books.tell("payment_intent.succeeded", rig.books.make("payment_intent", metadata={}))
    for sent in rig.post():
        event = rig.gateway.read(*sent, rig.account)
        assert (event.payment, event.refund, event.dispute) == (None, None, None)


def test_the_events_to_ask_stripe_for_are_documented():
    text = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()
    assert [name for name in EVENTS if f"`{name}`" not in text] == []


def test_a_wrong_key_is_named_as_such(rig):
    """The page of keys tells a wrong key from a provider that does not answer."""
    with pytest.raises(base.Unreachable, match="AuthenticationError"):
        find(rig, "cs_test_nobody", account=base.Credentials("", "sk_test_rolled", ""))
    with pytest.raises(base.Unknown):
        find(rig, "cs_test_nobody")


@pytest.mark.parametrize(
    ("value", "currency", "read"),
    [
        (5000, "eur", money(5000, "EUR")),
        (5000, "mad", money(5000, "MAD")),
        (500, "jpy", money(500, "JPY")),
        (5000, "kwd", money(5000, "KWD")),
        (500, "isk", money(5, "ISK")),
        (None, "eur", None),
        (5000, "", None),
        (5000, "xyz", None),
    ],
)
def test_amounts_are_read_as_they_are_counted(value, currency, read):
    assert reading.amount(value, currency) == read


def test_a_fee_in_another_currency_is_not_taken_from_the_gift():
    entry = {"fee": 100, "currency": "chf", "created": 1_700_000_000}
    intent = {"id": "pi_1", "status": "succeeded", "amount_received": 5000, "currency": "eur"}
    found = reading.intent({**intent, "latest_charge": {"balance_transaction": entry}})
    assert (found.fee, found.amount) == (None, money(5000, "EUR"))


def test_keys_travel_only_safely(settings):
    for base_address in ("http://pay.example", "ftp://127.0.0.1.example"):
        settings.STRIPE_API_BASE = base_address
        with pytest.raises(ImproperlyConfigured):
            library.api_base()
    settings.STRIPE_API_BASE = "https://pay.example/"
    assert library.api_base() == "https://pay.example"
