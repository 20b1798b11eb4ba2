"""Working through the stored activities, one transaction each."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.domain import wakes
from plugins.federation.domain import processing
from plugins.federation.models import InboxActivity

log = logging.getLogger(__name__)
BATCH = 20
LEASE = timedelta(seconds=60)
BEGUN_WITHIN = 25.0
"""Seconds after taking a batch in which its activities may be begun: preparing one may take as long again."""
MAX_ATTEMPTS = 10
KEPT = timedelta(days=30)


def wake() -> None:
    """Ask a worker to look when the transaction commits."""
    from plugins.federation.tasks import process_inbox

    wakes.wake(process_inbox)


def process_due() -> int:
    """Process activities that are due until none is left; gives how many were tried."""
    tried = 0
    while True:
        with transaction.atomic():
            batch: list[InboxActivity] = list(InboxActivity.objects.take(BATCH, lease=LEASE))  # type: ignore[arg-type]
        until = time.monotonic() + BEGUN_WITHIN
        for activity in batch:
            if time.monotonic() > until:
                _give_back(activity)
            else:
                process_one(activity)
                tried += 1
        if len(batch) < BATCH:
            return tried


def _give_back(activity: InboxActivity) -> None:
    """Not its turn in this batch after all: the attempt does not count."""
    InboxActivity.objects.filter(pk=activity.pk).update(leased_until=None, attempts=activity.attempts - 1)


def process_one(activity: InboxActivity) -> None:
    """Prepare outside any transaction, then process and finish in one; what fails is tried again later."""
    try:
        processing.prepare(activity)
        with transaction.atomic():
            processing.process(activity)
            activity.finish()
    except (processing.Ignored, processing.Refused) as final:
        log.info("inbox: %s not applied: %s", activity, final)
        activity.state, activity.leased_until = activity.State.DONE, None
        activity.last_error = f"{type(final).__name__}: {final}"[:300]
        activity.save(update_fields=["state", "leased_until", "last_error"])
    except Exception as error:
        log.exception("inbox: %s failed", activity)
        reason = f"{type(error).__name__}: {error}"
        if activity.attempts >= MAX_ATTEMPTS:
            activity.give_up(reason)
        else:
            activity.postpone(timedelta(seconds=min(15 * 4**activity.attempts, 6 * 3600)), reason)


def prune() -> None:
    """Forget what was processed or refused more than thirty days ago."""
    InboxActivity.objects.exclude(state=InboxActivity.State.WAITING).filter(
        received_at__lt=timezone.now() - KEPT
    ).delete()
