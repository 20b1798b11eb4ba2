"""Campaigns: an appeal for money on a project, from a first draft to its close."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models import Organisation, Person, Project
from core.models.identity import Identified
from core.models.languages import best
from core.models.subjects import Progress, SubjectModel
from core.money import CurrencyField, MinorField, money, percent, text


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns anyone may read, and those that take pledges."""

    def public(self) -> CampaignQuerySet:
        return self.filter(hidden=False, project__status=Project.Status.PUBLISHED).exclude(
            state=Campaign.State.DRAFT
        )

    def taking(self) -> CampaignQuerySet:
        return self.public().filter(state=Campaign.State.OPEN)

    def shown(self) -> CampaignQuerySet:
        """With what a card or a page needs, in the same query."""
        return self.select_related("project", "tally", "collector", "receiver")


class Campaign(Identified, SubjectModel, models.Model):
    """One goal in one currency on a project: who collects, who receives, until when.

    ``texts`` is ``{language: {"title", "story"}}``; amounts are minor units of ``currency``.
    """

    class Kind(models.TextChoices):
        KEEP = "keep", _("every gift is kept")
        ALL_OR_NOTHING = "all_or_nothing", _("all or nothing")
        TWO_ROUNDS = "two_rounds", _("two rounds")
        RECURRING = "recurring", _("regular support")
        MATCHING = "matching", _("matching fund")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("campaign", "draft")
        OPEN = "open", pgettext_lazy("campaign", "open")
        COLLECTING = "collecting", pgettext_lazy("campaign", "being collected")
        SUCCEEDED = "succeeded", pgettext_lazy("campaign", "succeeded")
        FAILED = "failed", pgettext_lazy("campaign", "not reached")
        CLOSED = "closed", pgettext_lazy("campaign", "closed")
        CANCELLED = "cancelled", pgettext_lazy("campaign", "cancelled")

    CONDITIONAL = frozenset({Kind.ALL_OR_NOTHING, Kind.TWO_ROUNDS})
    """Kinds whose money is taken only when the minimum is reached."""
    TOLERANCE = 10
    """Per cent by which the minimum may be missed, at most."""

    subject_type = "crowdfunding.campaign"

    project = models.ForeignKey("core.Project", on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=100, unique=True, allow_unicode=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.KEEP)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    language = models.CharField(max_length=5, default="fr")
    texts = models.JSONField(default=dict)
    currency = CurrencyField()
    goal_minor = MinorField()
    minimum_minor = MinorField(default=100, help_text="the smallest gift")
    needed_minor = MinorField(default=0, help_text="what must come for the campaign to succeed; 0: nothing")
    tolerance_percent = models.PositiveSmallIntegerField(
        _("tolerance"),
        default=0,
        help_text="by how much the needed sum may be missed, published from the start",
    )
    round = models.PositiveSmallIntegerField(default=1)
    first_closes_on = models.DateField(_("end of the first round"), null=True, blank=True)
    receipts_eligible = models.BooleanField(
        default=False, help_text="gifts give a right to a tax receipt; set by the treasurer"
    )
    proposed_minor = models.JSONField(default=list, help_text="amounts offered as buttons, minor units")
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    hidden = models.BooleanField(default=False, help_text="by moderation")
    is_sample = models.BooleanField(default=False, help_text="invented for a demonstration")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [
            models.Index(fields=["state", "-id"], name="campaign_list"),
            models.Index(fields=["project", "-id"], name="campaign_project"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(goal_minor__gt=0), name="campaign_goal_positive"),
            models.CheckConstraint(condition=Q(minimum_minor__gt=0), name="campaign_minimum_positive"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="campaign_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(needed_minor__gte=0) & Q(needed_minor__lte=F("goal_minor")),
                name="campaign_needed_within_goal",
            ),
            models.CheckConstraint(condition=Q(tolerance_percent__lte=10), name="campaign_tolerance_bounded"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("crowdfunding:campaign", args=[self.slug])

    @property
    def shown_language(self) -> str:
        """The language its texts are read in by the active reader."""
        return best({code: text.get("title") for code, text in self.texts.items()}) or self.language

    @property
    def title(self) -> str:
        return str(self.texts.get(self.shown_language, {}).get("title", ""))

    @property
    def story(self) -> str:
        """Washed HTML."""
        return str(self.texts.get(self.shown_language, {}).get("story", ""))

    @property
    def goal(self) -> Money:
        return money(self.goal_minor, self.currency)

    @property
    def minimum(self) -> Money:
        return money(self.minimum_minor, self.currency)

    @property
    def needed(self) -> Money:
        """What must come for a conditional campaign to succeed."""
        return money(self.needed_minor, self.currency)

    @property
    def is_conditional(self) -> bool:
        """Whether card gifts are only secured now and charged when the minimum is reached."""
        return self.kind in self.CONDITIONAL and self.round == 1

    @property
    def proposed(self) -> list[Money]:
        return [money(int(amount), self.currency) for amount in self.proposed_minor]

    @property
    def received(self) -> Money:
        return money(self.tally.received_minor, self.currency)

    @property
    def promised(self) -> Money:
        return money(self.tally.promised_minor, self.currency)

    @property
    def missing(self) -> Money:
        """What neither is there nor promised, by donors or sponsors; never below zero."""
        there = self.tally.received_minor + self.tally.promised_minor + max(0, self.tally.matched_minor)
        return money(max(0, self.goal_minor - there), self.currency)

    @property
    def matched(self) -> Money:
        """What sponsors promised to add to gifts and have not paid yet; never part of what is received."""
        return money(max(0, self.tally.matched_minor), self.currency)

    @property
    def matched_share(self) -> int:
        """Whole per cent of the goal that sponsors promised; what ``shares`` leaves at most."""
        return min(100 - sum(self.shares), percent(self.matched, self.goal))

    @property
    def monthly(self) -> Money:
        """What regular supports promise per month."""
        return money(self.tally.monthly_minor, self.currency)

    @property
    def monthly_share(self) -> int:
        """Whole per cent of the goal per month that regular supports promise."""
        return percent(self.monthly, self.goal)

    @property
    def shares(self) -> tuple[int, int]:
        """Whole per cent of the goal that is there and that is promised; together never beyond 100."""
        there = percent(self.received, self.goal)
        return there, min(100 - there, percent(self.promised, self.goal))

    def takes_pledges(self, day: date | None = None) -> bool:
        """Whether a pledge can be made on a day."""
        day = day or timezone.localdate()
        first = self.first_closes_on if self.is_conditional else None
        last = first or self.closes_on
        return self.state == self.State.OPEN and not self.hidden and self.opens_on <= day <= last

    @property
    def card_progress(self) -> Progress:
        """Its preview card changes with each gift and each day: so does the card's address, for messengers' caches."""
        language = get_language() or "fr"
        have, goal = (f"\u2066{text(amount, language)}\u2069" for amount in (self.received, self.goal))
        rest = str(self.get_state_display())
        if self.takes_pledges():
            days = (self.closes_on - timezone.localdate()).days + 1
            rest = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
        return Progress(*self.shares, gettext("%(have)s of %(goal)s") % {"have": have, "goal": goal}, rest)

    @property
    def subject_title(self) -> str:
        return self.title

    @property
    def subject_project(self) -> Project:
        return self.project

    @property
    def subject_owner(self) -> Organisation:
        """The collector answers for the money."""
        return self.collector

    @property
    def subject_author(self) -> Person | None:
        return self.made_by

    @property
    def is_public(self) -> bool:
        return self.state != self.State.DRAFT and not self.hidden and self.project.is_public


class Tally(models.Model):
    """What a campaign has, kept in the transaction of each change so that reading costs the same at any size.

    The ledger and the pledges are the truth: ``verify_ledger`` compares them with this row.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="tally")
    promised_minor = MinorField(default=0)
    received_minor = MinorField(default=0)
    promises = models.PositiveIntegerField(default=0)
    gifts = models.PositiveIntegerField(default=0)
    backers = models.PositiveIntegerField(default=0)
    matched_minor = MinorField(default=0, help_text="what sponsors promised to add and have not paid yet")
    monthly_minor = MinorField(default=0, help_text="what regular supports promise per month")
    supporters = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        constraints = [
            models.CheckConstraint(
                condition=Q(promised_minor__gte=0) & Q(received_minor__gte=0), name="tally_never_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.received_minor} + {self.promised_minor}"
