"""Background work: rows first, these tasks only work through what is due."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from core.contract import Schedule
from core.domain import wakes
from plugins.federation import chores
from plugins.federation.domain import deliveries, inbox, sending


@task()
def process_inbox() -> None:
    """Process stored activities that are due."""
    wakes.heard(process_inbox)
    inbox.process_due()


@task()
def send_deliveries() -> None:
    """Send deliveries that are due."""
    wakes.heard(send_deliveries)
    sending.send_due()


@task()
def forget_old_work() -> None:
    """Delete what was sent or processed more than thirty days ago."""
    deliveries.prune()
    inbox.prune()


schedules = [
    *chores.schedules,
    Schedule("federation.inbox", process_inbox, timedelta(minutes=1)),
    Schedule("federation.deliveries", send_deliveries, timedelta(minutes=1)),
    Schedule("federation.forget", forget_old_work, timedelta(days=1)),
]
