"""Checks that the books are true: the chain, the sums, and that pledges, payments and tallies agree with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from core.models import Project
from plugins.crowdfunding.domain import audit_way, ledger, sums_audit
from plugins.crowdfunding.ledger_verifier import Checker
from plugins.crowdfunding.models import (
    Account,
    Campaign,
    Entry,
    Ledger,
    Payment,
    Pledge,
    Refund,
    Tally,
    Transaction,
)

NOT_COME = frozenset(
    {Payment.State.STARTED, Payment.State.PROCESSING, Payment.State.FAILED, Payment.State.SECURED}
)
"""States of a payment whose money never came: the ledger knows nothing of them."""


@dataclass
class Audit:
    """What was found in one project's books: faults in words with their place."""

    project: Project
    transactions: int = 0
    entries: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.faults


def of_ledger(book: Ledger) -> Audit:
    """Recompute one ledger from its rows and compare it with what caused it."""
    checker = Checker(book.project.uid)
    for document in ledger.documents(book):
        checker.add(document)
    found = checker.findings
    audit = Audit(book.project, found.transactions, found.entries, list(found.faults))
    if (book.length, book.head) != (found.transactions, found.head):
        audit.faults.append(
            f"the ledger's head says {book.length} transactions, {found.transactions} were found"
        )
    audit.faults += [*misplaced(book), *unmatched(book), *audit_way.faults(book)]
    return audit


def misplaced(book: Ledger) -> Iterable[str]:
    """Entries whose account is another ledger's or another currency's, or that are on the wrong statement."""
    entries = Entry.objects.filter(Q(ledger=book) | Q(transaction__ledger=book))
    wrong = (
        entries.exclude(
            ledger=book, transaction__ledger=book, account__ledger=book, account__currency=F("currency")
        )
        | entries.exclude(Q(is_funds=True, account__kind__in=Account.FUNDS) | Q(is_funds=False))
        | entries.filter(is_funds=False, account__kind__in=Account.FUNDS)
    )
    for entry in wrong.select_related("transaction").order_by("pk")[:20]:
        yield f"transaction {entry.transaction.number}: an entry stands on an account it cannot be on"


def unmatched(book: Ledger) -> Iterable[str]:
    """Payments without movement, movements without payment, and sums that differ."""
    payments = Payment.objects.filter(campaign__project=book.project).order_by()
    kinds = [Transaction.Kind.GIFT, Transaction.Kind.SURPLUS]
    booked = Transaction.objects.filter(ledger=book, kind__in=kinds)
    undone = Transaction.objects.filter(ledger=book, key__startswith="undo:", cause_type="payment")
    came = payments.exclude(state__in=NOT_COME)
    arrived = Transaction.objects.filter(ledger=book, kind=Transaction.Kind.MOVE, key__startswith="move:")
    came = came.exclude(uid__in=arrived.values("cause_key"))  # it came as a gift of another campaign
    known = dict(came.values_list("uid", "state"))
    gifts = set(booked.values_list("cause_key", flat=True))
    mirrors = set(undone.values_list("cause_key", flat=True))
    for uid in sorted(set(known) - gifts):
        yield f"payment {uid}: is not in the ledger"
    for number in booked.exclude(cause_key__in=came.values("uid")).values_list("number", flat=True):
        yield f"transaction {number}: its payment does not exist"
    for uid, state in known.items():
        if (state == Payment.State.REVERSED) != (uid in mirrors):
            yield f"payment {uid}: is {state}, the ledger says otherwise"
    yield from _sums(book, payments)


def _sums(book: Ledger, payments: QuerySet[Payment]) -> Iterable[str]:
    """Gifts and debts of the ledger against payments and refunds, in each currency."""
    stands = F("amount_minor") - F("refunded_minor") - F("disputed_minor")
    standing = payments.filter(state=Payment.State.RECEIVED)
    there = dict(standing.values_list("currency").annotate(total=Sum(stands)))
    yield from _compare(book, Account.Kind.GIFTS, there, "gifts")
    owed = Refund.objects.filter(payment__in=payments, state__in=Refund.OWED).order_by()
    debts = dict(owed.values_list("currency").annotate(Sum("amount_minor")))
    yield from _compare(book, Account.Kind.OWED, debts, "debts")


def _compare(book: Ledger, kind: str, there: dict[str, int], word: str) -> Iterable[str]:
    side = Entry.objects.filter(ledger=book, account__kind=kind).order_by()
    for currency, total in side.values_list("currency").annotate(Sum("amount_minor")):
        if -total != there.pop(currency, 0):
            yield f"{word} in {currency}: the ledger says {-total}, the rows differ"
    for currency, total in there.items():
        if total:
            yield f"{word} in {currency}: {total} are not in the ledger"


def of_campaigns(project: Project | None = None) -> Iterable[str]:
    """Tallies and states that do not agree with pledges and payments."""
    campaigns = Campaign.objects.select_related("tally").order_by("pk")
    if project is not None:
        campaigns = campaigns.filter(project=project)
    for campaign in campaigns.iterator(chunk_size=200):
        yield from of_campaign(campaign)


def of_campaign(campaign: Campaign) -> Iterable[str]:
    """What does not agree in one campaign."""
    rows = Pledge.objects.filter(campaign=campaign)
    waiting = rows.filter(state__in=Pledge.WAITING).aggregate(sum=Sum("amount_minor"), number=Count("pk"))
    given = rows.filter(state=Pledge.State.RECEIVED)
    money = Payment.objects.filter(campaign=campaign, state=Payment.State.RECEIVED)
    stands = money.aggregate(sum=Sum(F("amount_minor") - F("refunded_minor") - F("disputed_minor")))["sum"]
    tally = campaign.tally
    truth = (
        waiting["sum"] or 0,
        waiting["number"],
        stands or 0,
        given.count(),
        given.values("donor").distinct().count(),
    )
    kept = (tally.promised_minor, tally.promises, tally.received_minor, tally.gifts, tally.backers)
    if truth != kept:
        yield f"campaign {campaign.slug}: the tally says {kept}, pledges and payments say {truth}"
    if money.exclude(pledge__campaign=campaign).exists():
        yield f"campaign {campaign.slug}: counts a payment of another campaign's pledge"
    paid = money.order_by().values("pledge")
    for pk, code in given.exclude(pk__in=paid).values_list("pk", "code")[:20]:
        yield f"pledge {code} ({pk}): is received without a payment"
    there = [Pledge.State.RECEIVED, Pledge.State.DISPUTED]
    for code in rows.filter(pk__in=paid).exclude(state__in=there).values_list("code", flat=True)[:20]:
        yield f"pledge {code}: has a payment and is not received"
    yield from sums_audit.of_campaign(campaign)


def examine(book: Ledger) -> Audit:
    """All checks of one project."""
    audit = of_ledger(book)
    audit.faults += of_campaigns(book.project)
    return audit


def examine_still(book: Ledger) -> Audit:
    """The same with the project's books held still, to tell a fault from a gift that came during the check."""
    with transaction.atomic():
        still = Ledger.objects.select_related("project").select_for_update(of=("self",)).get(pk=book.pk)
        list(Tally.objects.select_for_update(of=("self",)).filter(campaign__project=book.project))
        return examine(still)


def run(project: Project | None = None) -> list[Audit]:
    """Check all ledgers, or one project's, and write on each when it was checked and what was found."""
    books = Ledger.objects.select_related("project").order_by("pk")
    if project is not None:
        books = books.filter(project=project)
    audits = []
    for book in books:
        audit = examine(book)
        if not audit.intact:
            audit = examine_still(book)
        Ledger.objects.filter(pk=book.pk).update(
            verified_at=timezone.now(),
            verified_length=audit.transactions,
            fault=audit.faults[0][:300] if audit.faults else "",
        )
        audits.append(audit)
    return audits
