"""Checks that transfers and expenses agree with the ledger; the audit of a book calls it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet, Sum

from plugins.crowdfunding.models import Account, Entry, Ledger, Payout, Spending, Transaction


def faults(book: Ledger) -> Iterable[str]:
    """Transfers and expenses without movement, movements without row, and accounts that say something else."""
    payouts = Payout.objects.filter(campaign__project=book.project_id)
    spendings = Spending.objects.filter(campaign__project=book.project_id)
    yield from _paired(book, Transaction.Kind.PAYOUT, payouts, "transfer")
    yield from _paired(book, Transaction.Kind.SPENDING, spendings, "expense")
    waiting = payouts.filter(state=Payout.State.SENT)
    yield from _sums(book, Account.Kind.TRANSIT, waiting, "on their way")
    yield from _sums(book, Account.Kind.SPENT, spendings.filter(state=Spending.State.BOOKED), "expenses")


def _paired(book: Ledger, kind: str, rows: QuerySet, word: str) -> Iterable[str]:
    booked = Transaction.objects.filter(ledger=book, kind=kind)
    known = set(booked.values_list("cause_key", flat=True))
    for uid in sorted(set(rows.values_list("uid", flat=True)) - known):
        yield f"{word} {uid}: is not in the ledger"
    for number in booked.exclude(cause_key__in=rows.values("uid")).values_list("number", flat=True):
        yield f"transaction {number}: its {word} does not exist"


def _sums(book: Ledger, kind: str, rows: QuerySet, word: str) -> Iterable[str]:
    there = dict(rows.order_by().values_list("currency").annotate(Sum("amount_minor")))
    side = Entry.objects.filter(ledger=book, account__kind=kind).order_by()
    for currency, total in side.values_list("currency").annotate(Sum("amount_minor")):
        if total != there.pop(currency, 0):
            yield f"{word} in {currency}: the ledger says {total}, the rows differ"
    for currency, total in there.items():
        yield f"{word} in {currency}: {total} are not in the ledger"
