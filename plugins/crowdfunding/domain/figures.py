"""Sums for dashboards: per currency, never mixed."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from moneyed import Money

from core.models import Project
from core.money import money
from plugins.crowdfunding.models import Tally


def _tallies(project: Project | None) -> QuerySet[Tally]:
    rows = Tally.objects.filter(campaign__hidden=False).order_by()
    return rows if project is None else rows.filter(campaign__project=project)


def _per_currency(project: Project | None, column: str) -> list[Money]:
    sums = (
        _tallies(project)
        .values_list("campaign__currency")
        .annotate(Sum(column))
        .order_by("campaign__currency")
    )
    return [money(total, currency) for currency, total in sums if total]


def raised(project: Project | None) -> list[Money]:
    """Money received, one amount per currency."""
    return _per_currency(project, "received_minor")


def promised(project: Project | None) -> list[Money]:
    """Money promised and not yet received, one amount per currency."""
    return _per_currency(project, "promised_minor")


def backers(project: Project | None) -> int:
    """Donors whose money came; one who gave to two campaigns counts in each."""
    return _tallies(project).aggregate(sum=Sum("backers"))["sum"] or 0
