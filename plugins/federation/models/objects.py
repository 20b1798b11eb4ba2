"""What we shared with others, what we received from them, and the work between the two."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from core.contract import SubjectRef
from core.models.identity import Identified, new_uid
from core.models.work import WorkRow


class SharedObject(models.Model):
    """A subject of ours that has been sent out: needed to answer 410 and to send a withdrawal once it is gone."""

    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    actor_uri = models.CharField(max_length=500, db_index=True, help_text="our actor that published it")
    reply_inbox = models.CharField(
        max_length=500, blank=True, help_text="inbox of whom it answers, on another instance"
    )
    create_uid = models.CharField(
        max_length=26, default=new_uid, unique=True, help_text="of its Create activity"
    )
    shared_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_key"], name="shared_once")]
        indexes = [models.Index(fields=["withdrawn_at", "-id"], name="shared_outbox")]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> SubjectRef:
        return SubjectRef(self.subject_type, self.subject_key)


class ReceivedObject(models.Model):
    """An object of another instance that stands here: its id, the subject it became, and whose it is.

    ``version`` is the origin's own clock: what is older than it changes nothing. A removed row stays, so that a
    late Create does not bring the object back.
    """

    uri = models.CharField(max_length=500, unique=True)
    host = models.CharField(max_length=260, db_index=True)
    author_uri = models.CharField(max_length=500)
    object_type = models.CharField(max_length=30)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    version = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    relayed = models.BooleanField(default=False, help_text="it answers something of ours and was passed on")

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_key"], name="received_subject")]

    def __str__(self) -> str:
        return self.uri

    @property
    def ref(self) -> SubjectRef:
        return SubjectRef(self.subject_type, self.subject_key)


class OutboundEvent(Identified, WorkRow):
    """Something to tell others, written in the transaction of the journal entry; ``uid`` names its activity."""

    class Kind(models.TextChoices):
        CREATE = "Create"
        UPDATE = "Update"
        DELETE = "Delete"
        ANNOUNCE = "Announce"

    entry = models.OneToOneField("core.JournalEntry", on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    relayed = models.JSONField(null=True, help_text="Announce: the activity of another instance, by ids")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="outbound_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def ref(self) -> SubjectRef:
        return SubjectRef(self.subject_type, self.subject_key)


class Backfill(WorkRow):
    """The public outbox of an instance that has just admitted us, to be read once; the fetching is done in the worker."""

    link = models.ForeignKey("federation.PeerLink", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="backfill_due")]

    def __str__(self) -> str:
        return str(self.link)
