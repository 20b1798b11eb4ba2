"""Activities that passed the gate, each a row of work for the worker."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from core.models.work import WorkRow


class InboxActivity(WorkRow):
    """An activity as its verified sender gave it, after the gate reduced what the sender may not assert.

    Unique by actor **and** id: a stranger who sends another's id first claims nothing. ``raw`` is the JSON
    document: embedded actors, keys and objects of other hosts stand there as their ids.
    """

    actor_uri = models.CharField(max_length=500)
    uri = models.CharField(max_length=500)
    type = models.CharField(max_length=30)
    raw = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_uri", "uri"], name="inbox_once_per_actor")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="inbox_due")]

    def __str__(self) -> str:
        return f"{self.type} {self.uri}"
