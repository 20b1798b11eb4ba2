"""Payments: money that came for a pledge, as a gateway or the treasurer established it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.money import CurrencyField, MinorField, money
from plugins.crowdfunding.models.pledges import Pledge


class Payment(Identified, models.Model):
    """One attempt to pay a pledge; the amount is what really came, which may differ from the promise."""

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("payment", "received")
        REVERSED = "reversed", pgettext_lazy("payment", "undone")

    class Reason(models.TextChoices):
        MISTAKE = "mistake", _("entered by mistake")
        AMOUNT = "amount", _("wrong amount")
        DONOR = "donor", _("another donor's money")
        RETURNED = "returned", _("the bank took it back")

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="payments")
    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="payments")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20, default="offline")
    channel = models.CharField(max_length=10, choices=Pledge.Channel.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    attempt = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(
        max_length=140, blank=True, help_text="the bank's or the provider's, never public"
    )
    currency = CurrencyField()
    amount_minor = MinorField()
    received_on = models.DateField(_("received on"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reversed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)

    class Meta:
        verbose_name = _("payment")
        indexes = [
            models.Index(fields=["collector", "-id"], name="payment_treasury"),
            models.Index(fields=["campaign", "state", "-id"], name="payment_campaign"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "attempt"], name="payment_once_per_attempt"),
            models.UniqueConstraint(
                fields=["pledge"], condition=Q(state="received"), name="payment_one_standing_per_pledge"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} · {self.attempt}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)
