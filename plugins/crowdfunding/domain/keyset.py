"""Pages of lists that stay fast at any length: newest first, from a row's id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

SIZE = 20
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Slice(Generic[M]):
    """Some rows, and the id after which the list goes on (None at the end)."""

    rows: list[M]
    after: int | None


def page(rows: QuerySet[M], after: str | None, size: int = SIZE) -> Slice[M]:
    """The rows below an id, newest first; a text that is no id starts at the top."""
    if after and after.isascii() and after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    return Slice(shown, shown[-1].pk if len(found) > size else None)
