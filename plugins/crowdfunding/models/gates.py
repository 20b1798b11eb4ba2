"""What an organisation told the authorities: declarations of public appeals and reports after an authorised one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class GenerosityDeclaration(models.Model):
    """The number under which an association declared its appeal to public generosity for a year (France)."""

    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.CharField(_("declaration number"), max_length=60)
    declared_on = models.DateField(_("declared on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("declaration of a public appeal")
        verbose_name_plural = _("declarations of public appeals")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="declaration_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.year}"


class AppealReport(models.Model):
    """The report owed to the authority after an authorised appeal ended; ``sent_on`` is empty until it was sent."""

    campaign = models.OneToOneField("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="report")
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    reference = models.CharField(_("reference of the authority"), max_length=60, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report of a public appeal")
        verbose_name_plural = _("reports of public appeals")
        indexes = [models.Index(fields=["organisation", "sent_on", "due_on"], name="report_due")]

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.due_on}"

    @property
    def is_late(self) -> bool:
        return self.sent_on is None and self.due_on < timezone.localdate()
