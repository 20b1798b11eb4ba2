"""What is known of stored cards and accounts: their signs. Their numbers are with the provider alone."""

from __future__ import annotations

from django.db.models import QuerySet

from plugins.crowdfunding.models import Mandate


def said(row: Mandate | None) -> dict[str, str]:
    """What the person recognises it by, and since when the provider stores it no longer."""
    if row is None:
        return {"card": "", "card_removed": ""}
    return {"card": row.label, "card_removed": row.detached_at.isoformat() if row.detached_at else ""}


def erase(rows: QuerySet[Mandate]) -> None:
    """Take the signs off; the provider removes the card by itself once nothing needs it (domain/mandates.py)."""
    rows.update(label="", expires=None)
