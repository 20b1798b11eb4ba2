"""The moderation queue: ideas that wait for an answer and reports on what stands."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.contract import SubjectRef


class ModerationCase(models.Model):
    """One question to an animator about a subject, with its answer."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", _("proposal")
        REPORT = "report", _("report")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    contact = models.EmailField(blank=True, help_text="where a guest who reported wants the answer")
    language = models.CharField(max_length=5, default="fr")
    opened_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("moderation case")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "subject_type", "subject_key"],
                condition=models.Q(kind="report", state="open"),
                name="reported_once",
            )
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="moderation_queue"),
            models.Index(fields=["subject_type", "subject_key"], name="moderation_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def ref(self) -> SubjectRef:
        return SubjectRef(self.subject_type, self.subject_key)
