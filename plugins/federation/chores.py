"""Background work on what is shared and received; the rows hold the work. ``tasks.py`` puts it on the schedule."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from core.contract import Schedule
from core.domain import wakes


@task()
def share_events() -> int:
    """Turn what the journal told into activities, batch after batch; gives how many events were looked at."""
    from plugins.federation.domain.outbound import share_due

    wakes.heard(share_events)
    total = 0
    while batch := share_due():
        total += batch
    return total


@task()
def read_outboxes() -> int:
    """Read the outboxes of instances that have just admitted us; gives how many objects came in."""
    from plugins.federation.domain.backfill import read_due

    wakes.heard(read_outboxes)
    return read_due()


@task()
def ask_peers_again() -> int:
    """Repeat follow requests that nobody answered; gives how many."""
    from plugins.federation.domain.peers import ask_again

    return ask_again()


@task()
def refresh_peers() -> int:
    """Read the actors of linked instances anew: names, inboxes; gives how many answered."""
    from plugins.federation.domain.peers import refresh

    return refresh()


schedules = [
    Schedule("federation.share", share_events, timedelta(seconds=30)),
    Schedule("federation.outboxes", read_outboxes, timedelta(minutes=1)),
    Schedule("federation.ask_again", ask_peers_again, timedelta(hours=12)),
    Schedule("federation.refresh_peers", refresh_peers, timedelta(days=1)),
]
