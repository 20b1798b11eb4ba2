"""The ledger: post movements, undo them by their mirror, sum them. Nothing here changes what was written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db import transaction as database
from django.db.models import QuerySet, Sum
from django.utils import timezone
from moneyed import Money

from core.locks import hold
from core.models import Organisation, Project
from core.models.identity import new_uid
from core.money import minor, money
from core.prepared import prepared
from plugins.crowdfunding.ledger_verifier import seal
from plugins.crowdfunding.models import Account, Entry, Ledger, Transaction


class Unbalanced(ValueError):
    """The sides of a movement do not add up to zero in each currency."""


class AlreadyUndone(ValueError):
    """The movement was undone before."""


@dataclass(frozen=True)
class Side:
    """One side of a movement: debit above zero, credit below."""

    kind: str
    organisation: Organisation
    amount: Money


@dataclass(frozen=True)
class Cause:
    """What a movement comes from: the type and uid of a row."""

    type: str
    key: str

    def __str__(self) -> str:
        return f"{self.type}:{self.key}"


def book(project: Project) -> Ledger:
    """The ledger of a project, locked until the end of the transaction: writers follow each other."""
    known = _of_project(project.pk)
    if not known:
        Ledger.objects.bulk_create([Ledger(project=project)], ignore_conflicts=True)
        known = _of_project(project.pk)
    hold(Ledger, known[0].pk)
    found = _of_project(project.pk)[0] if connection.features.has_select_for_update else known[0]
    found.project = project
    return found


@prepared
def _of_project(project: int) -> QuerySet[Ledger]:
    """A project's ledger, as it is now."""
    return Ledger.objects.filter(project_id=project)


@prepared
def _accounts(ledger: int, currency: str) -> QuerySet[Account]:
    """The accounts of a ledger in a currency: a handful."""
    return Account.objects.filter(ledger_id=ledger, currency=currency)


@prepared
def _by_key(key: str) -> QuerySet[Transaction]:
    """The movement of a key."""
    return Transaction.objects.filter(key=key)


def accounts(ledger: Ledger, sides: Sequence[Side]) -> list[Account]:
    """The accounts of some sides, each made when first used."""
    known: dict[tuple[str, int, str], Account] = {}
    for currency in {side.amount.currency.code for side in sides}:
        for row in _accounts(ledger.pk, currency):
            known[row.kind, row.organisation_id, currency] = row
    found = []
    for side in sides:
        place = (str(side.kind), side.organisation.pk, side.amount.currency.code)
        if place not in known:
            known[place] = _make(ledger, side)
        found.append(known[place])
    return found


def _make(ledger: Ledger, side: Side) -> Account:
    currency = side.amount.currency.code
    code = f"{side.kind}/{side.organisation.slug}/{currency}"
    return Account.objects.create(
        ledger=ledger, kind=side.kind, organisation=side.organisation, currency=currency, code=code
    )


def check_balance(sides: Sequence[tuple[Any, Money]]) -> None:
    """Raise Unbalanced unless the amounts add up to zero in each currency and none is zero."""
    sums: dict[str, int] = defaultdict(int)
    for _account, amount in sides:
        if not amount.amount:
            raise Unbalanced("a side of zero")
        sums[amount.currency.code] += minor(amount)
    if len(sides) < 2 or any(sums.values()):
        raise Unbalanced(str(dict(sums)))


def post(
    project: Project,
    kind: str,
    sides: Sequence[Side],
    *,
    cause: Cause,
    key: str,
    booked_on: date,
    memo: Mapping[str, Any] | None = None,
) -> Transaction:
    """Write one movement at the end of the project's chain; a key already booked gives that movement back.

    Raises Unbalanced; must run in the transaction of its cause.
    """
    check_balance([(side, side.amount) for side in sides])
    ledger = book(project)
    known = _by_key(key)
    if known:
        return known[0]
    written = list(zip(accounts(ledger, sides), [side.amount for side in sides], strict=True))
    return write(
        ledger, kind, written, cause=cause, key=key, booked_on=booked_on, memo=memo or {}, reverses=None
    )


def undo(
    done: Transaction, *, cause: Cause, key: str, booked_on: date, memo: Mapping[str, Any]
) -> Transaction:
    """Write the mirror of a movement; raises AlreadyUndone when it has one."""
    ledger = book(done.ledger.project)
    if Transaction.objects.filter(reverses=done).exists():
        raise AlreadyUndone(str(done))
    mirror = [
        (entry.account, -entry.amount) for entry in done.entries.select_related("account").order_by("id")
    ]
    kind = Transaction.Kind.REVERSAL
    return write(ledger, kind, mirror, cause=cause, key=key, booked_on=booked_on, memo=memo, reverses=done)


def write(
    ledger: Ledger,
    kind: str,
    sides: Sequence[tuple[Account, Money]],
    *,
    cause: Cause,
    key: str,
    booked_on: date,
    memo: Mapping[str, Any],
    reverses: Transaction | None,
) -> Transaction:
    """Insert a transaction with its entries, then seal it and move the head; the caller holds the ledger's lock."""
    if not database.get_connection().in_atomic_block:
        raise database.TransactionManagementError("a movement is written in the transaction of its cause")
    row = Transaction.objects.create(
        uid=new_uid(),
        ledger=ledger,
        number=ledger.length + 1,
        kind=kind,
        cause_type=cause.type,
        cause_key=cause.key,
        key=key,
        reverses=reverses,
        booked_on=booked_on,
        at=timezone.now(),
        memo=dict(memo),
        previous=ledger.head,
    )
    entries = [_entry(row, on, amount) for on, amount in sides]
    Entry.objects.bulk_create(entries)
    row.hash = seal(document_of(row, entries, ledger.project.uid))
    Transaction.objects.filter(pk=row.pk, hash="").update(hash=row.hash)
    ledger.head, ledger.length = row.hash, row.number
    ledger.save(update_fields=["head", "length"])
    return row


def _entry(row: Transaction, on: Account, amount: Money) -> Entry:
    """One side of a transaction, not stored yet."""
    return Entry(
        ledger=row.ledger,
        transaction=row,
        account=on,
        amount_minor=minor(amount),
        currency=amount.currency.code,
        is_funds=on.kind in Account.FUNDS,
    )


def stamp(moment: datetime) -> str:
    """A moment as it is hashed: UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def document_of(row: Transaction, entries: Sequence[Entry], project: str) -> dict[str, Any]:
    """A transaction as it is hashed and downloaded, without its own hash."""
    return {
        "project": project,
        "number": row.number,
        "uid": row.uid,
        "kind": str(row.kind),
        "cause": f"{row.cause_type}:{row.cause_key}",
        "reverses": row.reverses.uid if row.reverses else None,
        "booked_on": row.booked_on.isoformat(),
        "at": stamp(row.at),
        "memo": row.memo,
        "entries": [
            {"account": entry.account.code, "amount": entry.amount_minor, "currency": entry.currency}
            for entry in entries
        ],
        "previous": row.previous,
    }


def documents(ledger: Ledger, *, until: int | None = None, chunk: int = 500) -> Iterator[dict[str, Any]]:
    """Transactions of a ledger as downloaded, in order, up to a number when given, a chunk in memory at a time."""
    after, rows_until = 0, ledger.transactions.all()
    if until is not None:
        rows_until = rows_until.filter(number__lte=until)
    while True:
        rows = list(
            rows_until.filter(number__gt=after)
            .select_related("reverses")
            .prefetch_related("entries__account")
            .order_by("number")[:chunk]
        )
        for row in rows:
            entries = sorted(row.entries.all(), key=lambda entry: entry.pk)
            yield {**document_of(row, entries, ledger.project.uid), "hash": row.hash}
        if len(rows) < chunk:
            return
        after = rows[-1].number


def statement(project: Project | int) -> QuerySet[Entry]:
    """What moved on the accounts that hold money, newest first, with its transaction and ledger."""
    lines = Entry.objects.filter(ledger__project=project, is_funds=True)
    return lines.select_related("transaction__ledger", "transaction__reverses", "account").order_by("-pk")


def balances(project: Project, *, until: int | None = None) -> list[Money]:
    """What the accounts that hold money add up to, one amount per currency; up to an entry when given."""
    lines = Entry.objects.filter(ledger__project=project, is_funds=True)
    if until is not None:
        lines = lines.filter(pk__lte=until)
    sums = lines.order_by("currency").values_list("currency").annotate(Sum("amount_minor"))
    return [money(total, currency) for currency, total in sums]
