"""Work that must not be lost is a row first; the queue only wakes workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone


class WorkQuerySet(models.QuerySet["WorkRow"]):
    """Rows whose time has come, and taking them without a second worker taking them too."""

    def due(self, now: datetime | None = None) -> WorkQuerySet:
        now = now or timezone.now()
        return self.filter(state=WorkRow.State.WAITING, next_attempt_at__lte=now).filter(
            Q(leased_until=None) | Q(leased_until__lte=now)
        )

    def take(self, number: int, *, lease: timedelta = timedelta(minutes=5)) -> list[WorkRow]:
        """Lease up to ``number`` due rows to this worker; a lease left by a dead worker runs out by itself."""
        now = timezone.now()
        taken = []
        for row in self.due(now).order_by("next_attempt_at", "pk")[:number]:
            won = self.model._default_manager.filter(
                pk=row.pk, leased_until=row.leased_until, state=row.state
            ).update(leased_until=now + lease, attempts=row.attempts + 1)
            if won:
                row.leased_until, row.attempts = now + lease, row.attempts + 1
                taken.append(row)
        return taken


class WorkRow(models.Model):
    """A piece of work with its state, attempts and next attempt."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    def finish(self) -> None:
        """Mark the work done."""
        self.state, self.leased_until, self.last_error = self.State.DONE, None, ""
        self.save(update_fields=["state", "leased_until", "last_error"])

    def postpone(self, delay: timedelta, error: str) -> None:
        """Try again later, saying why."""
        self.leased_until, self.last_error = None, error[:300]
        self.next_attempt_at = timezone.now() + delay
        self.save(update_fields=["leased_until", "last_error", "next_attempt_at"])

    def give_up(self, error: str) -> None:
        """Stop trying; a human can see why."""
        self.state, self.leased_until, self.last_error = self.State.FAILED, None, error[:300]
        self.save(update_fields=["state", "leased_until", "last_error"])


class ScheduledRun(models.Model):
    """When a repeating task of :class:`core.contract.Schedule` is next due, shared by all workers."""

    name = models.CharField(max_length=100, unique=True)
    next_at = models.DateTimeField(default=timezone.now)
    task_id = models.CharField(max_length=64, blank=True, help_text="the run enqueued last")

    def __str__(self) -> str:
        return self.name
