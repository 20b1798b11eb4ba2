"""Sums of what was passed on and spent, for dashboards: per currency, never mixed."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from moneyed import Money

from core.models import Project
from core.money import money
from plugins.crowdfunding.models import Payout, Spending


def _sums(rows: QuerySet, project: Project | None) -> list[Money]:
    rows = rows.filter(campaign__hidden=False).order_by()
    if project is not None:
        rows = rows.filter(campaign__project=project)
    sums = rows.values_list("currency").annotate(Sum("amount_minor")).order_by("currency")
    return [money(total, currency) for currency, total in sums if total]


def passed_on(project: Project | None) -> list[Money]:
    """Money that left its collector for its receiver, one amount per currency."""
    return _sums(Payout.objects.filter(state__in=Payout.STANDING), project)


def spent(project: Project | None) -> list[Money]:
    """Money spent, one amount per currency."""
    return _sums(Spending.objects.filter(state=Spending.State.BOOKED), project)
