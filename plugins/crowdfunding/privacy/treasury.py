"""What bank statements and the cash book hold of a person: exported whole; erased down to amounts and days."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from core.contract import PersonalData
from core.models import Person
from core.money import text
from plugins.crowdfunding.models import BankLine, CashGift, Pledge


def _pledges(person: Person) -> QuerySet[Pledge]:
    return Pledge.objects.filter(Q(person=person) | Q(email__iexact=person.email))


def export_lines(person: Person) -> list[dict[str, Any]]:
    """Lines of bank statements that were booked as the person's gifts."""
    rows = BankLine.objects.filter(payment__pledge__in=_pledges(person)).order_by("pk")
    return [
        {
            "day": row.booked_on.isoformat(),
            "amount": text(row.amount, person.language),
            "counterparty": row.counterparty,
            "text": row.text,
            "reference": row.reference,
            "end_to_end": row.end_to_end,
        }
        for row in rows
    ]


def erase_lines(person: Person) -> None:
    """Take name, words and references off; the line stays known, so that no file brings it again."""
    rows = BankLine.objects.filter(payment__pledge__in=_pledges(person))
    rows.update(counterparty="", text="", reference="", end_to_end="", note="")


def export_cash(person: Person) -> list[dict[str, Any]]:
    """Cash the person gave, took or confirmed."""
    mine = Q(pledge__in=_pledges(person)) | Q(declared_by=person) | Q(decided_by=person)
    return [
        {
            "receipt": row.receipt_number,
            "day": row.received_on.isoformat(),
            "amount": text(row.amount, person.language),
            "state": str(row.get_state_display()),
            "taken": row.declared_by_id == person.pk,
            "decided": row.decided_by_id == person.pk,
        }
        for row in CashGift.objects.filter(mine).order_by("pk")
    ]


def keep_cash(person: Person) -> None:
    """The cash book stays as it is: the persons it names have no name and no address any more."""


personal_data = [
    PersonalData("crowdfunding.bank_lines", export_lines, erase_lines),
    PersonalData("crowdfunding.cash", export_cash, keep_cash),
]
