"""The closing run of a campaign whose gifts depend on its success: one row per campaign and round."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.money import MinorField, money


class ClosingRun(Identified, models.Model):
    """How far the end of a round is: who was charged, until when the others have time, which side it fell on.

    The row is the memory of a work that a crash may cut at any line: every step reads it, does a part, writes it.
    """

    class Phase(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("closing run", "waiting for transfers on their way")
        CHARGING = "charging", pgettext_lazy("closing run", "charging the cards")
        ASKING = "asking", pgettext_lazy("closing run", "waiting for donors who were asked again")
        SUCCEEDING = "succeeding", pgettext_lazy("closing run", "reached: the rest is being written")
        FAILING = "failing", pgettext_lazy("closing run", "not reached: everything is being given back")
        SUCCEEDED = "succeeded", pgettext_lazy("closing run", "reached")
        FAILED = "failed", pgettext_lazy("closing run", "not reached")

    class Cause(models.TextChoices):
        DEADLINE = "deadline", _("the last day was over")
        CANCELLED = "cancelled", _("the campaign was cancelled")

    OVER = frozenset({Phase.SUCCEEDED, Phase.FAILED})
    """Nothing is left to do but for money that comes late."""

    campaign = models.ForeignKey(
        "crowdfunding.Campaign", on_delete=models.PROTECT, related_name="closing_runs"
    )
    round = models.PositiveSmallIntegerField(default=1)
    phase = models.CharField(max_length=12, choices=Phase.choices, default=Phase.WAITING)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.DEADLINE)
    bar_minor = MinorField(help_text="what must really be there, the tolerance taken off")
    cards = models.PositiveIntegerField(default=0, help_text="cards that were there when charging began")
    began_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(help_text="how long transfers and donors asked again have time")
    charging_since = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    received_minor = MinorField(null=True, blank=True, help_text="what was really there at the verdict")
    told = models.BigIntegerField(default=0, help_text="the last donor who was told of the success")
    ended_at = models.DateTimeField(null=True, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)
    unreachable_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("closing run")
        verbose_name_plural = _("closing runs")
        indexes = [models.Index(fields=["phase", "id"], name="closing_run_phase")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "round"], name="closing_run_once_per_round"),
            models.CheckConstraint(condition=Q(bar_minor__gt=0), name="closing_run_bar_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.round} · {self.phase}"

    @property
    def is_over(self) -> bool:
        """Whether everything is on one side."""
        return self.phase in self.OVER

    @property
    def bar(self) -> Money:
        return money(self.bar_minor, self.campaign.currency)

    @property
    def received(self) -> Money | None:
        """What was really there at the verdict; None before."""
        return None if self.received_minor is None else money(self.received_minor, self.campaign.currency)
