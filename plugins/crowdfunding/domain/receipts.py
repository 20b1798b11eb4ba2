"""Tax receipts: issued one by one or for a whole year, numbered without gaps, cancelled but never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replace_
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone
from moneyed import Money

from core.domain.notices import quiet
from core.journal import record
from core.models import Organisation, Person
from core.money import money
from plugins.crowdfunding.domain import numbers, receipt_letters
from plugins.crowdfunding.domain.lifecycles import RECEIPT, after
from plugins.crowdfunding.domain.receipt_donors import Donor, donors, eligible
from plugins.crowdfunding.domain.receipt_facts import fingerprint, freeze, printed
from plugins.crowdfunding.models import Campaign, Payment, ReceiptIssuer, ReceiptLine, TaxReceipt
from plugins.crowdfunding.verbs import (
    RECEIPT_CANCELLED,
    RECEIPT_ISSUED,
    RECEIPT_STALE,
    RECEIPTS_ABLE,
    RECEIPTS_ALLOWED,
    RECEIPTS_STOPPED,
)

SERIES = "tax-receipts"
BATCH = 20
"""Receipts issued while the page waits: each is printed once for its fingerprint. A worker issues the rest."""


class NotAble(ValueError):
    """The organisation has not said that it may issue tax receipts."""


class NothingToReceipt(ValueError):
    """No gift of this donor gives a right to a receipt, or each already stands on one."""


def issuer_of(organisation: Organisation) -> ReceiptIssuer:
    """Who issues, marked able by the treasurer; raises NotAble."""
    found = ReceiptIssuer.objects.filter(organisation=organisation, is_able=True).first()
    if found is None:
        raise NotAble(str(organisation))
    return found


@transaction.atomic
def set_issuer(
    organisation: Organisation, *, by: Person | None, sentence: str, **values: Any
) -> ReceiptIssuer:
    """Write who issues, with the sentence the treasurer confirmed; an empty one means: no longer able."""
    found = ReceiptIssuer.objects.select_for_update().filter(organisation=organisation).first()
    found = found or ReceiptIssuer(organisation=organisation)
    for name, value in values.items():
        setattr(found, name, value)
    was, found.is_able = found.is_able, bool(sentence)
    if found.is_able:
        found.sentence, found.marked_by, found.marked_at = sentence, by, timezone.now()
    found.save()
    if found.is_able:
        record(by, RECEIPTS_ABLE, organisation, organisation=organisation, sentence=sentence)
    elif was:
        record(by, RECEIPTS_STOPPED, organisation, organisation=organisation)
    return found


@transaction.atomic
def mark(campaign: Campaign, *, by: Person | None, sentence: str) -> bool:
    """Say that a campaign's gifts give a right to receipts, or with an empty sentence that they do not.

    Raises NotAble; False when nothing changed.
    """
    if sentence:
        issuer_of(campaign.collector)
    allowed = bool(sentence)
    if not Campaign.objects.filter(pk=campaign.pk, receipts_eligible=not allowed).update(
        receipts_eligible=allowed
    ):
        return False
    verb, facts = (RECEIPTS_ALLOWED, {"sentence": sentence}) if allowed else (RECEIPTS_STOPPED, {})
    record(by, verb, campaign, organisation=campaign.collector, **facts)
    return True


@transaction.atomic
def issue(donor: Donor, *, by: Person | None) -> TaxReceipt:
    """One receipt of a donor's gifts, in the place of a cancelled one they stood on; raises NotAble, NothingToReceipt."""
    issuer = issuer_of(donor.organisation)
    payments = _lock(donor)
    if not payments:
        raise NothingToReceipt(str(donor.identity))
    replaces = _cancelled_before(payments)
    number = numbers.next_number(donor.organisation, SERIES, donor.year)
    facts = freeze(
        issuer,
        donor.identity,
        payments,
        label=numbers.shown(donor.year, number),
        year=donor.year,
        on=timezone.localdate(),
        replaces=replaces.label if replaces else "",
    )
    receipt = TaxReceipt.objects.create(
        organisation=donor.organisation,
        year=donor.year,
        number=number,
        replaces=replaces,
        currency=facts["currency"],
        amount_minor=facts["minor"],
        facts=facts,
        sha256=fingerprint(printed(facts)),
        issued_by=by,
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(receipt=receipt, payment=payment, amount_minor=payment.standing_minor)
        for payment in payments
    )
    _tell(receipt, donor, by=by)
    return receipt


def _tell(receipt: TaxReceipt, donor: Donor, *, by: Person | None) -> None:
    """An issued receipt stands in the journal, which tells nobody; the donor gets a letter."""
    with quiet():
        record(
            by,
            RECEIPT_ISSUED,
            donor.organisation,
            organisation=donor.organisation,
            number=numbers.ltr(receipt.label),
        )
    receipt_letters.issued(receipt, donor.pledge)


def _cancelled_before(payments: Sequence[Payment]) -> TaxReceipt | None:
    """The newest cancelled receipt of these gifts that nothing replaces yet."""
    rows = TaxReceipt.objects.filter(lines__payment__in=payments, replaced_by__isnull=True)
    return rows.filter(state=TaxReceipt.State.CANCELLED).order_by("-pk").first()


def _lock(donor: Donor) -> list[Payment]:
    """The donor's gifts that still give a right, held so that none is given back meanwhile."""
    rows = eligible(donor.organisation, donor.year).filter(pk__in=donor.payments)
    return list(
        rows.select_related("campaign__project").select_for_update(of=("self",)).order_by("received_on", "pk")
    )


def issue_year(organisation: Organisation, year: int, *, by: Person | None) -> tuple[int, int]:
    """Receipts for BATCH donors of a year who wait for one, each in its own transaction; gives how many, and how many wait.

    Killed in the middle it has issued whole receipts only, and goes on where it stopped when asked again.
    """
    issuer_of(organisation)
    waiting = donors(organisation, year)
    done = 0
    for donor in waiting[:BATCH]:
        try:
            issue(donor, by=by)
        except (NothingToReceipt, IntegrityError):
            continue  # somebody issued it meanwhile
        done += 1
    return done, max(0, len(waiting) - BATCH)


def issue_rest(organisation: Organisation, year: int, *, by: Person | None) -> int:
    """What a worker does after the first batch: the others, until nobody waits; gives how many."""
    total = 0
    while True:
        done, left = issue_year(organisation, year, by=by)
        total += done
        if not left or not done:
            return total


def wake(organisation: Organisation, year: int, *, by: Person) -> None:
    """Tell a worker that donors wait; lost with it, the page still says how many do."""
    from plugins.crowdfunding.tasks import issue_receipts

    issue_receipts.enqueue(organisation.pk, year, by.pk)


@transaction.atomic
def cancel(row: TaxReceipt, *, by: Person | None, reason: str, replace: bool = False) -> TaxReceipt | None:
    """Cancel a receipt, which keeps its number, and give the one that replaces it when asked for.

    Raises NotPossible for one that was cancelled before. Nothing replaces it when no gift is left.
    """
    receipt = TaxReceipt.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=row.pk)
    receipt.state = after(RECEIPT, receipt.state, "cancel")
    receipt.cancelled_by, receipt.cancelled_at = by, timezone.now()
    receipt.reason = TaxReceipt.Reason(reason)
    receipt.save(update_fields=["state", "cancelled_by", "cancelled_at", "reason"])
    lines = list(receipt.lines.select_related("payment__pledge__campaign").order_by("pk"))
    receipt.lines.update(standing=False)
    newer = _replacement(receipt, {line.payment_id for line in lines}, by=by) if replace else None
    facts = {"number": numbers.ltr(receipt.label)}
    record(by, RECEIPT_CANCELLED, receipt.organisation, organisation=receipt.organisation, **facts)
    if newer is None:
        receipt_letters.cancelled(receipt, lines[0].payment.pledge)
    return newer


def _replacement(receipt: TaxReceipt, payments: set[int], *, by: Person | None) -> TaxReceipt | None:
    """The receipt of what is left of a cancelled one's gifts."""
    for donor in donors(receipt.organisation, receipt.year):
        if kept := tuple(pk for pk in donor.payments if pk in payments):
            return issue(replace_(donor, payments=kept), by=by)
    return None


def stale(rows: QuerySet[TaxReceipt]) -> QuerySet[TaxReceipt]:
    """Issued receipts that say more, or less, than what is really there: to be cancelled."""
    standing = F("payment__amount_minor") - F("payment__refunded_minor") - F("payment__disputed_minor")
    changed = ReceiptLine.objects.filter(standing=True).filter(
        ~Q(payment__state=Payment.State.RECEIVED) | ~Q(amount_minor=standing)
    )
    return rows.filter(state=TaxReceipt.State.ISSUED, pk__in=changed.values("receipt"))


def flag_stale() -> int:
    """Tell treasurers, once each, of receipts to cancel; gives how many."""
    done = 0
    for row in stale(TaxReceipt.objects.filter(flagged_at=None)).select_related("organisation")[:200]:
        with transaction.atomic():
            if TaxReceipt.objects.filter(pk=row.pk, flagged_at=None).update(flagged_at=timezone.now()):
                facts = {"number": numbers.ltr(row.label)}
                record(None, RECEIPT_STALE, row.organisation, organisation=row.organisation, **facts)
                done += 1
    return done


def totals(organisation: Organisation) -> list[tuple[int, int, Money]]:
    """Year, number and sum of the receipts that stand, newest year first: what the yearly declaration asks."""
    rows = TaxReceipt.objects.filter(organisation=organisation, state=TaxReceipt.State.ISSUED)
    sums = rows.order_by().values_list("year").annotate(Count("pk"), Sum("amount_minor")).order_by("-year")
    return [(year, number, money(total, "EUR")) for year, number, total in sums]
