"""Offers in kind and of days of work: things travel too, and hands help."""

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
from core.money import CurrencyField, MinorField, money
from plugins.crowdfunding.models.pledges import new_token


class Offer(Identified, models.Model):
    """What things and days have in common: who offers, by which private link, what was answered.

    The giver is whoever reads the private link; name, address and town are seen by those who answer alone.
    """

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one offer")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    language = models.CharField(max_length=5, default="fr")
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class InKindOffer(Offer):
    """Things somebody would give: offered, accepted, on their way, received."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("things", "offered")
        ACCEPTED = "accepted", pgettext_lazy("things", "accepted")
        IN_TRANSIT = "in_transit", pgettext_lazy("things", "on their way")
        RECEIVED = "received", pgettext_lazy("things", "received")
        DECLINED = "declined", pgettext_lazy("things", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("things", "withdrawn")

    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    pickup = models.CharField(_("where the things are"), max_length=200, blank=True)
    currency = CurrencyField()

    receiver = models.ForeignKey(
        "core.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="who accepted: the other party of the deed",
    )  # fmt: skip
    deed_year = models.PositiveSmallIntegerField(null=True, blank=True)
    deed_number = models.PositiveIntegerField(null=True, blank=True)
    deed_on = models.DateField(null=True, blank=True)
    deed_name = models.CharField(_("full name of the giver"), max_length=160, blank=True)
    deed_address = models.CharField(_("postal address"), max_length=300, blank=True)
    deed_identity = models.CharField(_("number of identity or registration"), max_length=60, blank=True)

    carrier = models.CharField(_("who carries them"), max_length=120, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    border_post = models.CharField(_("border post"), max_length=80, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)

    received_by = models.CharField(_("received by"), max_length=120, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    reception_note = models.CharField(_("note on the reception"), max_length=500, blank=True)
    reception_photo = models.ForeignKey(
        "core.PrivateFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("offer in kind")
        verbose_name_plural = _("offers in kind")
        indexes = [models.Index(fields=["campaign", "state", "-id"], name="in_kind_campaign")]
        constraints = [
            models.UniqueConstraint(fields=["receiver", "deed_year", "deed_number"], name="deed_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "declined", "withdrawn"])
                | Q(receiver__isnull=False, deed_number__isnull=False, deed_year__isnull=False),
                name="in_kind_accepted_has_a_deed",
            ),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(received_on__isnull=False),
                name="in_kind_received_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.uid

    def get_absolute_url(self) -> str:
        """The private page."""
        return reverse("crowdfunding:offer", args=[self.token])

    @property
    def value(self) -> Money:
        """The estimated value of all things, as their giver says."""
        return money(sum(thing.value_minor for thing in self.things.all()), self.currency)


class OfferedThing(models.Model):
    """One sort of things in an offer: how many, in which condition, worth how much in all."""

    class Condition(models.TextChoices):
        NEW = "new", pgettext_lazy("condition", "new")
        GOOD = "good", pgettext_lazy("condition", "used, in good condition")
        WORN = "worn", pgettext_lazy("condition", "used, needs some repair")

    offer = models.ForeignKey(InKindOffer, on_delete=models.CASCADE, related_name="things")
    line = models.ForeignKey(
        "core.BudgetLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    what = models.CharField(_("what"), max_length=200)
    quantity = models.PositiveIntegerField(_("how many"))
    condition = models.CharField(
        _("condition"), max_length=4, choices=Condition.choices, default=Condition.GOOD
    )
    value_minor = MinorField(default=0)
    arrived = models.PositiveIntegerField(null=True, blank=True, help_text="how many really came")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("offered thing")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="offered_quantity_positive"),
            models.CheckConstraint(condition=Q(value_minor__gte=0), name="offered_value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.what}"

    @property
    def value(self) -> Money:
        return money(self.value_minor, self.offer.currency)


class DaysOffer(Offer):
    """Days of work that a group or a commune would give: offered, accepted, done."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("days", "offered")
        ACCEPTED = "accepted", pgettext_lazy("days", "accepted")
        DONE = "done", pgettext_lazy("days", "done")
        DECLINED = "declined", pgettext_lazy("days", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("days", "withdrawn")

    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    line = models.ForeignKey(
        "core.BudgetLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    group = models.CharField(_("who would work"), max_length=120, help_text="a group or a commune, public")
    days = models.PositiveIntegerField(_("days of work"))
    when = models.CharField(_("when"), max_length=160, blank=True)
    done_days = models.PositiveIntegerField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("offer of days")
        verbose_name_plural = _("offers of days")
        indexes = [models.Index(fields=["campaign", "state", "-id"], name="days_campaign")]
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0), name="offered_days_positive"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_days__isnull=False, done_on__isnull=False),
                name="days_done_are_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.uid

    def get_absolute_url(self) -> str:
        """The private page."""
        return reverse("crowdfunding:days_offer", args=[self.token])
