"""Names on tax receipts: exported whole; erased as far as the law permits, which keeps receipts for six years."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.contract import PersonalData
from core.models import Person
from core.money import text
from plugins.crowdfunding.models import DonorIdentity, TaxReceipt

KEPT = timedelta(days=6 * 366)
"""Article L102 B of the French book of tax procedures: six years."""
GONE = {"first_name": "", "last_name": "—", "street": "", "postcode": "", "town": "", "country": ""}


def _hers(person: Person, prefix: str) -> Q:
    return Q(**{f"{prefix}person": person}) | Q(**{f"{prefix}email__iexact": person.email})


def _receipts(person: Person) -> QuerySet[TaxReceipt]:
    return TaxReceipt.objects.filter(_hers(person, "lines__payment__pledge__")).distinct().order_by("pk")


def export_receipts(person: Person) -> list[dict[str, Any]]:
    """Names and addresses given for receipts, and the receipts as they were printed."""
    identities = DonorIdentity.objects.filter(_hers(person, "pledge__")).order_by("pk")
    given = [
        {
            "name": str(row),
            "street": row.street,
            "postcode": row.postcode,
            "town": row.town,
            "country": row.country,
            "given": row.given_at.isoformat(),
        }
        for row in identities
    ]
    printed = [
        {
            "receipt": row.label,
            "amount": text(row.amount, person.language),
            "state": str(row.get_state_display()),
            "printed": row.facts,
        }
        for row in _receipts(person)
    ]
    return given + printed


@transaction.atomic
def erase_receipts(person: Person) -> None:
    """Forget names and addresses; on receipts younger than six years they stay, because the tax office may ask."""
    DonorIdentity.objects.filter(_hers(person, "pledge__")).delete()
    for row in _receipts(person).filter(issued_at__lt=timezone.now() - KEPT):
        TaxReceipt.objects.filter(pk=row.pk).update(facts={**row.facts, "donor": GONE})


personal_data = [PersonalData("crowdfunding.receipts", export_receipts, erase_receipts)]
