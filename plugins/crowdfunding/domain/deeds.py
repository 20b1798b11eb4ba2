"""The deed of gift that customs ask for (D8): who gives what to whom, free of charge, with a number."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import translation

from core.documents import pdf
from plugins.crowdfunding.domain import numbers, offers
from plugins.crowdfunding.models import InKindOffer

LANGUAGES = ("fr", "ar")
WITH_DEED = frozenset({InKindOffer.State.ACCEPTED, InKindOffer.State.IN_TRANSIT, InKindOffer.State.RECEIVED})


class NoDeed(ValueError):
    """The offer is not accepted, or its giver asked to be forgotten."""


def is_ready(row: InKindOffer) -> bool:
    """Whether the deed can be printed: the offer is accepted and somebody still gives it."""
    return row.state in WITH_DEED and bool(row.deed_name or row.name)


def number(row: InKindOffer) -> str:
    """The number of the deed in its receiver's series of the year."""
    return numbers.shown(row.deed_year or 0, row.deed_number or 0)


@transaction.atomic
def name_giver(row: InKindOffer, *, deed_name: str, deed_address: str, deed_identity: str) -> InKindOffer:
    """Write who gives, as an official reads it; raises NoDeed."""
    found = offers.lock(row)
    if not is_ready(found):
        raise NoDeed(found.uid)
    found.deed_name, found.deed_address, found.deed_identity = deed_name, deed_address, deed_identity
    found.save(update_fields=["deed_name", "deed_address", "deed_identity"])
    return found


def facts(row: InKindOffer) -> dict[str, Any]:
    """What the deed says."""
    things = list(row.things.all())
    for thing in things:
        thing.offer = row
    return {
        "offer": row,
        "things": things,
        "number": number(row),
        "giver": row.deed_name or row.name,
        "receiver": row.receiver,
        "project": row.campaign.project,
        "total": row.value if row.value.amount else None,
        "pieces": sum(thing.quantity for thing in things),
    }


def printed(row: InKindOffer, language: str) -> bytes:
    """The deed as PDF in French or Arabic; raises NoDeed."""
    if not is_ready(row):
        raise NoDeed(row.uid)
    with translation.override(language):
        return pdf("crowdfunding/documents/deed.html", facts(row), language)


def file_name(row: InKindOffer, language: str) -> str:
    """The name under which it is saved."""
    return f"{'attestation-de-don' if language == 'fr' else 'deed'}-{number(row)}-{language}.pdf"
