"""What stands on a tax receipt (form 11580): frozen as facts, printed from them, the same at any time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation

from core.documents import pdf
from core.money import money
from plugins.crowdfunding.models import DonorIdentity, Payment, Pledge, ReceiptIssuer, TaxReceipt

TEMPLATE = "crowdfunding/documents/tax_receipt.html"
LANGUAGE = "fr"
"""The form of the French tax office exists in French alone."""
ISSUER = (
    "name", "siren", "rna", "category", "object", "street", "postcode", "town", "country", "signatory", "capacity",
)  # fmt: skip
DONOR = ("first_name", "last_name", "street", "postcode", "town", "country")
MODES = {
    Pledge.Channel.CASH: "cash",
    Pledge.Channel.CHEQUE: "cheque",
    Pledge.Channel.TRANSFER: "bank",
    Pledge.Channel.CARD: "bank",
    Pledge.Channel.DEBIT: "bank",
}
"""Boxes of the form by way of giving."""


def words(minor: int) -> str:
    """An amount in euros written out in French, as cheques and receipts ask."""
    from num2words import num2words

    euros, cents = divmod(minor, 100)
    parts = []
    if euros or not cents:
        whole = num2words(euros, lang="fr")
        link = " d’" if euros >= 10**6 and euros % 10**6 == 0 else " "
        parts.append(f"{whole}{link}euro{'s' if euros > 1 else ''}")
    if cents:
        parts.append(f"{num2words(cents, lang='fr')} centime{'s' if cents > 1 else ''}")
    return " et ".join(parts)


def freeze(
    issuer: ReceiptIssuer,
    identity: DonorIdentity,
    payments: Sequence[Payment],
    *,
    label: str,
    year: int,
    on: date,
    replaces: str,
) -> dict[str, Any]:
    """All that is printed, as JSON; ``payments`` come with their campaign and project."""
    total = sum(payment.standing_minor for payment in payments)
    with translation.override(LANGUAGE):
        gifts = [
            {
                "on": payment.received_on.isoformat() if payment.received_on else "",
                "minor": payment.standing_minor,
                "mode": MODES[Pledge.Channel(payment.channel)],
                "project": payment.campaign.project.title,
            }
            for payment in payments
        ]
    recognised = issuer.recognised_on.isoformat() if issuer.recognised_on else ""
    return {
        "version": 1,
        "label": label,
        "year": year,
        "on": on.isoformat(),
        "replaces": replaces,
        "issuer": {name: getattr(issuer, name) for name in ISSUER} | {"recognised_on": recognised},
        "donor": {name: getattr(identity, name) for name in DONOR},
        "currency": "EUR",
        "minor": total,
        "words": words(total),
        "gifts": gifts,
    }


def printed(facts: dict[str, Any], *, cancelled_on: date | None = None, replaced_by: str = "") -> bytes:
    """The PDF of frozen facts; a cancelled one says so across its head."""
    gifts = [
        {
            **gift,
            "on": date.fromisoformat(gift["on"]) if gift["on"] else None,
            "amount": money(gift["minor"], facts["currency"]),
        }
        for gift in facts["gifts"]
    ]
    days = [gift["on"] for gift in gifts if gift["on"]]
    recognised = facts["issuer"]["recognised_on"]
    context = {
        "facts": facts,
        "on": date.fromisoformat(facts["on"]),
        "recognised_on": date.fromisoformat(recognised) if recognised else None,
        "total": money(facts["minor"], facts["currency"]),
        "gifts": gifts,
        "modes": {gift["mode"] for gift in gifts},
        "first": min(days) if days else None,
        "last": max(days) if days else None,
        "cancelled_on": cancelled_on,
        "replaced_by": replaced_by,
    }
    return pdf(TEMPLATE, context, LANGUAGE)


def fingerprint(document: bytes) -> str:
    """SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(document).hexdigest()


def document(receipt: TaxReceipt) -> bytes:
    """A receipt's PDF, made again from its facts."""
    if receipt.state == TaxReceipt.State.ISSUED:
        return printed(receipt.facts)
    newer = TaxReceipt.objects.filter(replaces=receipt).first()
    ended = receipt.cancelled_at.date() if receipt.cancelled_at else None
    return printed(receipt.facts, cancelled_on=ended, replaced_by=newer.label if newer else "")


def is_as_issued(receipt: TaxReceipt) -> bool:
    """Whether the facts still print, to the byte, what was issued."""
    return fingerprint(printed(receipt.facts)) == receipt.sha256
