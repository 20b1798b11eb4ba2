"""Who collects: an organisation's own bank account and what lets it appeal to the public."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MOROCCO = "MA"


class CollectorSettings(models.Model):
    """Bank details of an organisation that collects, and its authorisation where the law asks for one.

    The platform holds no money: gifts go straight to this account.
    """

    organisation = models.OneToOneField("core.Organisation", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(
        _("country of registration"), max_length=2, default="FR", help_text=_("Two letters: FR, MA, BE, ES…")
    )
    account_holder = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    rib = models.CharField(_("Moroccan RIB"), max_length=24, blank=True)
    authorisation_number = models.CharField(
        _("authorisation to appeal to the public"), max_length=60, blank=True
    )
    authorised_from = models.DateField(_("authorised from"), null=True, blank=True)
    authorised_until = models.DateField(_("authorised until"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("collector settings")
        verbose_name_plural = _("collector settings")

    def __str__(self) -> str:
        return f"{self.organisation} · {self.account_holder}"

    @property
    def needs_authorisation(self) -> bool:
        """Moroccan law 18-18 asks an authorisation before a public appeal for money."""
        return self.country == MOROCCO

    def may_collect(self, day: date | None = None) -> bool:
        """Whether money may be asked for on a day; without it promises are noted and nothing is paid."""
        if not self.needs_authorisation:
            return True
        day = day or timezone.localdate()
        return bool(
            self.authorisation_number
            and (self.authorised_from is None or self.authorised_from <= day)
            and (self.authorised_until is None or day <= self.authorised_until)
        )

    def takes(self, currency: str) -> bool:
        """Whether a transfer in this currency can reach the account: IBAN for euros, RIB or IBAN for dirhams."""
        return bool(self.iban) if currency == "EUR" else bool(self.rib or self.iban)
