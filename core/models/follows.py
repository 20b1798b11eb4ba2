"""Following: a person wants to hear of a subject."""

from django.conf import settings
from django.db import models


class Follow(models.Model):
    """A person follows a subject and is told of its public entries."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "subject_type", "subject_key"], name="follow_once")
        ]
        indexes = [models.Index(fields=["subject_type", "subject_key"], name="follow_subject")]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_key}"
