"""Working through the stored activities, one transaction each."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from plugins.federation.domain import processing, wakes
from plugins.federation.models import InboxActivity

log = logging.getLogger(__name__)
BATCH = 20
LEASE = timedelta(seconds=120)
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
            batch = InboxActivity.objects.take(BATCH, lease=LEASE)
        for activity in batch:
            process_one(activity)  # type: ignore[arg-type]
        tried += len(batch)
        if len(batch) < BATCH:
            return tried


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
