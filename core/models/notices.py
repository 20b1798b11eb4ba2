"""Notices: what a person is told, in the site's list and by e-mail."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.work import WorkRow


class Notice(WorkRow):
    """One journal entry told to one person; the row is also the work of sending its e-mail."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    entry = models.ForeignKey("core.JournalEntry", on_delete=models.CASCADE, related_name="notices")
    template = models.CharField(max_length=120, default="core/mail/entry")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        constraints = [models.UniqueConstraint(fields=["person", "entry"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_list"),
            models.Index(fields=["state", "next_attempt_at"], name="notice_due"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} → {self.person}"


class NoticePreference(models.Model):
    """A person does not want e-mails about a verb; the site's list still shows them."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences"
    )
    verb = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "verb"], name="one_preference")]

    def __str__(self) -> str:
        return self.verb
