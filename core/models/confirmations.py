"""Confirmations: an e-mail address proves itself with a six-digit code."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified


class Confirmation(Identified):
    """A code sent to an address for one act; only its hash is kept. ``facts`` say what the act is about."""

    purpose = models.CharField(max_length=40)
    email = models.EmailField()
    facts = models.JSONField(default=dict)
    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    sendings = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("confirmation")
        indexes = [models.Index(fields=["purpose", "email"], name="confirmation_email")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.uid}"
