"""Promises that wait: reminded of, told when they can be paid, let expire."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from plugins.crowdfunding.domain import letters, pledges
from plugins.crowdfunding.domain.lifecycles import LIFE, REMINDERS, REPLACED_WITHIN, UNFINISHED, NotPossible
from plugins.crowdfunding.models import Campaign, CollectorSettings, Payment, Pledge


@transaction.atomic
def remind(row: Pledge, number: int) -> None:
    """Remind the donor for the n-th time."""
    won = Pledge.objects.filter(pk=row.pk, state=Pledge.State.PLEDGED, reminders=number - 1).update(
        reminders=number
    )
    if won:
        letters.reminder(row, number)


def follow_up(now: datetime | None = None) -> dict[str, int]:
    """Remind of promises after 14 and 30 days and let them expire after 60; gives how many of each.

    A promise that cannot be paid yet, because the collector waits for its authorisation, is left in peace.
    """
    now = now or timezone.now()
    done = {"reminded": 0, "expired": 0}
    waiting = Pledge.objects.filter(state=Pledge.State.PLEDGED, channel__in=Pledge.OFFLINE)
    waiting = waiting.exclude(cash__state="declared")  # the donor has paid: it is not her turn
    waiting = waiting.select_related("campaign")
    tell_payable()
    shut = letters.shut_collectors()
    for row in list(
        waiting.filter(waiting_since__lte=now - LIFE).exclude(collector__in=shut).order_by("pk")[:500]
    ):
        with suppress(NotPossible):  # paid or cancelled meanwhile
            pledges.expire(row)
            done["expired"] += 1
    done["expired"] += _expire_unfinished(now)
    for number, delay in reversed(list(enumerate(REMINDERS, start=1))):
        due = waiting.filter(waiting_since__lte=now - delay, reminders__lt=number).exclude(collector__in=shut)
        for row in list(due.order_by("pk")[:500]):
            Pledge.objects.filter(pk=row.pk).update(reminders=number - 1)
            remind(row, number)
            done["reminded"] += 1
    return done


def _expire_unfinished(now: datetime) -> int:
    """Pages of a provider nobody finished, and refused cards nobody replaced (a closing run ends its own)."""
    left = Pledge.objects.filter(state=Pledge.State.STARTED, created_at__lte=now - UNFINISHED)
    refused = Pledge.objects.filter(state=Pledge.State.DUE, waiting_since__lte=now - REPLACED_WITHIN)
    refused = refused.exclude(campaign__state=Campaign.State.COLLECTING)
    busy = Payment.objects.filter(state=Payment.State.PROCESSING).values("pledge")
    number = 0
    for rows in (left, refused):
        for row in list(rows.exclude(pk__in=busy).order_by("pk")[:500]):
            with suppress(NotPossible):
                pledges.expire(row)
                number += 1
    return number


def tell_payable() -> None:
    """Tell donors whose collector's authorisation has begun since they promised; their clock starts again."""
    for account in CollectorSettings.objects.exclude(authorised_from=None):
        if not account.needs_authorisation or not account.may_collect():
            continue
        rows = Pledge.objects.filter(collector=account.organisation_id, state=Pledge.State.PLEDGED)
        waiting = rows.filter(waiting_since__date__lt=account.authorised_from).select_related("campaign")
        for row in list(waiting.order_by("pk")[:500]):
            with transaction.atomic():
                letters.payable(row)
