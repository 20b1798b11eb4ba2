"""Rows of the journal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.contract import SubjectRef


class AppendOnly(TypeError):
    """A row of history was about to be changed or removed."""


class JournalEntry(models.Model):
    """One thing that happened. Written by :func:`core.journal.record`, never changed."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "core.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    project = models.ForeignKey(
        "core.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    public = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["subject_type", "subject_key", "-id"], name="journal_subject"),
            models.Index(fields=["project", "public", "-id"], name="journal_project"),
            models.Index(fields=["verb", "-id"], name="journal_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.ref}"

    @property
    def ref(self) -> SubjectRef:
        return SubjectRef(self.subject_type, self.subject_key)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly(str(self))
