"""Search in the treasurer's lists: by reference code, amount, name or address."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.money import CURRENCIES, NotAnAmount, minor, parse
from plugins.crowdfunding.domain import codes
from plugins.crowdfunding.models import Payment, Pledge


def clean(text: str) -> str:
    """What was typed, without control characters, 80 characters at most."""
    return "".join(char for char in text if char.isprintable())[:80].strip()


def conditions(text: str, prefix: str = "") -> Q:
    """A code when it is one, else an amount in any currency, else a part of a name, address or code."""
    try:
        code = codes.parse(text)
        return Q(**{f"{prefix}code": code}) | Q(**{f"{prefix}support__code": code})
    except codes.NotACode:
        pass
    found = Q(**{f"{prefix}name__icontains": text}) | Q(**{f"{prefix}email__icontains": text})
    found |= Q(**{f"{prefix}code__startswith": text.upper().replace("-", "")})
    for currency in CURRENCIES:
        try:
            found |= Q(currency=currency, amount_minor=minor(parse(text, currency)))
        except NotAnAmount:
            continue
    return found


def pledges(rows: QuerySet[Pledge], text: str) -> QuerySet[Pledge]:
    """The pledges that answer a search; all for an empty one."""
    return rows.filter(conditions(text)) if text else rows


def payments(rows: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    """The payments that answer a search by their pledge, their amount or the bank's reference."""
    return rows.filter(conditions(text, "pledge__") | Q(reference__icontains=text)) if text else rows
