"""For whom tax receipts are: identified individuals, their gifts of a year that really came, grouped by donor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core.models import Organisation
from core.money import money
from plugins.crowdfunding.models import Campaign, DonorIdentity, Payment, Pledge, ReceiptLine, TaxReceipt

CURRENCY = "EUR"
"""The form counts euros."""


class HasReceipt(ValueError):
    """A receipt stands for this gift: name and address change only after the treasurer cancelled it."""


@dataclass(frozen=True)
class Donor:
    """Gifts of one year that one receipt covers; ``pledge`` is the newest, whose address gets the letter."""

    organisation: Organisation
    year: int
    identity: DonorIdentity
    payments: tuple[int, ...]
    pledge: Pledge
    minor: int

    @property
    def amount(self) -> Any:
        return money(self.minor, CURRENCY)


def gifts(organisation: Organisation, year: int) -> QuerySet[Payment]:
    """Gifts of a year that give a right to a receipt and stand on none, identified or not.

    A gift that may still go back, because its round is not decided or failed, gives none.
    """
    rows = Payment.objects.filter(
        collector=organisation,
        currency=CURRENCY,
        state=Payment.State.RECEIVED,
        campaign__receipts_eligible=True,
        received_on__range=(date(year, 1, 1), date(year, 12, 31)),
        amount_minor__gt=F("refunded_minor") + F("disputed_minor"),
    )
    conditional = Q(campaign__kind__in=Campaign.CONDITIONAL, campaign__round=1)
    rows = rows.exclude(conditional & ~Q(campaign__state=Campaign.State.SUCCEEDED))
    stands = ReceiptLine.objects.filter(standing=True)
    rows = rows.exclude(pk__in=stands.values("payment"))
    # A gift that moved with its receipt waits until that one is cancelled.
    return rows.exclude(pledge__moved_from__in=stands.values("payment__pledge"))


def eligible(organisation: Organisation, year: int) -> QuerySet[Payment]:
    """Those of identified donors."""
    return gifts(organisation, year).filter(pledge__identity__isnull=False)


def _key(pledge: Pledge) -> tuple[str, ...]:
    """Who counts as the same donor: the same address and the same name, both as each gift said for itself.

    The mailbox alone would let a stranger who types somebody's address put their gifts on his receipt.
    """
    person = pledge.identity  # type: ignore[attr-defined]
    said = (person.first_name, person.last_name, person.street, person.postcode, person.town)
    return (pledge.email.lower() or pledge.donor, *(" ".join(text.casefold().split()) for text in said))


def donors(organisation: Organisation, year: int) -> list[Donor]:
    """Donors who wait for a receipt, in the order of their first gift; one query."""
    rows = eligible(organisation, year).select_related("pledge__identity", "pledge__campaign")
    groups: dict[tuple[str, ...], list[Payment]] = {}
    for payment in rows.order_by("received_on", "pk"):
        groups.setdefault(_key(payment.pledge), []).append(payment)
    return [
        Donor(
            organisation=organisation,
            year=year,
            identity=found[-1].pledge.identity,  # type: ignore[attr-defined]
            payments=tuple(payment.pk for payment in found),
            pledge=found[-1].pledge,
            minor=sum(payment.standing_minor for payment in found),
        )
        for found in groups.values()
    ]


def single(payment: Payment) -> Donor:
    """One gift alone, for a receipt at once instead of the yearly one."""
    year = payment.received_on.year if payment.received_on else 0
    identity = payment.pledge.identity  # type: ignore[attr-defined]
    found = (payment.pk,)
    return Donor(payment.collector, year, identity, found, payment.pledge, payment.standing_minor)


def receipts_of(pledge: Pledge) -> QuerySet[TaxReceipt]:
    """Receipts a pledge's gift stands or stood on, newest first."""
    rows = TaxReceipt.objects.filter(lines__payment__pledge=pledge).distinct()
    return rows.select_related("replaced_by").order_by("-pk")


def may_ask(pledge: Pledge) -> bool:
    """Whether the donor may ask for a receipt: money came, in euros, for a campaign that gives a right to one."""
    return (
        pledge.state == Pledge.State.RECEIVED
        and pledge.currency == CURRENCY
        and pledge.campaign.receipts_eligible
    )


@dataclass(frozen=True)
class Situation:
    """What the private page says about a tax receipt."""

    receipts: list[TaxReceipt]
    alone: set[int]
    may_ask: bool
    identity: DonorIdentity | None


def situation(pledge: Pledge) -> Situation | None:
    """Where the donor's receipt stands; None when there is none and will be none."""
    found = list(receipts_of(pledge))
    stands = any(row.state == TaxReceipt.State.ISSUED for row in found)
    may = may_ask(pledge) and not stands
    if not found and not may:
        return None
    alone = {row.pk for row in found if is_alone(row, pledge)}
    return Situation(found, alone, may, DonorIdentity.objects.filter(pledge=pledge).first())


def is_alone(receipt: TaxReceipt, pledge: Pledge) -> bool:
    """Whether a receipt covers gifts of this pledge only, so that its private link may open it."""
    return not receipt.lines.exclude(payment__pledge=pledge).exists()


@transaction.atomic
def identify(pledge: Pledge, **values: str) -> DonorIdentity:
    """Write the donor's name and address; raises HasReceipt once a receipt stands on them."""
    Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if ReceiptLine.objects.filter(payment__pledge=pledge, standing=True).exists():
        raise HasReceipt(pledge.code)
    made, _new = DonorIdentity.objects.update_or_create(pledge=pledge, defaults=values)
    return made
