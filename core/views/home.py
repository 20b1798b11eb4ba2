"""The home page: explains itself and shows what lives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import context as frame
from core.domain import listing, pages, timeline
from core.models import AnnouncementPage, JournalEntry, Project

RECENT = 40
SHOWN = 6


def living(entries: list[JournalEntry]) -> list[Project]:
    """Projects in which something happened last, filled up with the newest."""
    moving = {
        entry.project_id: entry.project for entry in entries if entry.project and entry.project.is_public
    }
    found = list(moving.values())[:SHOWN]
    if len(found) < SHOWN:
        rows = listing.cards(Project.objects.public()).exclude(pk__in=moving)
        found += rows.order_by("-published_at", "-pk")[: SHOWN - len(found)]
    return found


def home(request: HttpRequest) -> HttpResponse:
    """Propose, give, help, talk; then living projects, what happened last, what is announced."""
    rows = timeline.public_entries().filter(project__status=Project.Status.PUBLISHED)
    entries = list(
        rows.select_related("actor", "organisation", "project__territory", "project__owner")[:RECENT]
    )
    context = {
        "doors": frame.doors(),
        "projects": living(entries),
        "told": timeline.tell(entries[:SHOWN], with_project=True),
        "announcements": pages.latest(AnnouncementPage.objects.live().public(), 4),
        "events": pages.coming(3),
    }
    return render(request, "core/home.html", context)
