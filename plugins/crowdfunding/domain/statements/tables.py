"""CSV of banks: French and Moroccan ones, decimal comma, one column of amounts or two, Windows-1252 or UTF-8."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal

from core.money import CURRENCIES
from core.text import fold
from plugins.crowdfunding.domain.banking import LENGTHS, NotAnIBAN, compact, iban
from plugins.crowdfunding.domain.statements.columns import Layout, Role, Row, from_header, signature
from plugins.crowdfunding.domain.statements.lines import (
    LARGEST,
    MOST,
    Movement,
    NotAStatement,
    Parsed,
    believable,
    minor_units,
    tidy,
)

DELIMITERS = ";,\t|"
PREAMBLE = 40
"""Rows above the headings in which a bank may talk about itself."""
WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩٫−–", "0123456789.--")
DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b.*")
ISO = re.compile(r"(\d{4})[/.\-]?(\d{2})[/.\-]?(\d{2})(?!\d).*")
AMOUNT = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<group>[.,])\d{3}(?:(?P=group)\d{3})*|\d*)"
    r"(?:(?!(?P=group))[.,](?P<fraction>\d{1,2}|\d{4,8}))?"
)
OUT, IN = ("d", "s", "o", "-", "مد"), ("c", "e", "i", "+", "دا")
"""How words begin that say on which side of an account money stands: débit, sortie, out; crédit, entrée, in."""
UNITS = re.compile(r"€|eur|mad|dhs?|د\.?م\.?|درهم", re.IGNORECASE)


class UnknownColumns(NotAStatement):
    """A table whose headings do not say which column is what: a person must."""

    def __init__(self, delimiter: str, rows: list[list[str]]) -> None:
        super().__init__("columns")
        self.delimiter, self.rows = delimiter, rows
        self.width = max((len(row) for row in rows), default=0)
        self.signature = _signature(rows, self.width)


def parse(data: bytes, *, currency: str, layouts: tuple[Layout, ...] = ()) -> tuple[Parsed, Layout]:
    """The lines of a table in the account's ``currency`` unless a column says another, and how it was read.

    ``layouts`` are those told for earlier files. Raises UnknownColumns when nobody knows the columns, and
    NotAStatement for whatever else is wrong.
    """
    text = decode(data)
    for delimiter in DELIMITERS:
        rows = read(text, delimiter)
        for start, row in enumerate(rows[:PREAMBLE]):
            layout = from_header(row, delimiter)
            if layout is not None:
                return _parsed(rows[start + 1 :], layout, currency, rows[:start]), layout
    unknown = _unknown(text)
    for layout in layouts:
        if (layout.delimiter, layout.signature) == (unknown.delimiter, unknown.signature):
            return parse_told(data, layout, currency=currency), layout
    raise unknown


def parse_told(data: bytes, layout: Layout, *, currency: str) -> Parsed:
    """The lines of a table whose columns are known; rows without a day are headings and totals."""
    if not layout.complete or layout.delimiter not in DELIMITERS:
        raise NotAStatement("columns")
    return _parsed(read(decode(data), layout.delimiter), layout, currency, [])


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without mark), UTF-16 with mark, or Windows-1252."""
    if len(data) > LARGEST:
        raise NotAStatement("too_big")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or not text.strip():
            break
        return text
    raise NotAStatement("not_text")


def read(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a table, each cell tidied; empty ones are dropped."""
    rows = []
    try:
        # splitlines would break rows at exotic separators, too
        for row in csv.reader(re.split(r"(?<=\n)|(?<=\r)(?!\n)", text), delimiter=delimiter):
            cells = [tidy(cell, 600) for cell in row[:100]]
            if any(cells):
                rows.append(cells)
            if len(rows) > MOST:
                raise NotAStatement("too_big")
    except csv.Error:
        raise NotAStatement("not_text") from None
    return rows


def _unknown(text: str) -> UnknownColumns:
    """The table as its likeliest delimiter parts it: the one that gives most rows of the same width."""
    best: tuple[int, str, list[list[str]]] = (0, "", [])
    for delimiter in DELIMITERS:
        rows = read(text, delimiter)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, number = widths.most_common(1)[0] if widths else (0, 0)
        if number * min(width, 4) > best[0]:
            best = (number * min(width, 4), delimiter, rows)
    if not best[0] or not any(day(cell) for row in best[2] for cell in row):
        raise NotAStatement("no_table")
    return UnknownColumns(best[1], best[2])


def _signature(rows: list[list[str]], width: int) -> str:
    """The words of the first full row when it holds no day, else only how wide the table is."""
    first = next((row for row in rows if len(row) == width), [])
    return f"{width}" if any(day(cell) for cell in first) else signature(first)


def day(cell: str) -> date | None:
    """A day as banks write it: 20/11/2026, 20.11.26, 2026-11-20; None when it is none."""
    text = cell.translate(WESTERN).strip()
    try:
        if found := ISO.fullmatch(text):
            return believable(date(int(found[1]), int(found[2]), int(found[3])))
        if found := DAY.fullmatch(text):
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            return believable(date(year, int(found[2]), int(found[1])))
    except ValueError:  # also NotAStatement: the 31st of February, the year 26
        return None
    return None


def amount(cell: str) -> Decimal | None:
    """An exact amount as banks write it: 1 234,56, -1.234,56, 1,234.56, 12,00-, (12.00); None when empty.

    A point or comma before one, two or four and more digits parts the fraction; before three it groups, and then the
    other one parts. What is neither is refused.
    """
    text = UNITS.sub("", cell.translate(WESTERN)).strip().replace("+", "")
    bare = "".join(char for char in text if char not in "\u00a0\u202f\u2009 '’٬")
    if not bare or bare in {"-", "--"}:
        return None
    negative = bare.startswith(("-", "(")) or bare.endswith("-")
    bare = bare.strip("-()")
    found = AMOUNT.fullmatch(bare)
    if found is None or not bare.isascii() or not any(char.isdigit() for char in bare):
        raise NotAStatement("amount", cell[:40])
    whole = re.sub(r"[.,]", "", found["whole"]) or "0"
    if len(whole) > 13:
        raise NotAStatement("amount", cell[:40])
    value = Decimal(f"{whole}.{found['fraction'] or '0'}")
    return -value if negative else value


def _parsed(rows: list[list[str]], layout: Layout, currency: str, above: list[list[str]]) -> Parsed:
    """The movements of rows of data; a row without a day is left out, and said when it holds an amount."""
    movements: list[Movement] = []
    left_out: list[int] = []
    for number, row in enumerate(rows, start=len(above) + 2):
        one = _Row(row, layout)
        booked = day(one.cell(Role.DAY))
        if booked is None:
            if one.has_amount() and movements:
                left_out.append(number)
            continue
        minor, code = one.minor(currency, str(number))
        if minor:
            movements.append(one.movement(booked, minor, code))
    if not movements:
        raise NotAStatement("no_lines")
    return Parsed(_account(above), tuple(movements), tuple(left_out[:50]))


def _account(above: list[list[str]]) -> str:
    """The IBAN or RIB that the rows above the headings name, or nothing."""
    for cell in (cell for row in above for cell in row):
        for found in re.finditer(r"\b[A-Z]{2}\d{2}[A-Z0-9 ]{10,45}", cell.upper()):
            value = compact(found[0])
            with suppress(NotAnIBAN):
                return iban(value[: LENGTHS.get(value[:2], 34)])
        if digits := re.search(r"\b(?:\d ?){24}\b", cell):
            return compact(digits[0])
    return ""


class _Row:
    """One row, read by the roles of its columns."""

    def __init__(self, row: Row, layout: Layout) -> None:
        self.row, self.layout = row, layout

    def cells(self, role: Role) -> Iterator[str]:
        for index, known in enumerate(self.layout.roles):
            if known == role and index < len(self.row):
                yield self.row[index]

    def cell(self, role: Role) -> str:
        return next(self.cells(role), "")

    def joined(self, role: Role, length: int) -> str:
        return tidy(" ".join(self.cells(role)), length)

    def has_amount(self) -> bool:
        """Whether money stands in the row, readable or not."""
        cells = [self.cell(role) for role in (Role.AMOUNT, Role.IN, Role.OUT)]
        return any(any(char.isdigit() for char in cell) for cell in cells)

    def minor(self, currency: str, where: str) -> tuple[int, str]:
        """Signed minor units with their currency; 0 for a line without money."""
        code = self.cell(Role.CURRENCY).upper() or currency
        code = {"€": "EUR", "EUROS": "EUR", "DH": "MAD", "DHS": "MAD"}.get(code, code)
        if code not in CURRENCIES:
            raise NotAStatement("currency", code[:10])
        try:
            one = amount(self.cell(Role.AMOUNT)) or Decimal(0)
            incoming = amount(self.cell(Role.IN)) or Decimal(0)
            outgoing = amount(self.cell(Role.OUT)) or Decimal(0)
        except NotAStatement:
            raise NotAStatement("amount", where) from None
        side = fold(self.cell(Role.SIDE))
        if side.startswith(OUT):
            one = -abs(one)
        elif side and not side.startswith(IN):
            raise NotAStatement("sign", where)
        return minor_units(one + incoming - abs(outgoing), code, where), code

    def movement(self, booked: date, minor: int, currency: str) -> Movement:
        """The line as the rest of the site knows it."""
        return Movement(
            booked_on=booked,
            value_on=day(self.cell(Role.VALUE)),
            amount_minor=minor,
            currency=currency,
            counterparty=self.joined(Role.NAME, 140),
            text=self.joined(Role.TEXT, 500),
            reference=self.joined(Role.REFERENCE, 140),
        )
