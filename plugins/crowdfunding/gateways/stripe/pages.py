"""What Stripe is asked with: nothing of the donor but the address, nothing that changes between two tries."""

from __future__ import annotations

from typing import Any

from core.money import minor
from plugins.crowdfunding.gateways.base import Charge, Order

METHODS = {"card": "card", "debit": "sepa_debit"}
LOCALES = {"fr": "fr", "en": "en"}
FALLBACK = "fr"
"""Stripe's page speaks no Arabic and no Tamazight: their readers get French, as in a bank's branch."""


def params(order: Order) -> Any:
    """The page of an order: a payment, or a payment method stored for the close."""
    facts = {"key": order.key, "code": order.code, "way": "page"}
    asked: dict[str, Any] = {
        "mode": "setup" if order.secure_only else "payment",
        "success_url": order.return_url,
        "cancel_url": order.cancel_url or order.return_url,
        "client_reference_id": order.code,
        "locale": LOCALES.get(order.language[:2], FALLBACK),
        "allowed_payment_method_types": [METHODS[order.channel]],
        "metadata": facts,
    }
    if order.email:
        asked["customer_email"] = order.email
    more: dict[str, Any]
    text = f"{order.title[:200]} · {order.code}"
    if order.secure_only:
        more = {"customer_creation": "always", "setup_intent_data": {"metadata": facts, "description": text}}
    else:
        more = {
            "line_items": [{"quantity": 1, "price_data": _price(order)}],
            "payment_intent_data": {"metadata": facts, "description": text},
            # The donor pays what she promised, in its currency: no conversion on the page.
            "adaptive_pricing": {"enabled": False},
            "submit_type": "donate",
        }
    return asked | more


def _price(order: Order) -> dict[str, Any]:
    return {
        "currency": order.amount.currency.code.lower(),
        "unit_amount": minor(order.amount),
        "product_data": {"name": order.title[:200] or order.code},
    }


def charge_params(charge: Charge) -> Any:
    """A charge without the donor."""
    return {
        "amount": minor(charge.amount),
        "currency": charge.amount.currency.code.lower(),
        "customer": charge.method.customer,
        "payment_method": charge.method.method,
        "allowed_payment_method_types": [METHODS[charge.method.channel]],
        "confirm": True,
        "off_session": True,
        "description": charge.code,
        "metadata": {"key": charge.key, "code": charge.code, "way": "charge"},
        "expand": ["latest_charge.balance_transaction"],
    }
