"""Customers and payment methods."""

from __future__ import annotations

from datetime import date

from tests.crowdfunding.stripe_fake.cards import CARDS, TOKENS
from tests.crowdfunding.stripe_fake.encoding import only
from tests.crowdfunding.stripe_fake.errors import impossible, invalid


def create(account, params: dict) -> dict:
    """POST /v1/customers."""
    only(params, "email name metadata description preferred_locales")
    return make_customer(account, params.get("email"), params.get("name"), params.get("metadata") or {})


def make_customer(account, email: str | None, name: str | None = None, metadata: dict | None = None) -> dict:
    """A customer, and the event about it."""
    made = account.make("customer", email=email, name=name, metadata=metadata or {})
    account.tell("customer.created", made)
    return made


def make_card(account, number: str, email: str | None = None) -> dict:
    """A payment method of a test card."""
    number = number.replace(" ", "")
    if number not in CARDS:
        raise invalid("Your card number is incorrect.", "number", "incorrect_number")
    details = {"brand": CARDS[number].brand, "last4": number[-4:], "exp_month": 12}
    return _method(
        account, number, "card", {**details, "exp_year": date.today().year + 3, "funding": "credit"}, email
    )


def make_debit(account, iban: str, email: str | None = None) -> dict:
    """A payment method of a bank account."""
    iban = iban.replace(" ", "")
    if not 15 <= len(iban) <= 34:
        raise invalid("The IBAN you provided is invalid.", "sepa_debit[iban]", "invalid_iban")
    return _method(account, iban, "sepa_debit", {"last4": iban[-4:], "country": iban[:2]}, email)


def _method(account, number: str, type_: str, details: dict, email: str | None) -> dict:
    billing = {"email": email, "name": None}
    made = account.make(
        "payment_method", type=type_, customer=None, metadata={}, billing_details=billing, **{type_: details}
    )
    account.numbers[made["id"]] = number
    return made


def create_method(account, params: dict) -> dict:
    """POST /v1/payment_methods."""
    only(params, "type card sepa_debit billing_details metadata")
    if params.get("type") == "card":
        return make_card(account, params.get("card", {}).get("number", ""))
    if params.get("type") == "sepa_debit":
        return make_debit(account, params.get("sepa_debit", {}).get("iban", ""))
    raise invalid("Invalid type.", "type", "parameter_invalid")


def attach(account, params: dict, id_: str) -> dict:
    """POST /v1/payment_methods/{id}/attach; ``pm_card_visa`` and its like make a method."""
    only(params, "customer")
    method = (
        make_card(account, TOKENS[id_])
        if id_ in TOKENS
        else account.get("payment_method", id_, "payment_method")
    )
    customer = account.get("customer", params.get("customer"), "customer")
    if method["customer"] not in (None, customer["id"]):
        raise impossible(
            "The payment method is attached to another customer.", "payment_method_unexpected_state"
        )
    bind(account, method, customer["id"])
    return method


def bind(account, method: dict, customer: str) -> None:
    """Stores a method with its customer."""
    method["customer"] = customer
    account.tell("payment_method.attached", method)


def detach(account, params: dict, id_: str) -> dict:
    """POST /v1/payment_methods/{id}/detach: it can never be charged again."""
    only(params, "")
    method = account.get("payment_method", id_, "payment_method")
    if method["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise impossible(message)
    method["customer"], method["gone"] = None, True
    account.tell("payment_method.detached", method)
    return method
