"""What the provider of the demonstration keeps: a bank of its own, which knows nothing of pledges or ledgers."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from moneyed import Money

from core.models.identity import new_uid
from core.money import CurrencyField, MinorField, money


def new_session() -> str:
    """The name of a page of the demonstration's provider."""
    return f"demo_page_{new_uid()}"


def new_reference() -> str:
    """The name of a payment at the demonstration's provider."""
    return f"demo_pay_{new_uid()}"


def new_refund() -> str:
    """The name of a refund at the demonstration's provider."""
    return f"demo_back_{new_uid()}"


def new_event() -> str:
    """The name of an event of the demonstration's provider."""
    return f"demo_event_{new_uid()}"


class DemoPayment(models.Model):
    """One order as the demonstration's provider sees it: to pay, to store a method, or charged off-session."""

    class Kind(models.TextChoices):
        PAY = "pay"
        SECURE = "secure"
        CHARGE = "charge"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    account = models.CharField(max_length=80)
    key = models.CharField(max_length=80, help_text="of the platform: the same order twice is one")
    session = models.CharField(max_length=60, unique=True, default=new_session)
    reference = models.CharField(max_length=60, unique=True, default=new_reference)
    status = models.CharField(max_length=10, default="open")
    ending = models.CharField(max_length=10, blank=True, help_text="what a direct debit becomes at ends_at")
    ends_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, default="card")
    method = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="fr")
    return_url = models.CharField(max_length=500, blank=True)
    cancel_url = models.CharField(max_length=500, blank=True)
    currency = CurrencyField()
    amount_minor = MinorField()
    refunded_minor = MinorField(default=0)
    dispute = models.CharField(max_length=8, blank=True, help_text="opened, won or lost")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="demo_payment_once")]

    def __str__(self) -> str:
        return self.session

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)


class DemoRefund(models.Model):
    """Money the demonstration's provider gave back."""

    payment = models.ForeignKey(DemoPayment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(
        max_length=80, unique=True, help_text="of the platform: the same order twice is one"
    )
    reference = models.CharField(max_length=60, unique=True, default=new_refund)
    amount_minor = MinorField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.reference


class DemoEvent(models.Model):
    """What the demonstration's provider has to tell, until the address it was given has answered."""

    event = models.CharField(max_length=60, unique=True, default=new_event)
    payment = models.ForeignKey(DemoPayment, on_delete=models.PROTECT, related_name="events")
    body = models.TextField()
    times = models.PositiveSmallIntegerField(default=1, help_text="deliveries that are left")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="demo_event_due")]

    def __str__(self) -> str:
        return self.event
