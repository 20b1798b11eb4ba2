"""The charter that people accept on joining, versioned."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.languages import best


class Charter(models.Model):
    """One version of the charter; the highest version is in force. ``texts`` is ``{language: washed HTML}``."""

    version = models.PositiveSmallIntegerField(unique=True)
    texts = models.JSONField(default=dict)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("charter")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{_('charter')} {self.version}"

    @property
    def text(self) -> str:
        return self.texts.get(best(self.texts) or "", "")


class CharterAcceptance(models.Model):
    """A person accepted a version of the charter."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="charters")
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "charter"], name="accepted_once")]

    def __str__(self) -> str:
        return str(self.charter)
