"""Core's background work: the rows hold the work, these functions do what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.core.management import call_command
from django_tasks import task

from core.contract import Schedule
from core.domain import wakes

BATCH = 50


@task()
def send_due_notices() -> int:
    """E-mail the notices that are due; gives how many were tried."""
    from core.domain.notices import deliver

    wakes.heard(send_due_notices)
    return until_empty(deliver)


@task()
def send_due_letters() -> int:
    """Send the letters that are due; gives how many were tried."""
    from core.domain.mail import deliver_letters

    wakes.heard(send_due_letters)
    return until_empty(deliver_letters)


@task()
def expire_pages() -> None:
    """Publish and expire the pages whose time has come."""
    call_command("publish_scheduled", verbosity=0)


@task()
def forget_unconfirmed() -> int:
    """Remove ideas nobody confirmed within a week, used codes and photos left behind; gives how many ideas."""
    from core.domain.proposals import forget_unconfirmed as forget

    return forget()


@task()
def forget_old_results() -> int:
    """Remove what the embedded engine keeps of finished runs; gives how many."""
    from core.domain.schedule import forget_old_results as forget

    return forget()


def until_empty(deliver: Callable[[int], int]) -> int:
    """Batch after batch, while each one is full."""
    total = 0
    while True:
        tried = deliver(BATCH)
        total += tried
        if tried < BATCH:
            return total


schedules = [
    Schedule("core.forget_old_results", forget_old_results, timedelta(minutes=30)),
    Schedule("core.send_due_notices", send_due_notices, timedelta(minutes=1)),
    Schedule("core.send_due_letters", send_due_letters, timedelta(minutes=1)),
    Schedule("core.expire_pages", expire_pages, timedelta(minutes=10)),
    Schedule("core.forget_unconfirmed", forget_unconfirmed, timedelta(days=1)),
]
