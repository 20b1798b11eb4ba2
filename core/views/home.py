"""The home page: explains itself and shows what lives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import context as frame
from core.domain import listing, pages, timeline
from core.models import AnnouncementPage, Project

RECENT = 24
SHOWN = 6


def living(projects: list[Project]) -> list[Project]:
    """Projects in which something happened last, filled up with the newest."""
    found = projects[:SHOWN]
    if len(found) < SHOWN:
        rows = listing.cards(Project.objects.public()).exclude(pk__in=[project.pk for project in projects])
        found = found + list(rows.order_by("-published_at", "-pk")[: SHOWN - len(found)])
    return found


def home(request: HttpRequest) -> HttpResponse:
    """Propose, give, help, talk; then living projects, what happened last, what is announced."""
    rows = timeline.public_entries().filter(project__status=Project.Status.PUBLISHED)
    entries = list(rows[:RECENT])
    moving = listing.cards(Project.objects.public()).in_bulk({entry.project_id for entry in entries})
    entries = [entry for entry in entries if entry.project_id in moving]
    for entry in entries:
        entry.project = moving[entry.project_id]
    moved = [moving[pk] for pk in dict.fromkeys(entry.project_id for entry in entries)]
    context = {
        "doors": frame.doors(),
        "projects": living(moved),
        "told": timeline.tell(entries[:SHOWN], with_project=True),
        "announcements": pages.latest(AnnouncementPage.objects.live().public(), 4),
        "events": pages.coming(3),
    }
    return render(request, "core/home.html", context)
