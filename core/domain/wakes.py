"""Waking workers: many rows written at once wake them once. The rows are the work; a lost wake loses nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction

ASLEEP_AT_MOST = 15
"""Seconds after which a wake is sent again although the last one has not been heard."""


def wake(task: Any) -> None:
    """Enqueue a task when the current transaction commits, unless one is already on its way."""
    enqueue = _enqueuer(task)
    if not any(entry[1] is enqueue for entry in transaction.get_connection().run_on_commit):
        transaction.on_commit(enqueue, robust=True)


@functools.cache
def _enqueuer(task: Any) -> Callable[[], None]:
    def enqueue() -> None:
        if cache.add(_flag(task), 1, ASLEEP_AT_MOST):
            task.enqueue()

    return enqueue


def heard(task: Any) -> None:
    """The task starts: whatever is written from now on wakes it again. Call it before looking at the rows."""
    cache.delete(_flag(task))


def _flag(task: Any) -> str:
    return f"wake:{task.module_path}"
