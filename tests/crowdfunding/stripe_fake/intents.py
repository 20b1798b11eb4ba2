"""Payment intents: asked on the page or without the donor, settled at once or days later, failed or cancelled."""

from __future__ import annotations

import secrets

from tests.crowdfunding.stripe_fake import balance
from tests.crowdfunding.stripe_fake.cards import CODES, behaviour, failure
from tests.crowdfunding.stripe_fake.encoding import integer, only
from tests.crowdfunding.stripe_fake.errors import card_error, impossible, invalid

KNOWN = (
    "amount currency customer payment_method off_session confirm metadata description "
    "allowed_payment_method_types automatic_payment_methods return_url error_on_requires_action statement_descriptor_suffix"
)
TAKEN = {"eur": 50, "mad": 400, "usd": 50, "jpy": 50}
"""Currencies and the least that can be charged, in minor units."""


def checked_amount(params: dict) -> tuple[int, str]:
    """An amount and a currency the provider takes."""
    currency = str(params.get("currency", "")).lower()
    if currency not in TAKEN:
        raise invalid(f"Invalid currency: {currency}.", "currency", "parameter_invalid")
    amount = integer(params, "amount")
    if amount < TAKEN[currency]:
        raise invalid("Amount must be at least the minimum.", "amount", "amount_too_small")
    if amount > 99_999_999:
        raise invalid("Amount must be no more than 999,999.99.", "amount", "amount_too_large")
    return amount, currency


def make(account, amount: int, currency: str, **facts) -> dict:
    """A payment intent, not yet confirmed."""
    base = {"status": "requires_payment_method", "amount_received": 0, "latest_charge": None}
    empty = {"last_payment_error": None, "customer": None, "payment_method": None, "metadata": {}}
    made = account.make("payment_intent", **{**base, **empty, **facts}, amount=amount, currency=currency)
    made["client_secret"] = f"{made['id']}_secret_{secrets.token_hex(6)}"
    account.tell("payment_intent.created", made)
    return made


def create(account, params: dict) -> dict:
    """POST /v1/payment_intents, with confirm and off_session as a deadline's charge does."""
    only(params, KNOWN)
    amount, currency = checked_amount(params)
    if params.get("off_session") == "true" and params.get("confirm") != "true":
        raise invalid("off_session requires confirm.", "off_session", "parameter_missing")
    customer = params.get("customer")
    if customer:
        account.get("customer", customer, "customer")
    method = None
    if params.get("payment_method"):
        method = account.get("payment_method", params["payment_method"], "payment_method")
        _usable(method, customer, params.get("allowed_payment_method_types"))
    intent = make(
        account, amount, currency, customer=customer, metadata=params.get("metadata") or {},
        description=params.get("description"),
    )  # fmt: skip
    if params.get("confirm") == "true":
        if method is None:
            raise invalid("A payment method is needed.", "payment_method", "parameter_missing")
        confirm(account, intent, method, present=params.get("off_session") != "true")
    return intent


def _usable(method: dict, customer: str | None, allowed: list[str] | None) -> None:
    if method.get("gone") or method["customer"] != customer:
        message = "The provided PaymentMethod was detached from a Customer, or belongs to another one."
        raise impossible(message, "payment_method_unexpected_state", "payment_method")
    if allowed and method["type"] not in allowed:
        raise impossible("The payment method type is not allowed.", "payment_intent_invalid_parameter")


def confirm(account, intent: dict, method: dict, *, present: bool) -> None:
    """Asks the bank; raises 402 when it says no."""
    intent["payment_method"], card = method["id"], behaviour(account, method)
    reason = card.page if present else card.later
    if reason:
        refuse(account, intent, method, reason)
    elif method["type"] == "sepa_debit":
        intent["status"] = "processing"
        intent["latest_charge"] = balance.charge(account, intent, method, "pending")["id"]
        account.tell("charge.pending", account.objects[intent["latest_charge"]])
        account.tell("payment_intent.processing", intent)
    else:
        intent["latest_charge"] = balance.charge(account, intent, method, "pending")["id"]
        settle(account, intent)


def refuse(account, intent: dict, method: dict, reason: str) -> None:
    """The bank says no; the intent waits for another payment method. Raises the card error."""
    charge = balance.charge(account, intent, method, "failed", failure_code=CODES[reason][0])
    error = failure(reason, method, charge["id"])
    intent.update(
        status="requires_payment_method",
        last_payment_error=error,
        latest_charge=charge["id"],
        payment_method=None,
    )
    account.tell("charge.failed", charge)
    account.tell("payment_intent.payment_failed", intent)
    raise card_error(error, payment_intent=dict(intent))


def settle(account, intent: dict) -> None:
    """The money is there."""
    if intent["status"] == "succeeded":
        return
    charge = account.objects[intent["latest_charge"]]
    balance.arrive(account, charge)
    intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
    account.tell("charge.succeeded", charge)
    account.tell("payment_intent.succeeded", intent)
    _page(account, intent, "checkout.session.async_payment_succeeded", payment_status="paid")


def bounce(account, intent: dict, code: str) -> None:
    """A direct debit comes back."""
    if intent["status"] != "processing":
        raise impossible("Only a processing payment can fail.", "payment_intent_unexpected_state")
    charge = account.objects[intent["latest_charge"]]
    charge.update(status="failed", failure_code=code)
    method = account.objects[intent["payment_method"]]
    error = {
        "type": "invalid_request_error",
        "code": "payment_intent_payment_attempt_failed",
        "message": "The bank refused the debit.",
        "payment_method": dict(method),
    }
    if code != "insufficient_funds":
        error["code"] = code
    error["decline_code"] = code
    intent.update(status="requires_payment_method", last_payment_error=error, payment_method=None)
    account.tell("charge.failed", charge)
    account.tell("payment_intent.payment_failed", intent)
    _page(account, intent, "checkout.session.async_payment_failed")


def _page(account, intent: dict, type_: str, **facts) -> None:
    """Tells of the session whose donor already left, once the bank has answered."""
    for session in account.all("checkout.session"):
        if session["payment_intent"] == intent["id"] and session["status"] == "complete":
            session.update(facts)
            account.tell(type_, session)


def cancel(account, params: dict, id_: str) -> dict:
    """POST /v1/payment_intents/{id}/cancel."""
    only(params, "cancellation_reason")
    intent = account.get("payment_intent", id_, "intent")
    if intent["status"] in ("succeeded", "canceled", "processing"):
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
        raise impossible(message, "payment_intent_unexpected_state", payment_intent=dict(intent))
    intent["status"] = "canceled"
    account.tell("payment_intent.canceled", intent)
    return intent
