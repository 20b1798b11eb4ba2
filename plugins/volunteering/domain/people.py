"""Who stands behind a side."""

from __future__ import annotations

from core.domain.permissions import MANAGERS
from core.models import Organisation, Person


def managers_of(host: Organisation) -> list[Person]:
    """Managers and agents of an organisation today."""
    rows = Person.objects.filter(
        is_active=True,
        memberships__organisation=host,
        memberships__role__in=MANAGERS,
        memberships__until=None,
    )
    return list(rows.distinct().order_by("pk"))


def animators() -> list[Person]:
    """The animators of this instance."""
    return list(Person.objects.filter(is_active=True, is_animator=True).order_by("pk"))
