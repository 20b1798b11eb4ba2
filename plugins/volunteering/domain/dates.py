"""Days as the plan says them: the year only when it is not this one."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from core.dates import text


def day(value: date) -> str:
    """Day and month, with the year when it is not this one: ``27 novembre``."""
    return text(value, "d MMMM" if value.year == timezone.localdate().year else "d MMMM y")


def month(value: date) -> str:
    """A month's short name, for the head of a chronogram."""
    return text(value, "MMM")
