"""Stripe's own library asking the fake, and a donor pressing buttons on its page."""

from __future__ import annotations

import requests

KEY, OTHER = "sk_test_tiznit", "sk_test_argenteuil"
OK, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"
IBAN = "DE89370400440532013000"


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
