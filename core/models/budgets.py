"""Budget lines: what a project costs, line by line, in money, in things and in days of work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models.identity import Identified
from core.models.languages import best
from core.models.projects import Project
from core.money import CurrencyField, MinorField, money


class BudgetLine(Identified, models.Model):
    """One line of a project's budget: an amount of one currency, or a quantity of one thing, or days of work.

    Kind and currency never change: what people promised to a line stays what they promised.
    """

    class Kind(models.TextChoices):
        MONEY = "money", _("money")
        IN_KIND = "in_kind", _("in kind")
        DAYS = "days", _("days of work")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget_lines")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    texts = models.JSONField(default=dict, help_text="{language: text}")
    amount_minor = MinorField(null=True, blank=True)
    currency = CurrencyField(blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(_("counted in"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        kind="money",
                        amount_minor__isnull=False,
                        amount_minor__gt=0,
                        currency__gt="",
                        quantity=None,
                    )
                    | Q(
                        kind__in=["in_kind", "days"],
                        quantity__isnull=False,
                        quantity__gt=0,
                        amount_minor=None,
                        currency="",
                    )
                ),
                name="budget_line_counts_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.texts.get(best(self.texts) or "", "")

    @property
    def shown_language(self) -> str:
        """The language its text is read in by the active reader."""
        return best(self.texts) or ""

    @property
    def amount(self) -> Money | None:
        return money(self.amount_minor, self.currency) if self.amount_minor is not None else None

    @property
    def measure(self) -> int:
        """The size of the line in what it counts: minor units, things or days."""
        return self.amount_minor if self.amount_minor is not None else self.quantity or 0
