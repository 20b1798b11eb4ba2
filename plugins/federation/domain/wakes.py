"""Waking workers: many rows written at once wake them once. The rows are the work; a lost wake loses nothing."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import transaction

ASLEEP_AT_MOST = 15
"""Seconds after which a wake is sent again although the last one has not been heard."""


def wake(task: Any) -> None:
    """Enqueue a task when the current transaction commits, unless one is already on its way."""
    transaction.on_commit(lambda: _enqueue(task))


def _enqueue(task: Any) -> None:
    if cache.add(_flag(task), 1, ASLEEP_AT_MOST):
        task.enqueue()


def heard(task: Any) -> None:
    """The task starts: whatever is written from now on wakes it again. Call it before looking at the rows."""
    cache.delete(_flag(task))


def _flag(task: Any) -> str:
    return f"federation:wake:{task.func.__name__}"
