"""Letters: mail to an address, a row before it is a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.work import WorkRow


class Letter(WorkRow):
    """One mail to one address; ``key`` makes posting it twice one letter. Its context is emptied once sent."""

    key = models.CharField(max_length=160, unique=True)
    to = models.EmailField()
    language = models.CharField(max_length=5)
    template = models.CharField(max_length=120)
    context = models.JSONField(default=dict)
    optional = models.BooleanField(default=False, help_text="not sent to those who refused letters")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("letter")
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="letter_due")]

    def __str__(self) -> str:
        return self.key


class LetterRefusal(models.Model):
    """An address that wants no letter beyond answers to what it did itself."""

    email = models.EmailField(unique=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.email
