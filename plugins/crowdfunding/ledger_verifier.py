#!/usr/bin/env python3
"""Recomputes a downloaded ledger without trusting the server that gave it: Python only, nothing to install.

    python3 ledger_verifier.py ledger.json
    python3 ledger_verifier.py ledger.csv

A ledger is a list of transactions. Each is hashed with SHA-256 over its canonical JSON (keys sorted, no spaces,
UTF-8) without its own ``hash`` and with ``previous``, the hash of the one before; the first has 64 zeros. The
entries of a transaction add up to zero in each currency, a correction mirrors what it corrects, and no more goes back
to donors than came from them. Exit code 1 and the place of the fault when one is found.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
FIELDS = (
    "project",
    "number",
    "uid",
    "kind",
    "cause",
    "reverses",
    "booked_on",
    "at",
    "memo",
    "entries",
    "previous",
)
CREDITS = ("gifts/", "owed/", "kept/")
"""Accounts that say where money came from or whom it belongs to: never in debit."""
COLUMNS = [
    "number", "uid", "kind", "cause", "reverses", "booked_on", "at", "memo", "account", "amount", "currency",
    "previous", "hash", "project",
]  # fmt: skip
OF_ENTRY = ("account", "amount", "currency")
"""Columns of an entry; the others say the same in each row of a transaction."""
HEAD = {"project", "length", "head", "transactions"}


class Unreadable(ValueError):
    """The text is no ledger, or is damaged in ``line``."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(f"not a ledger: {why}" + (f" (line {line})" if line else ""))
        self.line = line


@dataclass
class Findings:
    """What a check found: faults in words with their place, and what was counted."""

    faults: list[str] = field(default_factory=list)
    transactions: int = 0
    entries: int = 0
    head: str = GENESIS
    balances: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def intact(self) -> bool:
        return not self.faults


def canonical(transaction: dict[str, Any]) -> bytes:
    """The bytes that are hashed."""
    text = json.dumps(
        {name: transaction[name] for name in FIELDS},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return text.encode("utf-8", "surrogatepass")


def seal(transaction: dict[str, Any]) -> str:
    """The hash of a transaction."""
    return hashlib.sha256(canonical(transaction)).hexdigest()


class Checker:
    """Checks transactions one after the other; ``findings`` grows."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.findings = Findings()
        self._reversed: set[str] = set()
        self._seen: dict[str, dict[tuple[str, str], int]] = {}

    def add(self, transaction: dict[str, Any]) -> None:
        """Check the next transaction."""
        found, place = self.findings, f"transaction {transaction.get('number')}"
        missing = [name for name in (*FIELDS, "hash") if name not in transaction]
        if missing:
            found.faults.append(f"{place}: {', '.join(missing)} is missing")
            return
        if unknown := sorted(set(transaction) - {*FIELDS, "hash"}):
            found.faults.append(f"{place}: {', '.join(unknown)} is not sealed")
        if transaction["number"] != found.transactions + 1:
            found.faults.append(f"{place}: number {found.transactions + 1} was expected")
        if transaction["project"] != self.project:
            found.faults.append(f"{place}: belongs to another project")
        if transaction["previous"] != found.head:
            found.faults.append(f"{place}: does not follow the one before (previous hash differs)")
        if seal(transaction) != transaction["hash"]:
            found.faults.append(f"{place}: its content does not match its hash")
        try:
            self._sums(transaction, place)
        except (KeyError, TypeError, AttributeError):
            found.faults.append(f"{place}: its entries cannot be read")
        found.transactions += 1
        found.head = transaction["hash"]

    def _sums(self, transaction: dict[str, Any], place: str) -> None:
        found = self.findings
        sums: dict[str, int] = defaultdict(int)
        sides: dict[tuple[str, str], int] = defaultdict(int)
        for entry in transaction["entries"]:
            amount = entry["amount"]
            if not isinstance(amount, int) or isinstance(amount, bool) or amount == 0:
                found.faults.append(f"{place}: {amount!r} is not a whole number of minor units")
                continue
            sums[entry["currency"]] += amount
            sides[entry["account"], entry["currency"]] += amount
            found.balances[entry["account"], entry["currency"]] += amount
            found.entries += 1
        for currency, total in sums.items():
            if total:
                found.faults.append(f"{place}: entries in {currency} add up to {total}, not to zero")
        if not transaction["entries"]:
            found.faults.append(f"{place}: has no entries")
        for account, currency in sides:
            if account.startswith(CREDITS) and found.balances[account, currency] > 0:
                found.faults.append(f"{place}: more goes out of {account} than ever came")
        self._seen[transaction["uid"]] = dict(sides)
        self._reversal(transaction, sides, place)

    def _reversal(self, transaction: dict[str, Any], sides: dict[tuple[str, str], int], place: str) -> None:
        undone = transaction["reverses"]
        if not undone:
            return
        if undone not in self._seen:
            self.findings.faults.append(f"{place}: corrects a transaction that is not before it")
        elif undone in self._reversed:
            self.findings.faults.append(f"{place}: corrects a transaction that was corrected already")
        elif {key: -amount for key, amount in sides.items()} != self._seen[undone]:
            self.findings.faults.append(f"{place}: is not the mirror of the transaction it corrects")
        self._reversed.add(undone)


def verify(document: dict[str, Any]) -> Findings:
    """Check a whole document as downloaded: ``{"project", "length", "head", "transactions"}``."""
    checker = Checker(str(document.get("project", "")))
    for transaction in document.get("transactions", []):
        checker.add(transaction)
    found = checker.findings
    if document.get("length", found.transactions) != found.transactions:
        found.faults.append(
            f"the ledger says {document['length']} transactions, the file holds {found.transactions}"
        )
    if document.get("head", found.head) != found.head:
        found.faults.append("the last hash is not the one the ledger names")
    return found


def _rows(text: str) -> Iterator[dict[str, str]]:
    """The rows below the headings; raises Unreadable."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(reader, None) != COLUMNS:
            raise Unreadable("other columns", 1)
        for cells in reader:
            if len(cells) != len(COLUMNS):
                raise Unreadable(f"{len(cells)} columns", reader.line_num)
            yield dict(zip(COLUMNS, cells, strict=True))
    except csv.Error as error:
        raise Unreadable(str(error), reader.line_num) from error


def _whole(text: str) -> int | str:
    """A whole number written as the download writes it; anything else stays text, which is a fault."""
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,30}", text) else text


def _memo(text: str) -> Any:
    """The memo, when it is written as the download writes it; anything else stays text, which no hash matches."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if json.dumps(found, ensure_ascii=False, sort_keys=True) == text else text


def from_csv(text: str) -> dict[str, Any]:
    """A document from the CSV download: one row an entry; rows that say another transaction begin another one."""
    transactions: list[dict[str, Any]] = []
    for shared, rows in groupby(_rows(text), key=lambda row: {**row, **dict.fromkeys(OF_ENTRY, "")}):
        entries = [
            {"account": row["account"], "amount": _whole(row["amount"]), "currency": row["currency"]}
            for row in rows
        ]
        transaction: dict[str, Any] = {
            name: value for name, value in shared.items() if name not in OF_ENTRY
        } | {
            "number": _whole(shared["number"]),
            "reverses": shared["reverses"] or None,
            "memo": _memo(shared["memo"]),
            "entries": entries,
        }
        transactions.append(transaction)
    project = transactions[0]["project"] if transactions else ""
    return {"project": project, "transactions": transactions}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that names nothing twice: two readers would read two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a name stands twice in one object")
    return found


def from_json(text: str) -> dict[str, Any]:
    """A document from the JSON download, with its length and the last hash; raises Unreadable."""
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise Unreadable(error.msg, error.lineno) from error
    except RecursionError as error:
        raise Unreadable("nested without end") from error
    if not isinstance(document, dict) or document.keys() - {"slug"} != HEAD:  # earlier downloads had a slug
        raise Unreadable(f"it holds other things than {', '.join(sorted(HEAD))}", 1)
    return document


def parse(data: bytes, *, csv_rows: bool) -> dict[str, Any]:
    """The document in a file's bytes; raises Unreadable when it is no ledger."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("no UTF-8", data.count(b"\n", 0, error.start) + 1) from error
    try:
        document = from_csv(text) if csv_rows else from_json(text)
    except (KeyError, ValueError, TypeError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable(repr(error)) from error
    rows = document["transactions"]
    if (
        not isinstance(rows, list)
        or not all(isinstance(row, dict) for row in rows)
        or (csv_rows and not rows)
    ):
        raise Unreadable("no transactions")
    return document


def read(path: Path) -> dict[str, Any]:
    """The document in a file; raises Unreadable when it is no ledger."""
    return parse(path.read_bytes(), csv_rows=path.suffix.lower() == ".csv")


def main(paths: list[str]) -> int:
    """Check files; 0 when all are intact, 1 otherwise."""
    status = 0
    for name in paths:
        try:
            found = verify(read(Path(name)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            found = Findings(faults=[str(error)])
        for fault in found.faults:
            sys.stderr.write(f"{name}: {fault}\n")
        state = "intact" if found.intact else "BROKEN"
        sys.stdout.write(f"{name}: {state}, {found.transactions} transactions, {found.entries} entries\n")
        status = status or int(not found.intact)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
