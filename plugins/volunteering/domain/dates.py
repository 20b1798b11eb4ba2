"""Days as read in each language; Arabic with the month names of Morocco."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language

LOCALES = {"ar": "ar_MA", "zgh": "fr", "en": "en_GB"}


def locale() -> str:
    """Babel's name of the active language."""
    language = (get_language() or "fr").split("-")[0]
    return LOCALES.get(language, language)


def day(value: date) -> str:
    """Day and month, with the year when it is not this one: ``27 novembre``."""
    pattern = "d MMMM" if value.year == timezone.localdate().year else "d MMMM y"
    return format_date(value, pattern, locale=locale())


def month(value: date) -> str:
    """A month's short name, for the head of a chronogram."""
    return format_date(value, "MMM", locale=locale())
