"""Bank statements: a file as it was imported, and its lines, each booked once at most."""

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
from plugins.crowdfunding.models.payments import Payment


class Statement(Identified, models.Model):
    """An imported file: its facts stay, its content only until its columns are told.

    ``layout`` is how its columns were read: ``{"delimiter", "roles", "signature"}``; empty for CAMT.
    """

    class Format(models.TextChoices):
        CAMT = "camt", "CAMT.053"
        CSV = "csv", "CSV"

    class State(models.TextChoices):
        ASKING = "asking", _("waits to be told its columns")
        IMPORTED = "imported", _("imported")

    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.IMPORTED)
    format = models.CharField(max_length=4, choices=Format.choices)
    name = models.CharField(_("name of the file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    account = models.CharField(_("account"), max_length=34)
    layout = models.JSONField(default=dict, blank=True)
    content = models.BinaryField(null=True, blank=True)
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    number = models.PositiveIntegerField(default=0, help_text="lines in the file")
    fresh = models.PositiveIntegerField(default=0, help_text="lines that were not known before")
    left_out = models.JSONField(default=list, blank=True, help_text="rows that could not be read, as numbers")
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        constraints = [
            models.UniqueConstraint(fields=["collector", "sha256", "account"], name="statement_file_once"),
            models.CheckConstraint(
                condition=Q(state="asking") | Q(content__isnull=True), name="statement_content_not_kept"
            ),
        ]
        indexes = [models.Index(fields=["collector", "-id"], name="statement_treasury")]

    def __str__(self) -> str:
        return self.name


class BankLineQuerySet(models.QuerySet["BankLine"]):
    """Lines that wait for the treasurer and lines that do not."""

    WAITS = Q(state="waiting") | Q(state="booked", payment__state="reversed")
    """An entry undone elsewhere leaves its line without effect: it waits again."""

    def waiting(self) -> BankLineQuerySet:
        return self.filter(self.WAITS)

    def decided(self) -> BankLineQuerySet:
        return self.exclude(self.WAITS)


class BankLine(Identified, models.Model):
    """One movement on the collector's account: a credit above zero, a debit below, in minor units.

    ``key`` makes a line that stands in several files one line: what identifies it, and its number among equals.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bank line", "to be looked at")
        BOOKED = "booked", pgettext_lazy("bank line", "booked")
        IGNORED = "ignored", pgettext_lazy("bank line", "left aside")

    class Reason(models.TextChoices):
        MONEY_OUT = "money_out", _("money out")
        NOT_A_GIFT = "not_a_gift", _("not a gift: a fee, a subsidy, a membership…")
        KNOWN = "known", _("already in the accounts")
        GIVEN_BACK = "given_back", _("sent back to who sent it")
        OTHER = "other", _("another reason")

    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=34)
    key = models.CharField(max_length=80)
    booked_on = models.DateField()
    value_on = models.DateField(null=True, blank=True)
    currency = CurrencyField()
    amount_minor = MinorField()
    counterparty = models.CharField(max_length=140, blank=True)
    text = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=140, blank=True, help_text="the bank's")
    end_to_end = models.CharField(max_length=140, blank=True)
    is_return = models.BooleanField(default=False, help_text="the bank takes back an earlier movement")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_line"
    )
    linked = models.BooleanField(default=False, help_text="the payment was entered by hand before")
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    note = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = BankLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        constraints = [
            models.UniqueConstraint(fields=["collector", "account", "key"], name="bank_line_once"),
            models.CheckConstraint(
                condition=Q(state="booked", payment__isnull=False)
                | (~Q(state="booked") & Q(payment__isnull=True)),
                name="bank_line_booked_with_payment",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(amount_minor__gt=0), name="bank_line_only_credits_booked"
            ),
        ]
        indexes = [models.Index(fields=["collector", "state", "-id"], name="bank_line_treasury")]

    def __str__(self) -> str:
        return f"{self.booked_on} · {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def waits(self) -> bool:
        """Whether it can be booked or left aside."""
        undone = self.payment is not None and self.payment.state == Payment.State.REVERSED
        return bool(self.state == self.State.WAITING or (self.state == self.State.BOOKED and undone))

    @property
    def said(self) -> str:
        """What the bank said of it, in one line."""
        return " · ".join(dict.fromkeys(part for part in (self.text, self.end_to_end) if part))
