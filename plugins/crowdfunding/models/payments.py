"""Payments: money that came for a pledge, as a gateway or the treasurer established it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
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
        STARTED = "started", pgettext_lazy("payment", "not finished")
        PROCESSING = "processing", pgettext_lazy("payment", "at the bank")
        RECEIVED = "received", pgettext_lazy("payment", "received")
        FAILED = "failed", pgettext_lazy("payment", "refused")
        SECURED = "secured", pgettext_lazy("payment", "card stored")
        SURPLUS = "surplus", pgettext_lazy("payment", "paid twice")
        REFUNDED = "refunded", pgettext_lazy("payment", "given back")
        MOVED = "moved", pgettext_lazy("payment", "moved to another project")
        KEPT = "kept", pgettext_lazy("payment", "left to the organisation")
        REVERSED = "reversed", pgettext_lazy("payment", "undone")

    UNFINISHED = frozenset({State.STARTED, State.PROCESSING})
    """States in which the provider may still say anything."""
    CAME = frozenset({State.RECEIVED, State.REFUNDED, State.MOVED, State.KEPT})
    """States whose money came as the gift of its pledge."""

    class Way(models.TextChoices):
        MANUAL = "manual", _("entered by hand")
        PAGE = "page", _("on the provider's page")
        SECURE = "secure", _("card stored on the provider's page")
        CHARGE = "charge", _("charged with the stored card")

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
    account = models.ForeignKey(
        "crowdfunding.GatewayAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.MANUAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    attempt = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(
        max_length=140, blank=True, help_text="the bank's or the provider's, never public"
    )
    session = models.CharField(max_length=140, blank=True, help_text="the provider's page")
    page_url = models.URLField(max_length=2000, blank=True)
    failure = models.CharField(max_length=60, blank=True, help_text="the provider's code")
    currency = CurrencyField()
    amount_minor = MinorField()
    fee_minor = MinorField(default=0)
    refunded_minor = MinorField(default=0)
    disputed_minor = MinorField(default=0)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="when the provider was last asked")
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
            models.Index(fields=["state", "checked_at"], name="payment_sweeper"),
            models.Index(fields=["account", "session"], name="payment_session"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "attempt"], name="payment_once_per_attempt"),
            models.UniqueConstraint(
                fields=["pledge"], condition=Q(state="received"), name="payment_one_standing_per_pledge"
            ),
            models.UniqueConstraint(
                fields=["gateway", "account", "reference"],
                condition=Q(account__isnull=False) & ~Q(reference=""),
                name="payment_reference_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0)
                & Q(disputed_minor__gte=0)
                & Q(amount_minor__gte=F("refunded_minor") + F("disputed_minor")),
                name="payment_never_given_back_twice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} · {self.attempt}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """What makes a call to the provider count once: the row and its attempt."""
        return f"{self.pledge.uid}-{self.attempt}"

    @property
    def standing_minor(self) -> int:
        """What is there of it, net of refunds and disputes."""
        return int(self.amount_minor - self.refunded_minor - self.disputed_minor)


class Refund(Identified, models.Model):
    """Money to be given back of one payment: by the provider, or by hand for a transfer, a cheque or cash."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("refund", "to be given back")
        ASKED = "asked", pgettext_lazy("refund", "asked of the provider")
        SENT = "sent", pgettext_lazy("refund", "on its way")
        DONE = "done", pgettext_lazy("refund", "given back")
        FAILED = "failed", pgettext_lazy("refund", "refused by the bank")
        DROPPED = "dropped", pgettext_lazy("refund", "dropped")

    class Reason(models.TextChoices):
        DONOR = "donor", _("the donor asked for it")
        FAILED = "failed", _("the campaign did not reach its minimum")
        CANCELLED = "cancelled", _("the campaign was cancelled")
        TWICE = "twice", _("it was paid twice")
        OTHER = "other", _("another reason")

    OWED = frozenset({State.DUE, State.ASKED, State.FAILED})
    """States in which the donor still waits for the money."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    by_hand = models.BooleanField(default=False)
    attempt = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(max_length=140, blank=True)
    failure = models.CharField(max_length=60, blank=True)
    currency = CurrencyField()
    amount_minor = MinorField()
    form_key = models.CharField(max_length=60, unique=True, help_text="one filled form makes one refund")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        indexes = [
            models.Index(fields=["collector", "state", "-id"], name="refund_treasury"),
            models.Index(fields=["state", "checked_at"], name="refund_sweeper"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} · {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """What makes a call to the provider count once."""
        return f"{self.uid}-{self.attempt}"


class Dispute(Identified, models.Model):
    """A payment contested at the donor's bank: the provider holds the money back until it is decided."""

    class State(models.TextChoices):
        OPENED = "opened", pgettext_lazy("dispute", "open")
        WON = "won", pgettext_lazy("dispute", "won")
        LOST = "lost", pgettext_lazy("dispute", "lost")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPENED)
    reference = models.CharField(max_length=140)
    currency = CurrencyField()
    amount_minor = MinorField()
    fee_minor = MinorField(default=0)
    answer_by = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        constraints = [
            models.UniqueConstraint(fields=["payment", "reference"], name="dispute_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} · {self.reference}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)
