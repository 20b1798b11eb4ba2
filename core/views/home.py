"""The home page: explains itself and shows what lives."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import context as frame
from core.domain import listing, pages, timeline
from core.models import AnnouncementPage, JournalEntry, Project
from core.prepared import prepared

RECENT = 24
SHOWN = 6


@prepared
def newest_but(*projects: int) -> QuerySet[Project]:
    """The newest projects beside some."""
    rows = listing.cards(Project.objects.public()).exclude(pk__in=projects)
    return rows.order_by("-published_at", "-pk")[:SHOWN]


@prepared
def by_key(*projects: int) -> QuerySet[Project]:
    """Those of some projects that anyone may read."""
    return listing.cards(Project.objects.public()).filter(pk__in=projects)


@prepared
def recent() -> QuerySet[JournalEntry]:
    """What happened last in projects that anyone may read."""
    return timeline.public_entries().filter(project__status=Project.Status.PUBLISHED)[:RECENT]


def living(projects: list[Project]) -> list[Project]:
    """Projects in which something happened last, filled up with the newest."""
    found = projects[:SHOWN]
    if len(found) < SHOWN:
        found = found + newest_but(*(project.pk for project in projects))[: SHOWN - len(found)]
    return found


def home(request: HttpRequest) -> HttpResponse:
    """Propose, give, help, talk; then living projects, what happened last, what is announced."""
    entries = recent()
    moving = {project.pk: project for project in by_key(*{entry.project_id for entry in entries})}
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
