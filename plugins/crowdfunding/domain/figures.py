"""Sums for dashboards: per currency, never mixed."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from moneyed import Money

from core.models import Project
from core.money import money
from plugins.crowdfunding.models import MatchSettlement, Tally


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
    """Money received, one amount per currency; over all projects, what a pot passed on counts where it was given."""
    there = _per_currency(project, "received_minor")
    if project is not None:
        return there
    passed = _passed_on()
    return [amount - money(passed.get(amount.currency.code, 0), amount.currency.code) for amount in there]


def _passed_on() -> dict[str, int]:
    """What pots filled by givers paid to other campaigns, minor units per currency: given once, received twice."""
    rows = MatchSettlement.objects.filter(place__fund__source__isnull=False, place__campaign__hidden=False)
    return dict(rows.order_by().values_list("place__fund__currency").annotate(Sum("amount_minor")))


def promised(project: Project | None) -> list[Money]:
    """Money promised and not yet received, one amount per currency."""
    return _per_currency(project, "promised_minor")


def backers(project: Project | None) -> int:
    """Donors whose money came; one who gave to two campaigns counts in each."""
    return _tallies(project).aggregate(sum=Sum("backers"))["sum"] or 0
