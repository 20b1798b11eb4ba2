"""Background work: rows first, these tasks only work through what is due."""

from __future__ import annotations

from django_tasks import task


@task()
def process_inbox() -> None:
    """Process stored activities that are due."""
    raise NotImplementedError


@task()
def send_deliveries() -> None:
    """Send deliveries that are due."""
    raise NotImplementedError


schedules: list = []
