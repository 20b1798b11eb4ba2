"""Providers: an organisation's own account at one, the payment methods stored there, what it sends by itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.identity import Identified


class GatewayAccount(Identified, models.Model):
    """An organisation's own access to a provider: keys sealed at rest, never shown again."""

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    account = models.CharField(_("account at the provider"), max_length=80, blank=True)
    sealed = models.TextField(blank=True, help_text="secret and webhook secret, encrypted")
    hint = models.CharField(max_length=12, blank=True, help_text="last signs of the secret")
    enabled = models.BooleanField(_("in use"), default=True)
    test = models.BooleanField(_("test keys"), default=False)
    made_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("account at a provider")
        verbose_name_plural = _("accounts at providers")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "gateway"],
                condition=Q(enabled=True),
                name="gateway_account_in_use_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.gateway}"


class Mandate(Identified, models.Model):
    """A payment method stored at the provider, with the donor's consent to be charged later.

    Once nothing can use it any more it gets a day to be removed at the provider (domain/mandates.py).
    """

    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="mandates")
    customer = models.CharField(max_length=140)
    method = models.CharField(max_length=140)
    channel = models.CharField(max_length=10, default="card")
    label = models.CharField(max_length=40, blank=True, help_text="what the donor recognises it by")
    expires = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    detach_at = models.DateTimeField(
        null=True, blank=True, help_text="nothing uses it: when the provider is asked next to remove it"
    )
    detached_at = models.DateTimeField(null=True, blank=True, help_text="the provider has removed it")

    class Meta:
        verbose_name = _("stored payment method")
        indexes = [
            models.Index(
                fields=["detach_at", "id"], condition=Q(detached_at__isnull=True), name="mandate_to_detach"
            )
        ]

    def __str__(self) -> str:
        return self.label or f"{self.channel} {self.pk}"


class ProviderEvent(models.Model):
    """What a provider sent by itself, stored once in the transaction of its effect."""

    class State(models.TextChoices):
        DONE = "done", pgettext_lazy("event", "done")
        NOTHING = "nothing", _("nothing to do")
        HUMAN = "human", _("waits for a person")
        SETTLED = "settled", _("settled by a person")

    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=140, help_text="the provider's id")
    type = models.CharField(max_length=80)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DONE)
    payment = models.ForeignKey(
        "crowdfunding.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    why = models.CharField(max_length=40, blank=True, help_text="the code of why a person must look")
    facts = models.JSONField(
        default=dict, help_text="references and amounts a person needs; nothing personal"
    )
    settled_by = models.ForeignKey(
        "core.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of a provider")
        verbose_name_plural = _("events of providers")
        constraints = [models.UniqueConstraint(fields=["account", "event"], name="provider_event_once")]
        indexes = [models.Index(fields=["account", "state", "-id"], name="provider_event_state")]

    def __str__(self) -> str:
        return f"{self.event} · {self.type}"
