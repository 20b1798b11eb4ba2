"""Milestones: money of a campaign that is released by tranche, when named witnesses have seen the work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.models.languages import best
from core.money import MinorField, money
from plugins.crowdfunding.models.pledges import new_token


class Milestone(Identified, models.Model):
    """One step of the work with its tranche: a fixed amount, or a share of what was received.

    ``texts`` is ``{language: {"title", "text"}}``; ``claim`` counts how often the team said that it is done.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("milestone", "planned")
        CLAIMED = "claimed", pgettext_lazy("milestone", "waits for its witnesses")
        OBJECTED = "objected", pgettext_lazy("milestone", "a witness objects")
        CONFIRMED = "confirmed", pgettext_lazy("milestone", "confirmed")
        RELEASED = "released", pgettext_lazy("milestone", "money released")

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    language = models.CharField(max_length=5, default="fr")
    texts = models.JSONField(default=dict)
    amount_minor = MinorField(null=True, blank=True)
    share_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(_("planned for"))
    needed = models.PositiveSmallIntegerField(default=1)
    claim = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["position"]
        indexes = [models.Index(fields=["state", "claimed_at"], name="milestone_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="milestone_position_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, share_percent__isnull=True)
                | Q(amount_minor__isnull=True, share_percent__gte=1, share_percent__lte=100),
                name="milestone_amount_or_share",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("crowdfunding:milestone", args=[self.campaign.slug, self.uid])

    @property
    def shown_language(self) -> str:
        """The language its texts are read in by the active reader."""
        return best({code: text.get("title") for code, text in self.texts.items()}) or self.language

    @property
    def title(self) -> str:
        return str(self.texts.get(self.shown_language, {}).get("title", ""))

    @property
    def text(self) -> str:
        """Washed HTML."""
        return str(self.texts.get(self.shown_language, {}).get("text", ""))

    @property
    def days(self) -> int:
        """For how many days the witnesses have been asked."""
        return (timezone.now() - self.claimed_at).days if self.claimed_at else 0

    @property
    def late(self) -> int:
        """By how many days the team is late with a step it has not claimed; 0 in time."""
        return max(0, (timezone.localdate() - self.due_on).days) if self.state == self.State.PLANNED else 0

    @property
    def tranche(self) -> Money | None:
        """The fixed amount as Money, or None for a share."""
        return None if self.amount_minor is None else money(self.amount_minor, self.campaign.currency)


class Witness(Identified, models.Model):
    """A person who goes and looks; known to the public by name once the invitation was accepted."""

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("witness", "invited")
        ACCEPTED = "accepted", pgettext_lazy("witness", "accepted")
        LEFT = "left", pgettext_lazy("witness", "no longer witness")

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="witnesses")
    state = models.CharField(max_length=8, choices=State.choices, default=State.INVITED)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("who this is"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=5, default="fr")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    invited_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("witness")
        verbose_name_plural = _("witnesses")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "email"], condition=~Q(email=""), name="witness_once_per_campaign"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The private page."""
        return reverse("crowdfunding:witness", args=[self.token])


class Testimony(Identified, models.Model):
    """What a witness said of one claim: confirmed with a photo, or objected with a reason."""

    class Verdict(models.TextChoices):
        CONFIRMS = "confirms", pgettext_lazy("testimony", "confirms")
        OBJECTS = "objects", pgettext_lazy("testimony", "objects")

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="testimonies")
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="testimonies")
    claim = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    words = models.CharField(max_length=1000, blank=True)
    photo = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("testimony")
        verbose_name_plural = _("testimonies")
        constraints = [
            models.UniqueConstraint(fields=["milestone", "witness", "claim"], name="testimony_once_per_claim")
        ]

    def __str__(self) -> str:
        return f"{self.witness_id} · {self.verdict}"
