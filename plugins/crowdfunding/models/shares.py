"""Who pays which budget line: shares of communes and programmes, and what a campaign is to pay."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.money import MinorField, money


class Share(Identified, models.Model):
    """What a commune, a council or a programme pays of a budget line, outside the gifts of a campaign."""

    class State(models.TextChoices):
        ANNOUNCED = "announced", pgettext_lazy("share", "announced")
        DECIDED = "decided", pgettext_lazy("share", "decided")
        PAID = "paid", pgettext_lazy("share", "paid")
        WITHDRAWN = "withdrawn", pgettext_lazy("share", "withdrawn")

    line = models.ForeignKey("core.BudgetLine", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    who = models.CharField(_("who pays"), max_length=160, help_text="a commune, a council, a programme")
    organisation = models.ForeignKey(
        "core.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = MinorField(help_text="in the currency of the line")
    reference = models.CharField(_("reference of the decision"), max_length=120, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one share")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="share_amount_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "paid"]) | Q(decided_on__isnull=False),
                name="share_decided_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_on__isnull=False), name="share_paid_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.line.currency)


class Allotment(models.Model):
    """What a campaign is to pay of a budget line; its gifts fill its lines from the top."""

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.CASCADE, related_name="allotments")
    line = models.ForeignKey("core.BudgetLine", on_delete=models.PROTECT, related_name="+")
    amount_minor = MinorField(help_text="in the currency of both")

    class Meta:
        verbose_name = _("allotment")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "line"], name="allotment_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="allotment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} → {self.line_id}"
