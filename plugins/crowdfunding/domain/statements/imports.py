"""Importing a statement: whose account it is, which lines are new; the same file twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.journal import record
from core.models import Organisation, Person
from plugins.crowdfunding.domain import collectors
from plugins.crowdfunding.domain.statements import camt, tables
from plugins.crowdfunding.domain.statements.columns import Layout, Role
from plugins.crowdfunding.domain.statements.lines import LARGEST, Movement, NotAStatement, Parsed, keyed, tidy
from plugins.crowdfunding.models import BankLine, CollectorSettings, Statement
from plugins.crowdfunding.verbs import STATEMENT_IMPORTED

PATIENCE = timedelta(days=1)
"""How long the content of a file is kept for somebody to tell its columns."""
REMEMBERED = 20


class NotOurAccount(ValueError):
    """The statement is of an account that is not the collector's."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


@dataclass(frozen=True)
class File:
    """A file as it was sent."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def canonical(account: str) -> str:
    """An account by one number: a Moroccan IBAN is its RIB behind four signs."""
    return account[4:] if account.startswith("MA") and len(account) == 28 else account


def accounts(row: CollectorSettings) -> list[str]:
    """The numbers of an organisation's own accounts, once each."""
    return list(dict.fromkeys(canonical(number) for number in (row.iban, row.rib) if number))


def currency_of(account: str) -> str:
    """What an account is kept in when its statement does not say: dirhams in Morocco, else euros."""
    return "MAD" if account.isdigit() and len(account) == 24 else "EUR"


def import_file(organisation: Organisation, file: File, *, account: str = "", by: Person) -> list[Statement]:
    """Take the new lines of a file; one statement per account in it.

    ``account`` is the one chosen for a table that does not name its own. A statement that waits for somebody to
    tell its columns comes back ``asking``. Raises NotSetUp, NotOurAccount and NotAStatement.
    """
    own = accounts(collectors.settings_of(organisation))
    if not own:
        raise collectors.NotSetUp(str(organisation))
    if not file.data.strip():
        raise NotAStatement("empty")
    if len(file.data) > LARGEST:
        raise NotAStatement("too_big")
    if camt.looks_like(file.data):
        return _of_camt(organisation, file, own, by=by)
    chosen = canonical(account) or own[0]
    if chosen not in own:
        raise NotOurAccount(account)
    known = tuple(_layouts(organisation))
    try:
        parsed, layout = tables.parse(file.data, currency=currency_of(chosen), layouts=known)
    except tables.UnknownColumns as unknown:
        return [_ask(organisation, file, chosen, unknown, by=by)]
    return [_of_table(organisation, file, parsed, layout, chosen, own, by=by)]


def _of_camt(organisation: Organisation, file: File, own: list[str], *, by: Person) -> list[Statement]:
    parsed = camt.parse(file.data)
    for one in parsed:
        if canonical(one.account) not in own:
            raise NotOurAccount(one.account)
    if not any(one.movements for one in parsed):
        raise NotAStatement("no_lines")
    merged: dict[str, list[Movement]] = {}
    for one in parsed:  # several days of one account in one file
        merged.setdefault(canonical(one.account), []).extend(one.movements)
    with transaction.atomic():
        return [
            _store(
                organisation, file, account, Parsed(account, tuple(lines)), Statement.Format.CAMT, {}, by=by
            )
            for account, lines in merged.items()
        ]


def _of_table(
    organisation: Organisation,
    file: File,
    parsed: Parsed,
    layout: Layout,
    chosen: str,
    own: list[str],
    *,
    by: Person,
) -> Statement:
    named = canonical(parsed.account)
    if named and named not in own:
        raise NotOurAccount(parsed.account)
    account = named or chosen
    return _store(organisation, file, account, parsed, Statement.Format.CSV, _as_json(layout), by=by)


@transaction.atomic
def _ask(
    organisation: Organisation, file: File, account: str, unknown: tables.UnknownColumns, *, by: Person
) -> Statement:
    """Keep the file for a day, so that its columns can be told on a screen."""
    _hold(organisation)
    forget(organisation)
    known = Statement.objects.filter(collector=organisation, sha256=file.sha256, account=account).first()
    if known is not None:
        return known
    return Statement.objects.create(
        collector=organisation,
        state=Statement.State.ASKING,
        format=Statement.Format.CSV,
        name=tidy(file.name, 200),
        sha256=file.sha256,
        account=account,
        layout={"delimiter": unknown.delimiter, "signature": unknown.signature, "roles": []},
        content=file.data,
        imported_by=by,
    )


def _hold(organisation: Organisation) -> None:
    """Two imports of one organisation follow each other, on any database: its settings' row is the lock."""
    CollectorSettings.objects.select_for_update(of=("self",)).get(organisation=organisation)


def preview(statement: Statement, number: int = 6) -> list[list[str]]:
    """The first rows of a file whose columns are asked for, all of one width."""
    text = tables.decode(bytes(statement.content or b""))
    rows = tables.read(text, statement.layout["delimiter"])
    width = max((len(row) for row in rows), default=0)
    full = [row for row in rows if len(row) == width] or rows
    return [row + [""] * (width - len(row)) for row in full[:number]]


@transaction.atomic
def tell_columns(row: Statement, roles: Sequence[str], *, by: Person) -> Statement | None:
    """Read a file that waited by the columns a person told; raises NotAStatement, and then it goes on waiting.

    None when it no longer waits: somebody told them, or dropped it, a moment ago.
    """
    rows = Statement.objects.select_related("collector").filter(pk=row.pk, state=Statement.State.ASKING)
    statement = rows.select_for_update(of=("self",)).first()
    if statement is None:
        return None
    told = Layout(
        statement.layout["delimiter"], tuple(Role(role) for role in roles), statement.layout["signature"]
    )
    file = File(statement.name, bytes(statement.content or b""))
    parsed = tables.parse_told(file.data, told, currency=currency_of(statement.account))
    organisation, account = statement.collector, statement.account
    statement.delete()
    return _store(organisation, file, account, parsed, Statement.Format.CSV, _as_json(told), by=by)


def forget(organisation: Organisation | None = None) -> int:
    """Drop files whose columns nobody told within a day; gives how many."""
    old = Statement.objects.filter(state=Statement.State.ASKING, imported_at__lt=timezone.now() - PATIENCE)
    if organisation is not None:
        old = old.filter(collector=organisation)
    return old.delete()[0]


def _as_json(layout: Layout) -> dict[str, Any]:
    return asdict(layout) | {"roles": [str(role) for role in layout.roles]}


def _layouts(organisation: Organisation) -> list[Layout]:
    """How the last tables of this organisation were read, so that nobody is asked twice."""
    rows = Statement.objects.filter(
        collector=organisation, format=Statement.Format.CSV, state=Statement.State.IMPORTED
    )
    found = rows.order_by("-pk").values_list("layout", flat=True)[:REMEMBERED]
    return [
        Layout(one["delimiter"], tuple(Role(role) for role in one["roles"]), one["signature"])
        for one in found
        if one.get("roles")
    ]


@transaction.atomic
def _store(
    organisation: Organisation,
    file: File,
    account: str,
    parsed: Parsed,
    format_: str,
    layout: dict[str, Any],
    *,
    by: Person,
) -> Statement:
    """Write the statement and its new lines; a file already imported gives its statement back."""
    _hold(organisation)
    known = Statement.objects.filter(collector=organisation, sha256=file.sha256, account=account).first()
    if known is not None and known.state == Statement.State.IMPORTED:
        return known
    if known is not None:
        known.delete()
    days = [line.booked_on for line in parsed.movements]
    statement = Statement.objects.create(
        collector=organisation,
        format=format_,
        name=tidy(file.name, 200),
        sha256=file.sha256,
        account=account,
        layout=layout,
        from_on=min(days, default=None),
        until_on=max(days, default=None),
        number=len(parsed.movements),
        left_out=list(parsed.left_out),
        imported_by=by,
    )
    statement.fresh = _take_lines(statement, parsed.movements)
    statement.save(update_fields=["fresh"])
    record(by, STATEMENT_IMPORTED, organisation, organisation=organisation, number=statement.fresh)
    return statement


def _take_lines(statement: Statement, movements: Sequence[Movement]) -> int:
    """Insert the lines nobody imported before; gives how many."""
    rows = dict(keyed(movements))
    keys, known = list(rows), set()
    lines = BankLine.objects.filter(collector=statement.collector_id, account=statement.account)
    for start in range(0, len(keys), 500):
        known |= set(lines.filter(key__in=keys[start : start + 500]).values_list("key", flat=True))
    fresh = [_line(statement, key, line) for key, line in rows.items() if key not in known]
    BankLine.objects.bulk_create(fresh, batch_size=200)
    return len(fresh)


def _line(statement: Statement, key: str, line: Movement) -> BankLine:
    """A line not stored yet; money that went out is never proposed as a gift."""
    out = line.amount_minor < 0
    return BankLine(
        collector_id=statement.collector_id,
        statement=statement,
        account=statement.account,
        key=key,
        booked_on=line.booked_on,
        value_on=line.value_on,
        currency=line.currency,
        amount_minor=line.amount_minor,
        counterparty=line.counterparty,
        text=line.text,
        reference=line.reference,
        end_to_end=line.end_to_end,
        is_return=line.is_return,
        state=BankLine.State.IGNORED if out else BankLine.State.WAITING,
        reason=BankLine.Reason.MONEY_OUT if out else "",
    )
