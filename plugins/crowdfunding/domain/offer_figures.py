"""Figures of what is no gift of money through a campaign: shares paid, things received, days done."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from moneyed import Money

from core.models import Project
from core.money import money
from plugins.crowdfunding.models import DaysOffer, InKindOffer, OfferedThing, Share


def shares_paid(project: Project | None) -> list[Money]:
    """Shares that communes and programmes paid, one amount per currency."""
    rows: QuerySet[Share] = Share.objects.filter(state=Share.State.PAID).order_by()
    if project is not None:
        rows = rows.filter(line__project=project)
    sums = rows.values_list("line__currency").annotate(total=Sum("amount_minor")).order_by("line__currency")
    return [money(total, currency) for currency, total in sums]


def things_received(project: Project | None) -> int:
    """Things that arrived, piece by piece."""
    rows = OfferedThing.objects.filter(
        offer__state=InKindOffer.State.RECEIVED, offer__campaign__hidden=False
    ).order_by()
    rows = rows if project is None else rows.filter(offer__campaign__project=project)
    return rows.aggregate(sum=Sum("arrived"))["sum"] or 0


def days_done(project: Project | None) -> int:
    """Days of work that groups and communes did."""
    rows = DaysOffer.objects.filter(state=DaysOffer.State.DONE, campaign__hidden=False).order_by()
    rows = rows if project is None else rows.filter(campaign__project=project)
    return rows.aggregate(sum=Sum("done_days"))["sum"] or 0
