"""Missions as anyone reads them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.domain.listing import BadCursor, newest_first
from plugins.volunteering.domain import listing
from plugins.volunteering.domain.chronograms import chronogram, public_rows
from plugins.volunteering.domain.missions import similar
from plugins.volunteering.domain.response_times import response_time
from plugins.volunteering.domain.stances import may_edit
from plugins.volunteering.models import Mission

PAGE = 12


def mission_list(request: HttpRequest) -> HttpResponse:
    """Open missions, newest first, by place, from anywhere, by skill."""
    filters = listing.MissionFilters.read(request.GET.dict())
    rows = listing.cards(filters.apply(Mission.objects.open()))
    try:
        page = newest_first(rows, field="published_at", after=request.GET.get("after", ""), size=PAGE)
    except BadCursor:
        raise Http404 from None
    context = {
        "missions": page.rows,
        "next": filters.query(after=page.after) if page.after else "",
        "filters": filters,
        "territories": listing.territory_choices(filters.territory),
        "skills": listing.skill_choices(filters.skill),
    }
    return render(request, "volunteering/mission_list.html", context)


def mission_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One mission; a draft or hidden one only for those who may edit it."""
    mission = get_mission(slug)
    edits = request.user.is_authenticated and may_edit(request.user, mission)
    if not (mission.is_public or edits):
        raise Http404
    listing.add_moves([mission])
    context = {
        "mission": mission,
        "edits": edits,
        "skills": mission.skills.all(),
        "chart": chronogram(public_rows(mission)),
        "response": response_time(mission.host),
        "similar": [] if mission.is_open else similar(mission),
    }
    return render(request, "volunteering/mission.html", context)


def get_mission(slug: str) -> Mission:
    """The mission of a slug with all that its page shows, or 404."""
    rows = Mission.objects.counted().select_related(
        "host", "territory", "project__territory", "project__owner"
    )
    return get_object_or_404(rows, slug=slug)
