"""The way of the money, for everyone: from the gifts to the invoices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from core.models import Project
from plugins.crowdfunding.domain import traces
from plugins.crowdfunding.models import Campaign


@require_safe
def money(request: HttpRequest, slug: str) -> HttpResponse:
    """What a campaign collected, passed on and spent, with the project's other campaigns at hand."""
    rows = Campaign.objects.public().select_related("project", "tally", "collector", "receiver")
    campaign = get_object_or_404(rows, slug=slug)
    context = {
        "campaign": campaign,
        "trace": traces.of_campaign(campaign),
        "campaigns": traces.campaigns_of(campaign.project),
    }
    return render(request, "crowdfunding/money.html", context)


@require_safe
def of_project(request: HttpRequest, slug: str) -> HttpResponse:
    """The trace of a project's newest campaign; an empty page before the first."""
    project = get_object_or_404(Project.objects.public().local(), slug=slug)
    known = traces.campaigns_of(project)
    if known:
        return redirect("crowdfunding:money", known[0].slug)
    return render(request, "crowdfunding/money_none.html", {"project": project})
