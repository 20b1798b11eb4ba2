"""The provider's test cards: how each behaves on the page, stored, and charged without the donor."""

from __future__ import annotations

from dataclasses import dataclass

DECLINED = "Your card was declined."
AUTHENTICATION = "Your card was declined. This transaction requires authentication."


@dataclass(frozen=True)
class Card:
    """``page``: refused while the donor is there. ``later``: refused without the donor. ``asks``: confirmation."""

    brand: str = "visa"
    page: str = ""
    later: str = ""
    asks: bool = False
    label: str = ""


CARDS = {
    "4242424242424242": Card(label="paid"),
    "5555555555554444": Card("mastercard", label="paid with another card"),
    "4000000000000002": Card(page="generic_decline", later="generic_decline", label="declined"),
    "4000000000009995": Card(page="insufficient_funds", later="insufficient_funds", label="no money left"),
    "4000000000000069": Card(page="expired_card", later="expired_card", label="expired"),
    "4000002500003155": Card(asks=True, label="confirmation needed"),
    "4000002760003184": Card(asks=True, later="authentication_required", label="confirmation each time"),
    "4000008260003178": Card(asks=True, later="insufficient_funds", label="confirmed, refused later"),
    "4000000000000341": Card(later="generic_decline", label="stored, refused later"),
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
}
CODES = {
    "expired_card": ("expired_card", "expired_card", "Your card has expired."),
    "authentication_required": ("authentication_required", "authentication_required", AUTHENTICATION),
    "insufficient_funds": ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "generic_decline": ("card_declined", "generic_decline", DECLINED),
}


def failure(reason: str, method: dict, charge: str = "") -> dict:
    """A ``last_payment_error``; ``reason`` is the decline code."""
    code, decline, message = CODES[reason]
    found = {"type": "card_error", "code": code, "decline_code": decline, "message": message}
    return {**found, "payment_method": dict(method), **({"charge": charge} if charge else {})}


def behaviour(account, method: dict) -> Card:
    """How a payment method behaves; what is not a card never refuses at once."""
    return CARDS[account.numbers[method["id"]]] if method["type"] == "card" else Card()
