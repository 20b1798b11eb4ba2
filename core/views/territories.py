"""Territories."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.conf import instance
from core.domain import listing, pages
from core.models import AnnouncementPage, Organisation, Project, Territory

FINISHED = (Project.Stage.DONE, Project.Stage.CAPITALISED)
SHOWN = 12


def territory_list(request: HttpRequest) -> HttpResponse:
    """The places that have projects, in their tree, with how many."""
    counts = projects_by_place("")
    codes = {code for path in counts for code in path.split("/") if code} | {instance().territory}
    places = sorted(Territory.objects.filter(code__in=codes), key=lambda place: place.path)
    rows: list[dict[str, Any]] = []
    above: list[str] = []
    for place in places:
        while above and not place.path.startswith(above[-1]):
            above.pop()
        number = sum(sum(stages.values()) for path, stages in counts.items() if path.startswith(place.path))
        rows.append({"place": place, "number": number, "depth": len(above)})
        above.append(place.path)
    return render(request, "core/territory_list.html", {"rows": rows})


def projects_by_place(path: str) -> dict[str, dict[str, int]]:
    """How many published projects stand at each path below one, by stage; one query."""
    rows = Project.objects.public().filter(territory__path__startswith=path).order_by()
    found: dict[str, dict[str, int]] = {}
    for place, stage, number in rows.values_list("territory__path", "stage").annotate(Count("pk")):
        found.setdefault(place, {})[stage] = number
    return found


def territory_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What has been done in a territory and below it, then what is under way and sought."""
    territory = get_object_or_404(Territory, code=code)
    counts = projects_by_place(territory.path)
    stages: dict[str, int] = {}
    below: dict[str, int] = {}
    for path, numbers in counts.items():
        child = path[len(territory.path) :].split("/")[0]
        below[child] = below.get(child, 0) + sum(numbers.values())
        for stage, number in numbers.items():
            stages[stage] = stages.get(stage, 0) + number
    rows = listing.cards(Project.objects.public().within(territory.path)).order_by("-published_at", "-pk")
    done = sum(stages.get(stage, 0) for stage in FINISHED)
    finished = list(rows.filter(stage__in=FINISHED)[:SHOWN])
    current = list(rows.exclude(stage__in=FINISHED)[:SHOWN])
    codes = [part for part in territory.path.split("/") if part][:-1]
    places = {
        place.code: place for place in Territory.objects.filter(code__in=[*codes, *filter(None, below)])
    }
    context = {
        "territory": territory,
        "crumbs": [places[part] for part in codes if part in places],
        "below": [(places[part], number) for part, number in sorted(below.items()) if part in places],
        "done_number": done,
        "current_number": sum(stages.values()) - done,
        "done": finished,
        "current": current,
        "organisations": Organisation.objects.filter(
            status=Organisation.Status.ADMITTED, territory__path__startswith=territory.path
        )[:SHOWN],
        "announcements": pages.latest(
            AnnouncementPage.objects.live().public().filter(territory__path__startswith=territory.path), 4
        ),
    }
    return render(request, "core/territory.html", context)
