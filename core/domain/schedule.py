"""The schedule: repeating work is enqueued once per period over all workers, and no worker is needed twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from core.contract import Schedule
from core.models import ScheduledRun
from core.registry import registry

HEARTBEAT = "core.worker.heartbeat"
HEARTBEAT_SECONDS = 60
"""After so long without a sign a worker counts as gone."""
KEEP_SUCCESSES = timedelta(hours=1)
KEEP_FAILURES = timedelta(days=7)


def enqueue_due(now: datetime | None = None) -> list[str]:
    """Enqueue every schedule whose time has come; gives their names.

    Two workers may call it at the same moment: moving ``next_at`` from the value that was read is what claims a
    run, in the transaction that enqueues it, so that a worker killed in between leaves the run to the other one.
    A run that still waits in the queue is not enqueued a second time.
    """
    now = now or timezone.now()
    schedules = {schedule.name: schedule for schedule in registry.schedules()}
    rows = {row.name: row for row in ScheduledRun.objects.filter(name__in=schedules)}
    new = [ScheduledRun(name=name, next_at=now) for name in schedules if name not in rows]
    if new:
        ScheduledRun.objects.bulk_create(new, ignore_conflicts=True)
        rows = {row.name: row for row in ScheduledRun.objects.filter(name__in=schedules)}
    due = [row for row in rows.values() if row.next_at <= now]
    return [row.name for row in due if _enqueue(schedules[row.name], row, now)]


def _enqueue(schedule: Schedule, row: ScheduledRun, now: datetime) -> bool:
    with transaction.atomic():
        claimed = ScheduledRun.objects.filter(pk=row.pk, next_at=row.next_at).update(
            next_at=now + schedule.every
        )
        if not claimed or _still_waits(schedule.task, row.task_id):
            return False
        result = schedule.task.enqueue()
        ScheduledRun.objects.filter(pk=row.pk).update(task_id=str(result.id))
    return True


def _still_waits(task: Any, task_id: str) -> bool:
    """Whether the run enqueued last has not even begun; a run that a dead worker began does not count."""
    backend = task.get_backend()
    if not task_id or not backend.supports_get_result:
        return False
    try:
        return bool(backend.get_result(task_id).status == TaskResultStatus.READY)
    except TaskResultDoesNotExist:
        return False


def beat(worker: str) -> None:
    """Leave the sign that a worker lives."""
    cache.set(HEARTBEAT, {"worker": worker, "at": timezone.now().isoformat()}, HEARTBEAT_SECONDS)


def worker_lives() -> bool:
    """Whether any worker left a sign within the last minute."""
    return cache.get(HEARTBEAT) is not None


def forget_old_results(now: datetime | None = None) -> int:
    """Remove what the embedded engine keeps of finished runs; gives how many rows.

    Successes stay an hour, failures a week. Runs that a dead worker never finished count as failures: what they
    were to do stands in rows of its own and is taken up by the next run.
    """
    from django_tasks_db.models import DBTaskResult

    now = now or timezone.now()
    old = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_SUCCESSES)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILURES)
    abandoned = DBTaskResult.objects.running().filter(started_at__lt=now - KEEP_FAILURES)
    return sum(rows.delete()[0] for rows in (old, failed, abandoned))
