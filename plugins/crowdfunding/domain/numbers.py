"""Numbers without gaps, for receipts of cash and of taxes: given in the transaction of what bears them."""

from __future__ import annotations

from django.db import transaction

from core.models import Organisation
from plugins.crowdfunding.models import Series


def next_number(collector: Organisation, series: str, year: int) -> int:
    """The next number of a series, from 1 each year; the series stays locked until the transaction ends.

    Raises TransactionManagementError outside a transaction: only its rollback gives the number back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a number is given in the transaction of what bears it")
    Series.objects.bulk_create([Series(collector=collector, name=series, year=year)], ignore_conflicts=True)
    row = Series.objects.select_for_update(of=("self",)).get(collector=collector, name=series, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def shown(year: int, number: int) -> str:
    """A number as it stands on a receipt: ``2026-0007``."""
    return f"{year}-{number:04}"


def ltr(number: str) -> str:
    """A number that stays whole and in its order in a sentence of any direction."""
    return f"\u2066{number}\u2069"
