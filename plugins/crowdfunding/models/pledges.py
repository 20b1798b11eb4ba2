"""Pledges: somebody promises an amount to a campaign, and what became of it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

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

LIFE = timedelta(days=60)
"""How long a promise is waited for before it expires."""


def new_token() -> str:
    """192 random bits: the private link of a pledge."""
    return secrets.token_urlsafe(24)


class Pledge(Identified, models.Model):
    """A promise of an amount in minor units; the donor reaches it by the private link alone.

    ``donor`` is a pseudonym shared by the pledges of one address in one campaign: it outlives the erasure of the
    address, so that the number of backers still adds up.
    """

    class State(models.TextChoices):
        STARTED = "started", pgettext_lazy("pledge", "not finished")
        PLEDGED = "pledged", pgettext_lazy("pledge", "promised")
        SECURED = "secured", pgettext_lazy("pledge", "promised by card")
        DUE = "due", pgettext_lazy("pledge", "waits for another card")
        RECEIVED = "received", pgettext_lazy("pledge", "received")
        REFUNDED = "refunded", pgettext_lazy("pledge", "given back")
        DISPUTED = "disputed", pgettext_lazy("pledge", "contested at the bank")
        RELEASED = "released", pgettext_lazy("pledge", "released, never charged")
        MOVED = "moved", pgettext_lazy("pledge", "moved to another project")
        KEPT = "kept", pgettext_lazy("pledge", "left to the organisation")
        CANCELLED = "cancelled", pgettext_lazy("pledge", "cancelled")
        EXPIRED = "expired", pgettext_lazy("pledge", "expired")

    class Channel(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        CHEQUE = "cheque", _("cheque")
        CASH = "cash", _("cash")
        CARD = "card", _("card")
        DEBIT = "debit", _("direct debit")

    class IfFails(models.TextChoices):
        RETURN = "return", _("give it back to me")
        MOVE = "move", _("give it to another project of the same organisation")
        KEEP = "keep", _("leave it to the organisation")

    OFFLINE = frozenset({Channel.TRANSFER, Channel.CHEQUE, Channel.CASH})
    """Ways of giving that a human books."""
    WAITING = frozenset({State.PLEDGED, State.SECURED, State.DUE})
    """States that count as promised."""

    class Origin(models.TextChoices):
        SITE = "site", _("made on the site")
        COUNTER = "counter", _("entered by the treasurer")

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="pledges")
    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLEDGED)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.SITE)
    channel = models.CharField(
        _("way of giving"), max_length=10, choices=Channel.choices, default=Channel.TRANSFER
    )
    gateway = models.CharField(max_length=20, default="offline")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    code = models.CharField(_("reference code"), max_length=12, unique=True)
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one pledge")
    currency = CurrencyField()
    amount_minor = MinorField()
    donor = models.CharField(max_length=26, default=new_uid)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    anonymous = models.BooleanField(_("anonymous"), default=False)
    if_fails = models.CharField(
        _("if the campaign fails"), max_length=6, choices=IfFails.choices, default=IfFails.RETURN
    )
    mandate = models.ForeignKey(
        "crowdfunding.Mandate", on_delete=models.PROTECT, null=True, blank=True, related_name="pledges"
    )
    support = models.ForeignKey(
        "crowdfunding.Support", on_delete=models.PROTECT, null=True, blank=True, related_name="pledges"
    )
    period = models.DateField(null=True, blank=True, help_text="the period of a regular support")
    moved_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to"
    )
    message = models.CharField(_("message"), max_length=500, blank=True)
    message_hidden = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="fr")
    created_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(default=timezone.now)
    reminders = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        indexes = [
            models.Index(fields=["campaign", "state", "-id"], name="pledge_campaign"),
            models.Index(fields=["collector", "state", "-id"], name="pledge_treasury"),
            models.Index(fields=["state", "waiting_since"], name="pledge_waiting"),
            models.Index(fields=["campaign", "email"], name="pledge_address"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="pledge_amount_positive"),
            models.UniqueConstraint(fields=["support", "period"], name="pledge_once_per_period"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The private page."""
        return reverse("crowdfunding:pledge", args=[self.token])

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)

    @property
    def transfer_code(self) -> str:
        """What a transfer carries: the code of its standing order, which is the same each time, else its own."""
        by_order = self.support if self.channel == self.Channel.TRANSFER else None
        return by_order.code if by_order is not None else self.code

    @property
    def expires_at(self) -> datetime:
        return self.waiting_since + LIFE

    @property
    def donor_name(self) -> str:
        """The name everyone may read: never that of somebody who asked for anonymity."""
        return str(_("Anonymous gift")) if self.anonymous else self.name or str(_("A donor"))
