"""Money spent: on which budget line, for what, with its invoice."""

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


class Spending(Identified, models.Model):
    """An expense of a campaign's money by its receiver or collector, on a budget line or outside the plan.

    ``what`` is public; the supplier and the invoice are for those who keep the accounts, unless the treasurer
    marked that the invoice shows no personal data.
    """

    class State(models.TextChoices):
        BOOKED = "booked", pgettext_lazy("spending", "booked")
        UNDONE = "undone", pgettext_lazy("spending", "undone")

    class Where(models.TextChoices):
        BANK = "bank", _("from the bank account")
        CASH = "cash", _("from the cash box")

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="spendings")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(
        "core.BudgetLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=6, choices=State.choices, default=State.BOOKED)
    where = models.CharField(_("paid"), max_length=4, choices=Where.choices, default=Where.BANK)
    currency = CurrencyField()
    amount_minor = MinorField()
    spent_on = models.DateField(_("paid on"))
    what = models.CharField(_("what was bought"), max_length=160)
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    over_minor = MinorField(
        default=0, help_text="how far above its line this expense went when it was booked"
    )
    over_why = models.CharField(max_length=300, blank=True)
    invoice = models.ForeignKey(
        "core.PrivateFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    invoice_public = models.BooleanField(default=False, help_text="shows no personal data")
    shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one expense")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="spending_organisation"),
            models.Index(fields=["campaign", "state", "-id"], name="spending_campaign"),
            models.Index(fields=["line", "state"], name="spending_line"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(over_minor__gte=0), name="spending_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} · {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def over(self) -> Money:
        return money(self.over_minor, self.currency)
