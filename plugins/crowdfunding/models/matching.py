"""Matching funds: a sponsor, or the givers of a pot, add to each gift by a rule published in advance."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.money import CurrencyField, MinorField, money


class MatchingFund(Identified, models.Model):
    """A pot with its rule: so much per cent of each gift, with caps per gift and per person, until it is empty.

    ``source`` is a campaign whose received money fills the pot; without it the sponsor answers for ``total_minor``.
    The row is the lock of the pot: who matches holds it, so what is left is never given twice.
    """

    sponsor = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(
        "crowdfunding.Campaign", on_delete=models.PROTECT, null=True, blank=True, related_name="pots"
    )
    currency = CurrencyField()
    ratio_percent = models.PositiveSmallIntegerField(default=100)
    gift_cap_minor = MinorField(default=0, help_text="0: no cap")
    person_cap_minor = MinorField(default=0, help_text="0: no cap")
    total_minor = MinorField(help_text="what the sponsor gives at most")
    matched_minor = MinorField(default=0)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    stopped_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one fund")

    class Meta:
        verbose_name = _("matching fund")
        verbose_name_plural = _("matching funds")
        indexes = [models.Index(fields=["sponsor", "-id"], name="matching_sponsor")]
        constraints = [
            models.CheckConstraint(
                condition=Q(matched_minor__gte=0) & Q(matched_minor__lte=F("total_minor")),
                name="matching_within_total",
            ),
            models.CheckConstraint(
                condition=Q(ratio_percent__gte=1)
                & Q(ratio_percent__lte=500)
                & Q(gift_cap_minor__gte=0)
                & Q(person_cap_minor__gte=0)
                & Q(total_minor__gt=0),
                name="matching_rule_sane",
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="matching_closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sponsor} · {self.ratio_percent} %"

    def get_absolute_url(self) -> str:
        return reverse("crowdfunding:matching_fund", args=[self.uid])

    @property
    def total(self) -> Money:
        return money(self.total_minor, self.currency)

    @property
    def matched(self) -> Money:
        return money(self.matched_minor, self.currency)

    @property
    def available_minor(self) -> int:
        """What the pot holds in all: the sponsor's word, or what its campaign has received of it."""
        if self.source is None:
            return int(self.total_minor)
        return int(min(self.total_minor, self.source.tally.received_minor))

    @property
    def left(self) -> Money:
        """What can still be added to gifts; never below zero."""
        return money(max(0, self.available_minor - self.matched_minor), self.currency)

    @property
    def gift_cap(self) -> Money | None:
        return money(self.gift_cap_minor, self.currency) if self.gift_cap_minor else None

    @property
    def person_cap(self) -> Money | None:
        return money(self.person_cap_minor, self.currency) if self.person_cap_minor else None

    def covers(self, day: date) -> bool:
        """Whether gifts promised on a day are matched, as long as there is something left."""
        stopped = timezone.localdate(self.stopped_at) if self.stopped_at else None
        return self.opens_on <= day <= self.closes_on and (stopped is None or day <= stopped)

    @property
    def runs(self) -> bool:
        """Whether a gift promised now is matched, as long as there is something left."""
        return self.stopped_at is None and self.covers(timezone.localdate())


class MatchedCampaign(models.Model):
    """A campaign whose gifts a fund adds to, once the campaign's collector accepted; sums kept under the fund's lock."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("matching", "offered")
        ACCEPTED = "accepted", pgettext_lazy("matching", "accepted")
        DECLINED = "declined", pgettext_lazy("matching", "declined")

    fund = models.ForeignKey(MatchingFund, on_delete=models.PROTECT, related_name="places")
    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="matched_by")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    matched_minor = MinorField(default=0)
    settled_minor = MinorField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("matched campaign")
        constraints = [
            models.UniqueConstraint(fields=["fund", "campaign"], name="matched_campaign_once"),
            models.CheckConstraint(
                condition=Q(matched_minor__gte=0) & Q(settled_minor__gte=0),
                name="matched_campaign_never_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} · {self.campaign_id}"

    @property
    def matched(self) -> Money:
        return money(self.matched_minor, self.fund.currency)

    @property
    def settled(self) -> Money:
        return money(self.settled_minor, self.fund.currency)

    @property
    def due(self) -> Money:
        """What the sponsor still owes the collector; below zero when gifts were taken back after it paid."""
        return money(self.matched_minor - self.settled_minor, self.fund.currency)

    @property
    def ahead(self) -> Money:
        """What the sponsor paid beyond what is due."""
        return -self.due


class Match(Identified, models.Model):
    """What a fund adds to one payment; ``granted_minor`` is what it added at first, the amount what stands now."""

    fund = models.ForeignKey(MatchingFund, on_delete=models.PROTECT, related_name="matches")
    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="+")
    payment = models.OneToOneField("crowdfunding.Payment", on_delete=models.PROTECT, related_name="match")
    person_key = models.CharField(
        max_length=64,
        help_text="keyed digest of the donor's address: never shown, only for the cap per person",
    )
    currency = CurrencyField()
    granted_minor = MinorField()
    amount_minor = MinorField()
    made_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(
        "crowdfunding.Payment", on_delete=models.SET_NULL, null=True, blank=True, related_name="settles"
    )

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        indexes = [
            models.Index(fields=["fund", "person_key"], name="match_person"),
            models.Index(fields=["fund", "campaign", "settled_by", "id"], name="match_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0) & Q(amount_minor__lte=F("granted_minor")),
                name="match_within_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} · {self.payment_id}"

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)


class MatchSettlement(models.Model):
    """The sponsor's own payment of matches: a gift like another, which is never matched itself."""

    place = models.ForeignKey(MatchedCampaign, on_delete=models.PROTECT, related_name="settlements")
    form_key = models.CharField(max_length=40, unique=True)
    payment = models.OneToOneField(
        "crowdfunding.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="settlement"
    )
    amount_minor = MinorField(default=0)

    class Meta:
        verbose_name = _("payment of a sponsor")
        verbose_name_plural = _("payments of sponsors")

    def __str__(self) -> str:
        return self.form_key
