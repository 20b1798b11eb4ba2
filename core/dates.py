"""Dates in the words of our readers: in Arabic the months of Morocco (نونبر, not نوفمبر)."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from django.utils import timezone
from django.utils.translation import get_language

LOCALES = {"ar": "ar_MA", "en": "en_GB", "zgh": "fr"}
"""Locales of our languages where the bare code would say it otherwise."""


def text(value: date | None, pattern: str = "d MMM y") -> str:
    """A date or a moment (in local time) in the active language; ``pattern`` is CLDR's. Nothing for None."""
    if value is None:
        return ""
    language = get_language() or "fr"
    locale = LOCALES.get(language, language)
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        value = value.replace(tzinfo=None)
    return _text(value, pattern, locale)


@lru_cache(maxsize=4096)
def _text(value: date, pattern: str, locale: str) -> str:
    show = format_datetime if isinstance(value, datetime) else format_date
    return str(show(value, pattern, locale=locale))
