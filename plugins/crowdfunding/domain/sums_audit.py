"""Sums of regular supports and of what sponsors add, compared with their rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Sum

from plugins.crowdfunding.models import (
    Campaign,
    Match,
    MatchedCampaign,
    MatchingFund,
    MatchSettlement,
    Support,
)


def of_campaign(campaign: Campaign) -> Iterable[str]:
    """What the campaign's tally says otherwise than supports, matches and settlements."""
    tally = campaign.tally
    running = Support.objects.filter(campaign=campaign, state__in=Support.COUNTED)
    found = running.aggregate(sum=Sum("monthly_minor"), number=Count("pk"))
    if (tally.monthly_minor, tally.supporters) != (found["sum"] or 0, found["number"]):
        yield f"campaign {campaign.slug}: the tally of regular supports differs from its rows"
    places = MatchedCampaign.objects.filter(campaign=campaign).order_by()
    sums = places.aggregate(matched=Sum("matched_minor"), settled=Sum("settled_minor"))
    matched, settled = sums["matched"] or 0, sums["settled"] or 0
    if tally.matched_minor != matched - settled:
        yield f"campaign {campaign.slug}: the tally of what sponsors add differs from its places"
    truth = Match.objects.filter(campaign=campaign).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    paid = MatchSettlement.objects.filter(place__campaign=campaign).aggregate(sum=Sum("amount_minor"))["sum"]
    if (matched, settled) != (truth, paid or 0):
        yield f"campaign {campaign.slug}: places of sponsors differ from their matches and payments"


def of_funds() -> Iterable[str]:
    """Funds whose sum differs from their matches."""
    sums = dict(Match.objects.order_by().values_list("fund").annotate(Sum("amount_minor")))
    for fund in MatchingFund.objects.order_by("pk").iterator(chunk_size=200):
        if fund.matched_minor != sums.get(fund.pk, 0):
            yield f"fund {fund.uid}: says {fund.matched_minor}, its matches {sums.get(fund.pk, 0)}"
