"""Rewards for donors, collective returns for everybody, and the way of each reward to its donor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from core.models.identity import Identified
from core.models.languages import best
from core.money import MinorField, money


class RewardQuerySet(models.QuerySet["Reward"]):
    """Rewards in the order in which they are offered."""

    def shown(self) -> RewardQuerySet:
        """Smallest amount first, with their producer and how many of a limited stock are taken, in one query."""
        held = Delivery.objects.filter(reward=OuterRef("pk"), state__in=Delivery.HOLDING)
        count = held.order_by().values("reward").annotate(number=Count("pk")).values("number")
        limited = When(stock__isnull=False, then=Coalesce(Subquery(count), 0))
        rows = self.select_related("producer").annotate(taken_count=Case(limited, default=0))
        return rows.order_by("from_minor", "pk")


class Reward(Identified, models.Model):
    """What a donor gets from an amount on (individual), or what everybody gets of the project (collective).

    ``texts`` is ``{language: {"title", "description"}}``. Deliveries are counted under the lock of this row when one
    is claimed, so that a limited stock is never oversold; giving one back takes no lock at all.
    """

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", pgettext_lazy("reward", "for each donor who chooses it")
        COLLECTIVE = "collective", pgettext_lazy("reward", "for everybody (collective return)")

    class Licence(models.TextChoices):
        NONE = "", _("no licence")
        CC_BY = "cc-by", "CC BY 4.0"
        CC_BY_SA = "cc-by-sa", "CC BY-SA 4.0"
        CC0 = "cc0", "CC0 1.0"
        ODBL = "odbl", "ODbL 1.0"
        OTHER = "other", _("another licence")

    DEEDS = {
        Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
        Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
        Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
        Licence.ODBL: "https://opendatacommons.org/licenses/odbl/1-0/",
    }
    """Where each licence is read."""

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="rewards")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.INDIVIDUAL)
    texts = models.JSONField(default=dict)
    from_minor = MinorField(default=0, help_text="in the campaign's currency")
    stock = models.PositiveIntegerField(_("how many there are"), null=True, blank=True)
    per_donor = models.PositiveSmallIntegerField(_("how many one donor may have"), null=True, blank=True)
    delivery_on = models.DateField(
        _("expected delivery"), null=True, blank=True, help_text="first of the month"
    )
    needs_address = models.BooleanField(_("it is sent by post"), default=False)
    licence = models.CharField(_("licence"), max_length=10, choices=Licence.choices, blank=True, default="")
    licence_text = models.CharField(max_length=120, blank=True)
    producer = models.ForeignKey(
        "core.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_url = models.URLField(
        max_length=500, blank=True, help_text="where a collective return is found"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    told_until = models.BigIntegerField(
        null=True, blank=True, help_text="last pledge told; null: nobody waits"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        indexes = [models.Index(fields=["campaign", "from_minor"], name="reward_campaign")]
        constraints = [
            models.CheckConstraint(condition=Q(from_minor__gte=0), name="reward_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="individual") | Q(stock__isnull=True), name="reward_collective_has_no_stock"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_language(self) -> str:
        """The language its texts are read in by the active reader."""
        return best({code: text.get("title") for code, text in self.texts.items()}) or "fr"

    @property
    def title(self) -> str:
        return str(self.texts.get(self.shown_language, {}).get("title", ""))

    @property
    def description(self) -> str:
        """Washed HTML."""
        return str(self.texts.get(self.shown_language, {}).get("description", ""))

    @property
    def amount(self) -> Money:
        """From how much on it is given."""
        return money(self.from_minor, self.campaign.currency)

    @property
    def is_individual(self) -> bool:
        return self.kind == self.Kind.INDIVIDUAL

    @property
    def taken(self) -> int:
        """How many of a limited stock are set aside or given; asked once when the query did not bring it."""
        known = self.__dict__.get("taken_count")
        if known is None:
            known = self.deliveries.filter(state__in=Delivery.HOLDING).count()
            self.__dict__["taken_count"] = known
        return int(known)

    @property
    def left(self) -> int | None:
        """How many are left; None when there is no limit."""
        return None if self.stock is None else max(0, self.stock - self.taken)

    @property
    def is_available(self) -> bool:
        """Whether a donor can choose it now."""
        return self.is_individual and self.withdrawn_at is None and self.left != 0

    @property
    def deed(self) -> str:
        """Where its licence is read."""
        return self.DEEDS.get(self.Licence(self.licence), "")

    @property
    def licence_name(self) -> str:
        return self.licence_text if self.licence == self.Licence.OTHER else str(self.get_licence_display())


class Delivery(Identified, models.Model):
    """A donor's reward: set aside with the promise, sent once the money is there, received or not.

    The address is asked for after giving only, and forgotten some time after the reward arrived.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", pgettext_lazy("delivery", "set aside")
        TO_SEND = "to_send", pgettext_lazy("delivery", "to send")
        SENT = "sent", pgettext_lazy("delivery", "sent")
        RECEIVED = "received", pgettext_lazy("delivery", "received")
        PROBLEM = "problem", pgettext_lazy("delivery", "a problem")
        FREED = "freed", pgettext_lazy("delivery", "given back to the stock")

    HOLDING = frozenset({State.RESERVED, State.TO_SEND, State.SENT, State.RECEIVED, State.PROBLEM})
    """States that hold one of the stock."""

    pledge = models.OneToOneField("crowdfunding.Pledge", on_delete=models.PROTECT, related_name="delivery")
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RESERVED)
    recipient = models.CharField(_("name on the parcel"), max_length=80, blank=True)
    address = models.CharField(_("postal address"), max_length=400, blank=True)
    phone = models.CharField(_("telephone for the carrier"), max_length=30, blank=True)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    number = models.CharField(_("parcel number"), max_length=60, blank=True)
    problem = models.CharField(max_length=400, blank=True, help_text="in the donor's words")
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["reward", "state", "-id"], name="delivery_list")]

    def __str__(self) -> str:
        return f"{self.reward_id} · {self.state}"

    @property
    def waits_for_address(self) -> bool:
        """Whether it cannot be sent because nobody said where to."""
        return self.state == self.State.TO_SEND and self.reward.needs_address and not self.address

    def facts(self) -> dict[str, Any]:
        """What the donor's letters say of it, JSON-ready."""
        return {"reward": self.reward.title, "carrier": self.carrier, "number": self.number}
