"""The list of campaigns and a campaign's page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plugins.crowdfunding.domain import campaigns, collectors, donors, keyset
from plugins.crowdfunding.models import Campaign


def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns that take gifts now, or those that are over."""
    over = request.GET.get("state") == "over"
    rows = Campaign.objects.public().shown()
    rows = rows.exclude(state=Campaign.State.OPEN) if over else rows.filter(state=Campaign.State.OPEN)
    page = keyset.page(rows, request.GET.get("after"))
    treasuries = collectors.treasuries(request.user)
    context = {"page": page, "over": over, "query": "state=over&" if over else "", "treasuries": treasuries}
    return render(request, "crowdfunding/campaign_list.html", context)


def found(request: HttpRequest, slug: str) -> Campaign:
    """The campaign, when the reader may see it: everyone a public one, its managers their draft; else 404."""
    campaign = Campaign.objects.shown().filter(slug=slug).first()
    if campaign is None:
        raise Http404
    if not campaign.is_public and not campaigns.may_edit(request.user, campaign):
        raise Http404
    return campaign


def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is for, what is there, promised and missing, who gave; for its managers, what they can do."""
    campaign = found(request, slug)
    signed_in = request.user.is_authenticated
    context = {
        "campaign": campaign,
        "wall": donors.wall(campaign),
        "taking": campaign.takes_pledges(),
        "may_edit": signed_in and campaigns.may_edit(request.user, campaign),
        "may_open": signed_in and campaigns.may_open(request.user, campaign),
        "may_keep": signed_in and collectors.may_keep(request.user, campaign.collector),
    }
    return render(request, "crowdfunding/campaign.html", context)


@require_safe
def donor_wall(request: HttpRequest, slug: str) -> HttpResponse:
    """All gifts, newest first, as their donors wish to be seen; page by page they add up."""
    campaign = found(request, slug)
    number, amount = donors.anonymous(campaign)
    context = {
        "campaign": campaign,
        "page": donors.page(campaign, request.GET.get("after")),
        "anonymous": number,
        "anonymous_amount": amount,
        "may_edit": request.user.is_authenticated and campaigns.may_edit(request.user, campaign),
    }
    return render(request, "crowdfunding/donors.html", context)
