"""Regular support: somebody gives the same amount every month, quarter or year until further notice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified, new_uid
from core.money import CurrencyField, MinorField, money
from plugins.crowdfunding.models.pledges import Pledge, new_token


class Support(Identified, models.Model):
    """What a donor gives each period; every period makes one pledge, paid like any other.

    The day of a period is counted from ``starts_on``: a support of the 31st falls on the 28th in February and on the
    31st again in March. ``number`` is how many periods passed since; ``tries`` how often the present one was refused.
    """

    class State(models.TextChoices):
        STARTED = "started", pgettext_lazy("support", "not finished")
        ACTIVE = "active", pgettext_lazy("support", "running")
        FAILING = "failing", pgettext_lazy("support", "payment refused")
        PAUSED = "paused", pgettext_lazy("support", "paused")
        STOPPED = "stopped", pgettext_lazy("support", "stopped")

    class Interval(models.TextChoices):
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every three months")
        YEAR = "year", _("every year")

    MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
    COUNTED = frozenset({State.ACTIVE, State.FAILING})
    """States that count among the monthly promises."""

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="supports")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    channel = models.CharField(
        _("way of giving"), max_length=10, choices=Pledge.Channel.choices, default=Pledge.Channel.TRANSFER
    )
    gateway = models.CharField(max_length=20, default="offline")
    mandate = models.ForeignKey(
        "crowdfunding.Mandate", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    interval = models.CharField(_("rhythm"), max_length=8, choices=Interval.choices, default=Interval.MONTH)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    code = models.CharField(
        _("reference code"), max_length=12, unique=True, help_text="of the standing order: the same each time"
    )
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one support")
    currency = CurrencyField()
    amount_minor = MinorField()
    monthly_minor = MinorField(help_text="the amount per month, as the tally counts it")
    donor = models.CharField(max_length=26, default=new_uid)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    anonymous = models.BooleanField(_("anonymous"), default=False)
    message = models.CharField(_("message"), max_length=500, blank=True)
    language = models.CharField(max_length=5, default="fr")
    starts_on = models.DateField(help_text="the day of the month is counted from here")
    number = models.PositiveIntegerField(default=0, help_text="periods passed since starts_on")
    next_on = models.DateField(_("next payment"))
    tries = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("regular support")
        verbose_name_plural = _("regular supports")
        indexes = [
            models.Index(fields=["state", "next_on"], name="support_due"),
            models.Index(fields=["campaign", "state", "-id"], name="support_campaign"),
            models.Index(fields=["collector", "state", "-id"], name="support_treasury"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="support_amount_positive")
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The private page."""
        return reverse("crowdfunding:support", args=[self.token])

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def months(self) -> int:
        return self.MONTHS[self.Interval(self.interval)]

    @property
    def by_standing_order(self) -> bool:
        """Whether the donor's bank sends the money by itself; else we collect it with a stored card or mandate."""
        return self.channel == Pledge.Channel.TRANSFER
