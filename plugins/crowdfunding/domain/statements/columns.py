"""Which column of a bank's table is what: told by its words, in French, English or Arabic, or by a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.text import fold

Row = Sequence[str]


class Role(StrEnum):
    """What a column holds."""

    DAY = "day"
    VALUE = "value"
    TEXT = "text"
    NAME = "name"
    AMOUNT = "amount"
    OUT = "out"
    IN = "in"
    CURRENCY = "currency"
    REFERENCE = "reference"
    SIDE = "side"
    NOTHING = "nothing"


ONCE = (Role.DAY, Role.VALUE, Role.AMOUNT, Role.OUT, Role.IN, Role.CURRENCY, Role.REFERENCE, Role.SIDE)
"""Roles that one column has at most; several texts are joined."""

WORDS: tuple[tuple[Role, str], ...] = (
    (
        Role.NOTHING,
        r"solde|balance|numero de compte|\bcompte\b|\baccount\b|iban|\brib\b|categorie|category|pointage",
    ),
    (Role.NOTHING, r"الرصيد|رقم الحساب"),
    (Role.VALUE, r"valeur|value|القيمه|الاستحقاق"),
    (Role.DAY, r"\bdate\b|^jour|booking|posted|posting|dateop|تاريخ"),
    (Role.SIDE, r"^(sens|d ?/ ?c|debit ?/ ?credit|type d ?/ ?c|indicateur|direction)\b.*$"),
    (Role.AMOUNT, r"debit.*credit|credit.*debit"),
    (Role.OUT, r"debit|sortie|retrait|withdrawal|paid out|money out|مدين|سحب"),
    (Role.IN, r"credit|entree|versement|depot|deposit|paid in|money in|داين|ايداع"),
    (Role.CURRENCY, r"^(devise|currency|monnaie|العمله)"),
    (Role.AMOUNT, r"montant|amount|المبلغ|somme"),
    (Role.REFERENCE, r"^n ?°|^(no|num|numero|ref|transaction id|id)\b|المرجع|reference"),
    (
        Role.NAME,
        r"contrepartie|counterparty|tiers|beneficiaire|donneur|emetteur|payer|payee|debtor|^nom\b|^name\b|الاسم",
    ),
    (
        Role.TEXT,
        r"libelle|description|detail|nature|motif|communication|remittance|information|operation|memo",
    ),
    (Role.TEXT, r"label|البيان|الوصف|العمليه|objet|narrative|wording"),
)
"""In this order: a balance is no amount, a value date is not the day of booking."""


@dataclass(frozen=True)
class Layout:
    """How a table is read. ``signature`` recognises the next file of the same bank."""

    delimiter: str
    roles: tuple[Role, ...]
    signature: str

    @property
    def complete(self) -> bool:
        """Whether a day and an amount can be read: one column of amounts, or money in and out."""
        roles = set(self.roles)
        once = all(self.roles.count(role) <= 1 for role in ONCE)
        amounts = (Role.AMOUNT in roles) != bool(roles & {Role.IN, Role.OUT})
        return once and Role.DAY in roles and amounts and (Role.SIDE not in roles or Role.AMOUNT in roles)


def words_of(cell: str) -> str:
    """A heading as it is compared: folded, without underscores and what stands in brackets."""
    return fold(re.sub(r"\(.*?\)|[_.:*\"']", " ", cell[:80]))


def role_of(cell: str) -> Role:
    """What a heading's words say of its column."""
    words = words_of(cell)
    return next((role for role, pattern in WORDS if re.search(pattern, words)), Role.NOTHING)


def from_header(row: Row, delimiter: str) -> Layout | None:
    """The layout that a row of headings names, or None when it is no such row."""
    if not 2 <= len(row) <= 60:
        return None
    roles: list[Role] = []
    for cell in row:
        role = role_of(cell)
        if role in ONCE and role in roles:  # "Date" and "Date de l'opération": the first is read
            role = Role.TEXT if role == Role.REFERENCE else Role.NOTHING
        roles.append(role)
    found = Layout(delimiter, tuple(roles), signature(row))
    both = {Role.IN, Role.OUT} <= set(roles) or Role.AMOUNT in roles
    return found if found.complete and both else None


def signature(row: Row) -> str:
    """What recognises the tables of one bank: the words of its headings."""
    return "|".join(words_of(cell) for cell in row)[:500]
