"""What offers hold about who made them: exported whole; erased so that the things and the days still add up."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core.contract import PersonalData
from core.models import Person
from core.money import text
from plugins.crowdfunding.models import DaysOffer, InKindOffer
from plugins.crowdfunding.models.pledges import new_token

SAID = ("email", "name", "town", "message", "answer")
DEED = ("deed_name", "deed_address", "deed_identity", "pickup")


def _of(rows: QuerySet[Any], person: Person) -> QuerySet[Any]:
    return rows.filter(Q(person=person) | Q(email__iexact=person.email)).order_by("pk")


def _said(row: InKindOffer | DaysOffer) -> dict[str, Any]:
    return {
        "campaign": row.campaign.title,
        "state": str(row.get_state_display()),
        "made": row.created_at.isoformat(),
        **{name: getattr(row, name) for name in SAID},
    }


def export_things(person: Person) -> list[dict[str, Any]]:
    """Offers of things made signed in or with the same address."""
    rows = _of(InKindOffer.objects.select_related("campaign").prefetch_related("things"), person)
    return [
        _said(row)
        | {name: getattr(row, name) for name in DEED}
        | {"things": [str(thing) for thing in row.things.all()], "value": text(row.value, person.language)}
        for row in rows
    ]


def export_days(person: Person) -> list[dict[str, Any]]:
    """Offers of days of work made signed in or with the same address."""
    rows = _of(DaysOffer.objects.select_related("campaign"), person)
    return [_said(row) | {"group": row.group, "days": row.days, "when": row.when} for row in rows]


@transaction.atomic
def erase_things(person: Person) -> None:
    """Name, addresses and words go, and the private link; what was given and when stays. No deed is printed again."""
    for row in _of(InKindOffer.objects.all(), person).select_for_update():
        _forget(row, (*SAID, *DEED))


@transaction.atomic
def erase_days(person: Person) -> None:
    """Name, address and words go, and the private link; the group and its days stay."""
    for row in _of(DaysOffer.objects.all(), person).select_for_update():
        _forget(row, SAID)


def _forget(row: InKindOffer | DaysOffer, names: tuple[str, ...]) -> None:
    for name in names:
        setattr(row, name, "")
    row.person, row.token = None, new_token()
    row.save()


personal_data = [
    PersonalData("crowdfunding.things", export_things, erase_things),
    PersonalData("crowdfunding.days", export_days, erase_days),
]
"""Rows of offers."""
