"""The cash book: cash received by one person and confirmed by another, and what was brought to the bank."""

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
from plugins.crowdfunding.models.payments import Payment
from plugins.crowdfunding.models.pledges import Pledge


class CashGift(Identified, models.Model):
    """Cash somebody took for a promise: declared, with its receipt's number, until another person confirms it."""

    class State(models.TextChoices):
        DECLARED = "declared", pgettext_lazy("cash", "declared")
        CONFIRMED = "confirmed", pgettext_lazy("cash", "confirmed")
        REFUSED = "refused", pgettext_lazy("cash", "refused")
        CORRECTED = "corrected", pgettext_lazy("cash", "replaced by a correction")

    class Reason(models.TextChoices):
        NOT_THERE = "not_there", _("the money is not in the box")
        AMOUNT = "amount", _("the amount counted is another")
        TWICE = "twice", _("entered twice")
        GIVEN_BACK = "given_back", _("given back to the donor")
        MISTAKE = "mistake", _("entered by mistake")

    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="cash")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DECLARED)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    currency = CurrencyField()
    amount_minor = MinorField()
    received_on = models.DateField(_("received on"))
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one entry")
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="who took the money"
    )
    declared_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="cash_gift"
    )

    class Meta:
        verbose_name = _("gift in cash")
        verbose_name_plural = _("gifts in cash")
        constraints = [
            models.UniqueConstraint(fields=["collector", "year", "number"], name="cash_receipt_number_once"),
            models.UniqueConstraint(
                fields=["pledge"], condition=Q(state="declared"), name="cash_declared_once_per_pledge"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="cash_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(payment__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("declared_by"))),
                name="cash_confirmed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["collector", "state", "-id"], name="cash_treasury")]

    def __str__(self) -> str:
        return self.receipt_number

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def receipt_number(self) -> str:
        """As it stands on the receipt: ``2026-0007``."""
        return f"{self.year}-{self.number:04}"


class Deposit(Identified, models.Model):
    """Cash or cheques brought to the bank on one slip; its parts say of which project."""

    class What(models.TextChoices):
        CASH = "cash", _("cash")
        CHEQUE = "cheque", _("cheques")

    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=6, choices=What.choices)
    currency = CurrencyField()
    amount_minor = MinorField()
    deposited_on = models.DateField()
    reference = models.CharField(max_length=140, blank=True, help_text="number of the slip")
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one deposit")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("deposit")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposit_amount_positive"),
        ]
        indexes = [models.Index(fields=["collector", "-id"], name="deposit_treasury")]

    def __str__(self) -> str:
        return f"{self.deposited_on} · {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)


class DepositPart(Identified, models.Model):
    """What of a deposit belongs to one project; for cheques, one part per cheque."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="parts")
    project = models.ForeignKey("core.Project", on_delete=models.PROTECT, related_name="+")
    amount_minor = MinorField()
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_parts"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("part of a deposit")
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(undone_at=None), name="cheque_deposited_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposit_part_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} · {self.amount_minor}"
