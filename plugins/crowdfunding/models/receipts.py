"""Tax receipts (form 11580): who may issue them, whom they are for, and each receipt with its frozen facts."""

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
from plugins.crowdfunding.models.pledges import Pledge


class ReceiptIssuer(models.Model):
    """An organisation as its tax receipts name it; ``is_able`` once the treasurer has said that the law allows it."""

    class Category(models.TextChoices):
        GENERAL = "general", _("work or body of general interest")
        UTILITY = "utility", _("association or foundation recognised as being of public utility")
        LOCAL = "local", _("association of Alsace-Moselle recognised by the prefect")
        FUND = "fund", _("endowment fund")

    organisation = models.OneToOneField("core.Organisation", on_delete=models.PROTECT, related_name="+")
    is_able = models.BooleanField(default=False)
    name = models.CharField(_("name as registered"), max_length=160)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    rna = models.CharField("RNA", max_length=10, blank=True)
    category = models.CharField(
        _("kind of organisation"), max_length=8, choices=Category.choices, default=Category.GENERAL
    )
    recognised_on = models.DateField(_("date of the decree or order"), null=True, blank=True)
    object = models.CharField(_("purpose, as in the statutes"), max_length=400)
    street = models.CharField(_("number and street"), max_length=160)
    postcode = models.CharField(_("postal code"), max_length=12)
    town = models.CharField(_("town"), max_length=80)
    country = models.CharField(_("country"), max_length=60, default="France")
    signatory = models.CharField(_("name of who signs"), max_length=80)
    capacity = models.CharField(_("in what capacity"), max_length=80, help_text=_("president, treasurer…"))
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    marked_at = models.DateTimeField(null=True, blank=True)
    sentence = models.TextField(blank=True, help_text="what the treasurer confirmed, word for word")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("issuer of tax receipts")
        verbose_name_plural = _("issuers of tax receipts")

    def __str__(self) -> str:
        return self.name


class DonorIdentity(models.Model):
    """Name and address of an individual who asks for a tax receipt, given after the gift; erased with the pledge."""

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="identity")
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    street = models.CharField(_("number and street"), max_length=160)
    postcode = models.CharField(_("postal code"), max_length=12)
    town = models.CharField(_("town"), max_length=80)
    country = models.CharField(_("country"), max_length=60, default="France")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("identity of a donor")
        verbose_name_plural = _("identities of donors")

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class TaxReceipt(Identified, models.Model):
    """A numbered receipt of a donor's gifts of one year; made again from ``facts``, it always looks the same.

    Cancelled it keeps its number; ``replaces`` points from the new receipt to the one it stands for.
    """

    class State(models.TextChoices):
        ISSUED = "issued", pgettext_lazy("receipt", "issued")
        CANCELLED = "cancelled", pgettext_lazy("receipt", "cancelled")

    class Reason(models.TextChoices):
        REFUND = "refund", _("the gift was given back or corrected")
        IDENTITY = "identity", _("name or address were wrong")
        MISTAKE = "mistake", _("issued by mistake")

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(help_text="in which the gifts came")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.ISSUED)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    currency = CurrencyField()
    amount_minor = MinorField()
    facts = models.JSONField(help_text="all that is printed, frozen")
    sha256 = models.CharField(max_length=64, help_text="of the document as issued")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(default=timezone.now)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    flagged_at = models.DateTimeField(
        null=True, blank=True, help_text="when the treasurer was told to cancel it"
    )

    class Meta:
        verbose_name = _("tax receipt")
        verbose_name_plural = _("tax receipts")
        indexes = [models.Index(fields=["organisation", "year", "-id"], name="receipt_list")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="receipt_number_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="receipt_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as printed."""
        return f"{self.year}-{self.number:04}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)


class ReceiptLine(models.Model):
    """A gift on a receipt; the database lets a gift stand on one receipt only."""

    receipt = models.ForeignKey(TaxReceipt, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="receipt_lines")
    amount_minor = MinorField()
    standing = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("gift on a receipt")
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(standing=True), name="payment_on_one_receipt"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="receipt_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} · {self.payment_id}"
