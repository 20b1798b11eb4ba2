"""What a bank statement says, whatever its format: plain values, and the one error of every parser."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from moneyed import get_currency

from core.money import CURRENCIES

LARGEST = 5 * 1024 * 1024
"""Bytes of a file; a year of a large association's account is a tenth of it."""
MOST = 20_000
"""Lines of a file."""
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


class NotAStatement(ValueError):
    """The file cannot be read as a bank statement; ``why`` names the reason, ``where`` the place if known."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(f"{why}: {where}" if where else why)
        self.why, self.where = why, where


@dataclass(frozen=True)
class Movement:
    """One line: a credit above zero, a debit below, in minor units of an ISO currency."""

    booked_on: date
    amount_minor: int
    currency: str
    value_on: date | None = None
    counterparty: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    is_return: bool = False


@dataclass(frozen=True)
class Parsed:
    """The lines of one account; ``account`` is empty when the file does not say whose they are."""

    account: str
    movements: tuple[Movement, ...]
    left_out: tuple[int, ...] = ()
    """Numbers of rows that hold an amount but no day that can be read."""


def tidy(text: str | None, length: int) -> str:
    """Text in one line, without signs that cannot be shown or stored, within a length."""
    kept = "".join(char if char.isprintable() else " " for char in text or "")
    return " ".join(kept.split())[:length].rstrip()


def minor_units(value: Decimal, currency: str, where: str = "") -> int:
    """Minor units of an exact amount; raises NotAStatement for foreign currencies, fractions and giants."""
    if currency not in CURRENCIES:
        raise NotAStatement("currency", currency)
    scaled = value * get_currency(currency).sub_unit
    if scaled != scaled.to_integral_value() or abs(scaled) > 10**12:
        raise NotAStatement("amount", where or str(value))
    return int(scaled)


def believable(day: date, where: str = "") -> date:
    """A day of our time; raises NotAStatement."""
    if not EARLIEST <= day < LATEST:
        raise NotAStatement("date", where or day.isoformat())
    return day


def keyed(movements: Iterable[Movement]) -> Iterator[tuple[str, Movement]]:
    """Each line with what makes it one line in all files: its facts, and its number among equal ones.

    The bank's own reference counts before the wording, which may change from export to export. Day and amount
    stand beside it, because some banks give one reference to a whole batch.
    """
    seen: Counter[str] = Counter()
    for line in movements:
        facts = [line.booked_on.isoformat(), str(line.amount_minor), line.currency]
        if line.reference:
            facts += ["reference", line.reference, line.end_to_end]
        else:
            facts += ["words", line.text, line.counterparty, line.end_to_end]
        digest = hashlib.sha256("\x1f".join(facts).encode()).hexdigest()
        seen[digest] += 1
        yield f"{digest}-{seen[digest]}", line
