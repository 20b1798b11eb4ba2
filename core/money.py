"""Amounts: integer minor units and an ISO 4217 code in the database, ``moneyed.Money`` in Python, never floats."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency
from django.db import models
from django.utils.translation import get_language_info
from moneyed import Money, get_currency
from moneyed.classes import CurrencyDoesNotExist

CURRENCIES = ("EUR", "MAD")
CURRENCY_CHOICES = [("EUR", "EUR"), ("MAD", "MAD")]
NO_BREAK = "\u00a0"


class CurrencyMismatch(TypeError):
    """Two amounts in different currencies were added or compared."""


class NotAnAmount(ValueError):
    """The text is not an amount of money."""


def money(minor: int, currency: str) -> Money:
    """Money from minor units: ``money(5000, "EUR")`` is 50 euros."""
    unit = get_currency(currency)
    return Money(Decimal(minor) / unit.sub_unit, unit)


def minor(amount: Money) -> int:
    """Minor units of an amount; raises NotAnAmount when it has a fraction of the smallest unit."""
    value = amount.amount * amount.currency.sub_unit
    if value != value.to_integral_value():
        raise NotAnAmount(f"{amount} is finer than the smallest unit of {amount.currency.code}")
    return int(value)


def parse(text: str, currency: str) -> Money:
    """An amount as people type it, in French, Arabic or English: spaces, comma or point, Arabic digits.

    Raises NotAnAmount on anything else, on more decimals than the currency has, and beyond 10^12 minor units.
    """
    western = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")).strip()
    cleaned = "".join(char for char in western if char not in "\u00a0\u202f\u2009 '٬").replace(",", ".")
    if not cleaned or not cleaned.isascii() or any(char not in "0123456789.-" for char in cleaned):
        raise NotAnAmount(text)
    try:
        value = Decimal(cleaned)
    except InvalidOperation as error:
        raise NotAnAmount(text) from error
    try:
        amount = Money(value, get_currency(currency))
    except CurrencyDoesNotExist as error:
        raise NotAnAmount(currency) from error
    if abs(minor(amount)) > 10**12:
        raise NotAnAmount(text)
    return amount


def total(amounts: list[Money], currency: str) -> Money:
    """Sum of amounts in one currency; raises CurrencyMismatch when one differs."""
    result = money(0, currency)
    for amount in amounts:
        if amount.currency.code != currency:
            raise CurrencyMismatch(f"{amount} is not in {currency}")
        result += amount
    return result


def percent(part: Money, whole: Money) -> int:
    """Whole per cent of ``part`` in ``whole``, rounded half up, never beyond 100; 0 when there is no whole."""
    if part.currency != whole.currency:
        raise CurrencyMismatch(f"{part} and {whole}")
    if not whole.amount:
        return 0
    ratio = (part.amount * 100 / whole.amount).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(0, min(100, int(ratio)))


def text(amount: Money, language: str) -> str:
    """An amount as read in a language: no-break spaces, western digits (as in Morocco), no empty cents."""
    return _text(amount.amount, amount.currency.code, "en" if language == "en" else "fr")


@lru_cache(maxsize=4096)
def _text(amount: Decimal, currency: str, locale: str) -> str:
    whole = amount == amount.to_integral_value()
    # Moroccan readers group thousands by spaces in Arabic too; a comma or point there reads as decimals.
    shown = format_currency(
        amount,
        currency,
        format="#,##0 ¤" if whole else "#,##0.00 ¤",
        locale=locale,
        currency_digits=False,
        numbering_system="latn",
    )
    return shown.replace("MAD", "DH").replace(" ", NO_BREAK)


def isolated(amount: Money, language: str) -> str:
    """``text``, kept whole and in its order inside a sentence that runs from right to left."""
    written = text(amount, language)
    return f"\u2066{written}\u2069" if get_language_info(language)["bidi"] else written


class MinorField(models.BigIntegerField):
    """An amount in minor units; the currency stands in the row's ``currency`` column."""


class CurrencyField(models.CharField):
    """An ISO 4217 code among those the platform takes."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("choices", CURRENCY_CHOICES)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
