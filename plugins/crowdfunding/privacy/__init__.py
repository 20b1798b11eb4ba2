"""A donor's rows: exported whole; erased by making the donor nobody, because accounts must stay."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core.contract import PersonalData
from core.models import Person
from core.money import text
from plugins.crowdfunding.models import Delivery, Mandate, Payment, Pledge
from plugins.crowdfunding.privacy import cards, offers, receipts, together, treasury


def _of(person: Person) -> QuerySet[Pledge]:
    return Pledge.objects.filter(Q(person=person) | Q(email__iexact=person.email))


def export_pledges(person: Person) -> list[dict[str, Any]]:
    """Promises and gifts of the person, made signed in or with the same address."""
    rows = (
        _of(person)
        .select_related("campaign", "delivery__reward", "mandate")
        .prefetch_related("payments")
        .order_by("pk")
    )
    return [
        {
            "campaign": row.campaign.title,
            "amount": text(row.amount, person.language),
            "state": str(row.get_state_display()),
            "code": row.code,
            "email": row.email,
            "name": row.name,
            "anonymous": row.anonymous,
            "message": row.message,
            "made": row.created_at.isoformat(),
            "reward": delivery(row),
            **cards.said(row.mandate),
            "payments": [
                {
                    "amount": text(payment.amount, person.language),
                    "received_on": payment.received_on.isoformat() if payment.received_on else "",
                    "channel": str(payment.get_channel_display()),
                    "state": str(payment.get_state_display()),
                }
                for payment in row.payments.all()
            ],
        }
        for row in rows
    ]


def delivery(row: Pledge) -> dict[str, str] | None:
    """The reward of a pledge and where it was sent, or None."""
    if not hasattr(row, "delivery"):
        return None
    found = row.delivery
    names = ("recipient", "address", "phone", "carrier", "number", "problem")
    return {"title": found.reward.title, "state": str(found.get_state_display())} | {
        name: getattr(found, name) for name in names
    }


@transaction.atomic
def erase_pledges(person: Person) -> None:
    """Take name, address, message, bank reference and the signs of cards off; amounts and dates stay."""
    rows = _of(person)
    cards.erase(Mandate.objects.filter(pledges__in=rows))
    Payment.objects.filter(pledge__in=rows).update(reference="")
    parcels = Delivery.objects.filter(pledge__in=rows)
    parcels.update(recipient="", address="", phone="", number="", problem="")
    rows.update(email="", name="", message="", anonymous=True, person=None)


personal_data = [
    *treasury.personal_data,
    *receipts.personal_data,  # first: what follows forgets whose pledges these are
    *together.personal_data,  # before the pledges: it stops what would make others
    PersonalData("crowdfunding.pledges", export_pledges, erase_pledges),
    *offers.personal_data,
]
