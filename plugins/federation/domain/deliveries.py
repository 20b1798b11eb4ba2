"""Sending activities: stored once, one row per inbox, tried until it arrives or a week has passed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from core.domain import wakes
from plugins.federation.domain import addresses, hosts
from plugins.federation.models import Delivery, Host, Outgoing

PER_HOST_AND_ACTIVITY = 200
"""Inboxes of one host that one activity goes to: honest hosts with many readers give a shared inbox."""
WAITING_PER_FAILING_HOST = 100
"""Deliveries kept for a host that does not answer."""
KEPT = timedelta(days=30)


def deliver(activity: dict[str, Any], *, sender_uri: str, inboxes: Iterable[str]) -> int:
    """Store the activity once and one delivery per inbox, inside the caller's transaction; gives their number.

    Inboxes of our own, of blocked hosts and of hosts given up on are left out. Workers wake on commit.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "Deliveries are written in the transaction of their change."
        )
    wanted = _by_host(inboxes)
    reachable = _reachable(set(wanted.values())) if wanted else set()
    targets = _within_limits([(inbox, host) for inbox, host in wanted.items() if host in reachable])
    if not targets:
        return 0
    body = json.dumps(activity, ensure_ascii=False, separators=(",", ":")).encode()
    outgoing = Outgoing.objects.create(
        sender_uri=sender_uri, activity_uri=str(activity.get("id", "")), body=body
    )
    Host.objects.bulk_create(
        [Host(name=name) for name in {host for _inbox, host in targets}], ignore_conflicts=True
    )
    Delivery.objects.bulk_create(
        [Delivery(outgoing=outgoing, inbox=inbox, host=host) for inbox, host in targets], batch_size=500
    )
    wake()
    return len(targets)


def wake() -> None:
    """Ask a worker to send when the transaction commits."""
    from plugins.federation.tasks import send_deliveries

    wakes.wake(send_deliveries)


def _by_host(inboxes: Iterable[str]) -> dict[str, str]:
    """Each inbox once, with its host; addresses that are none or ours are left out."""
    found = {}
    for inbox in inboxes:
        try:
            host = addresses.parse(inbox).host
        except addresses.BadAddress:
            continue
        if not addresses.is_ours(inbox):
            found[inbox] = host
    return found


def _reachable(names: set[str]) -> set[str]:
    """Hosts that may be spoken to and have not been silent for a week."""
    refused = hosts.blocked_among(names)
    silent = Host.objects.filter(name__in=names, failing_since__lt=timezone.now() - hosts.GIVEN_UP_AFTER)
    return names - refused - set(silent.values_list("name", flat=True))


def _within_limits(targets: list[tuple[str, str]]) -> list[tuple[str, str]]:
    failing = Host.objects.filter(name__in={host for _inbox, host in targets}, failures__gt=0)
    names = list(failing.values_list("name", flat=True))
    waiting = Delivery.objects.filter(host__in=names, state=Delivery.State.WAITING).values_list("host")
    queued = Counter(dict(waiting.annotate(Count("pk")))) if names else Counter()
    room = {
        host: max(0, WAITING_PER_FAILING_HOST - queued[host]) if host in names else PER_HOST_AND_ACTIVITY
        for _inbox, host in targets
    }
    kept = []
    for inbox, host in targets:
        if room[host] > 0:
            room[host] -= 1
            kept.append((inbox, host))
    return kept


def prune() -> None:
    """Forget what was sent or given up more than thirty days ago."""
    old = timezone.now() - KEPT
    Delivery.objects.exclude(state=Delivery.State.WAITING).filter(created_at__lt=old).delete()
    Outgoing.objects.filter(created_at__lt=old, deliveries=None).delete()
