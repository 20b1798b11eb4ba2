"""Numbers without gaps: one series per organisation, name and year."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Series(models.Model):
    """The last number given in a series of a year; its row is the lock under which the next one is given."""

    collector = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")
        constraints = [
            models.UniqueConstraint(fields=["collector", "name", "year"], name="series_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}-{self.last:04}"
