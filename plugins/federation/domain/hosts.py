"""Which remote hosts may speak to us, and which answer us."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.models.work import WorkQuerySet
from plugins.federation.domain import addresses
from plugins.federation.models import Delivery, Host, InboxActivity

FAILURES_ALLOWED = 5
"""Failures in a row after which a host is left alone for a while."""
LONGEST_PAUSE = timedelta(hours=12)
GIVEN_UP_AFTER = timedelta(days=7)
"""A host that has failed for so long gets no new deliveries until it speaks to us again."""


def block(name: str, *, reason: str = "") -> Host:
    """Refuse a host and its subdomains from now on, and drop what waits for it and from it."""
    with transaction.atomic():
        host, _made = Host.objects.update_or_create(
            name=name.lower(), defaults={"blocked": True, "reason": reason}
        )
        _waiting_for(host).update(
            state=Delivery.State.FAILED, last_error="the host is blocked", leased_until=None
        )
        for scheme in ("https", "http"):
            waiting = InboxActivity.objects.filter(actor_uri__startswith=f"{scheme}://{host.name}/")
            waiting.filter(state=InboxActivity.State.WAITING).delete()
    return host


def unblock(name: str) -> None:
    """Let a host speak to us again."""
    Host.objects.filter(name=name.lower()).update(blocked=False, reason="")


def admit(name: str) -> Host:
    """Put a host on the allow-list."""
    return Host.objects.update_or_create(name=name.lower(), defaults={"admitted": True})[0]


def is_blocked(url: str) -> bool:
    """Whether nothing may be had from an address: its host or a parent domain is blocked, or not admitted where there
    is an allow-list, or it is no address at all.
    """
    try:
        return standing(addresses.parse(url).host).refusal is not None
    except addresses.BadAddress:
        return True


class Standing(NamedTuple):
    """What is known of a host that speaks to us: why it may not, and whether its row must change when it does."""

    refusal: str | None
    is_known: bool
    is_failing: bool


def standing(host: str) -> Standing:
    """Whether a host may speak to us; one query."""
    rows = Host.objects.filter(name__in=addresses.parents(host)).values_list(
        "name", "blocked", "admitted", "failures"
    )
    found = {name: (blocked, admitted, failures) for name, blocked, admitted, failures in rows}
    refusal = None
    if any(blocked for blocked, _admitted, _failures in found.values()):
        refusal = f"{host} is blocked here."
    elif getattr(settings, "FEDERATION_ALLOW_LIST", False) and not any(row[1] for row in found.values()):
        refusal = f"{host} has not been admitted here."
    return Standing(refusal, host in found, host in found and found[host][2] > 0)


def blocked_among(names: set[str]) -> set[str]:
    """Those of the hosts that may not be spoken to; one query."""
    asked = {above for name in names for above in addresses.parents(name)}
    rows = Host.objects.filter(name__in=asked)
    blocked = set(rows.filter(blocked=True).values_list("name", flat=True))
    refused = {name for name in names if blocked.intersection(addresses.parents(name))}
    if getattr(settings, "FEDERATION_ALLOW_LIST", False):
        admitted = set(rows.filter(admitted=True).values_list("name", flat=True))
        refused |= {name for name in names if not admitted.intersection(addresses.parents(name))}
    return refused


def answered(name: str) -> None:
    """A host answered a delivery or sent us something valid: close its circuit and wake what waited for it."""
    now = timezone.now()
    closed = Host.objects.filter(name=name, failures__gt=0).update(
        failures=0, failing_since=None, retry_at=None, last_seen_at=now
    )
    if closed:
        waiting = Delivery.objects.filter(host=name, state=Delivery.State.WAITING, leased_until=None)
        waiting.update(next_attempt_at=now)


def heard_from(name: str, before: Standing) -> None:
    """A host sent something valid: it is alive; call inside the transaction that stores it."""
    if not before.is_known:
        Host.objects.get_or_create(name=name)
    elif before.is_failing:
        answered(name)


def failed(name: str) -> timedelta | None:
    """A host did not answer: count it, and after some in a row open its circuit; gives the pause then."""
    host, _made = Host.objects.get_or_create(name=name)
    host.failures += 1
    host.failing_since = host.failing_since or timezone.now()
    pause = None
    if host.failures >= FAILURES_ALLOWED:
        pause = min(timedelta(minutes=2 ** min(host.failures - FAILURES_ALLOWED, 12)), LONGEST_PAUSE)
        host.retry_at = timezone.now() + pause
        waiting = _waiting_for(host).filter(leased_until=None, next_attempt_at__lt=host.retry_at)
        waiting.update(next_attempt_at=host.retry_at)
    host.save(update_fields=["failures", "failing_since", "retry_at"])
    return pause


def _waiting_for(host: Host) -> WorkQuerySet:
    return Delivery.objects.filter(host=host.name, state=Delivery.State.WAITING)
