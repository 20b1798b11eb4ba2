"""Money passed on from who collects to who receives: sent, then arrived, two dated facts with their proof."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.money import CurrencyField, MinorField, money

PATIENCE = timedelta(days=14)
"""How long a transfer may be on its way before its receiver is reminded."""


class Payout(Identified, models.Model):
    """A bank transfer from the collector of a campaign to its receiver.

    Sent by the treasurer of the one, confirmed with what really arrived by the other: until then it waits.
    ``attempt`` counts arrivals that were booked and corrected.
    """

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("payout", "on its way")
        ARRIVED = "arrived", pgettext_lazy("payout", "arrived")
        RETURNED = "returned", pgettext_lazy("payout", "came back")
        UNDONE = "undone", pgettext_lazy("payout", "undone")

    STANDING = frozenset({State.SENT, State.ARRIVED})
    """States in which the money has left the collector."""

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="payouts")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.SENT)
    currency = CurrencyField()
    amount_minor = MinorField()
    fee_minor = MinorField(default=0)
    sent_on = models.DateField(_("sent on"))
    proof = models.ForeignKey(
        "core.PrivateFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one transfer")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    arrived_currency = CurrencyField(blank=True, default="")
    arrived_minor = MinorField(default=0)
    arrived_on = models.DateField(_("arrived on"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(null=True, blank=True, help_text="when it came back or was undone")
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("transfer to the receiver")
        verbose_name_plural = _("transfers to the receiver")
        indexes = [
            models.Index(fields=["collector", "-id"], name="payout_collector"),
            models.Index(fields=["receiver", "state", "-id"], name="payout_receiver"),
            models.Index(fields=["campaign", "state", "-id"], name="payout_campaign"),
            models.Index(fields=["state", "waiting_since"], name="payout_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(fee_minor__gte=0), name="payout_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="arrived") | Q(arrived_minor__gt=0, arrived_on__isnull=False),
                name="payout_arrived_with_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return money(self.fee_minor, self.currency)

    @property
    def arrived(self) -> Money:
        """What arrived, in the receiver's currency; zero while it waits."""
        return money(self.arrived_minor, self.arrived_currency or self.currency)

    @property
    def rate(self) -> Fraction | None:
        """What one unit sent became, exactly; None while it waits or when the currency did not change."""
        if self.state != self.State.ARRIVED or self.arrived_currency == self.currency:
            return None
        return Fraction(self.arrived_minor, self.amount_minor)

    @property
    def is_late(self) -> bool:
        return self.state == self.State.SENT and self.waiting_since <= timezone.now() - PATIENCE
