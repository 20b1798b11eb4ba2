"""What we send: one stored serialisation per activity, one row of work per inbox."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from core.models.identity import Identified
from core.models.work import WorkRow


class Outgoing(Identified):
    """An activity of a local actor, serialised once; ``body`` is sent as it stands to every inbox."""

    sender_uri = models.CharField(max_length=500)
    activity_uri = models.CharField(max_length=500)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.activity_uri


class Delivery(WorkRow):
    """One activity to one inbox."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="deliveries")
    inbox = models.CharField(max_length=500)
    host = models.CharField(max_length=260, help_text="name of the Host row")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outgoing", "inbox"], name="delivery_once_per_inbox")]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="delivery_due"),
            models.Index(fields=["host", "state"], name="delivery_host"),
        ]

    def __str__(self) -> str:
        return f"{self.outgoing_id} → {self.inbox}"
