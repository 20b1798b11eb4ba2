"""What a card provider paid out to the bank account, as the bank's statement shows it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models.identity import Identified
from core.money import CurrencyField, MinorField, money


class Settlement(Identified, models.Model):
    """Money of one project that went from the card provider to the organisation's bank."""

    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("core.Project", on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    amount_minor = MinorField()
    settled_on = models.DateField(_("day it came"))
    reference = models.CharField(_("reference of the provider"), max_length=140, blank=True)
    form_key = models.CharField(max_length=64, unique=True, help_text="one filled form counts once a project")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payout of the card provider")
        verbose_name_plural = _("payouts of the card provider")
        indexes = [models.Index(fields=["collector", "-id"], name="settlement_treasury")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="settlement_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.settled_on} · {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)
