"""Lists and pages of projects."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from core.domain import listing, origin
from core.domain.covers import cover_of
from core.domain.timeline import public_entries, tell
from core.models import Need, Project, Theme
from core.prepared import prepared


def project_list(request: HttpRequest) -> HttpResponse:
    """Published projects that answer the reader's filters, newest first, twenty at a time."""
    asked = listing.ProjectFilters.read(request.GET)
    after = request.GET.get("after", "")
    try:
        shown = listing.first_projects() if not (asked.active or after) else answering(asked, after)
    except listing.BadCursor:
        raise Http404 from None
    context = {
        "projects": shown.rows,
        "asked": asked,
        "territories": listing.territory_choices(asked.territory),
        "themes": listing.theme_choices(asked.theme),
        "stages": listing.stage_choices(asked.stage),
        "next": f"?{asked.query(after=shown.after)}" if shown.after else "",
        "first": f"?{asked.query()}" if after else "",
    }
    return render(request, "core/project_list.html", context)


def answering(asked: listing.ProjectFilters, after: str) -> listing.Slice[Project]:
    """A page of the projects that answer some filters; raises BadCursor."""
    rows = listing.cards(asked.apply(Project.objects.public()))
    return listing.newest_first(rows, field="published_at", after=after)


def public_project(slug: str) -> Project:
    """The published project of a slug, or 404."""
    found = published(slug)
    if not found:
        raise Http404
    return found[0]


@prepared
def published(slug: str) -> QuerySet[Project]:
    """The project of a slug, with where it is and who carries it."""
    rows = Project.objects.public().filter(slug=slug)
    return rows.defer("words").select_related("territory__parent", "owner")


@prepared
def needs_of(project: int) -> QuerySet[Need]:
    """What a project lacks."""
    return Need.objects.filter(project_id=project)


@prepared
def themes_of(project: int) -> QuerySet[Theme]:
    """The themes a project stands under."""
    return Theme.objects.filter(projects=project)


def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One project in the reader's language or the nearest it has."""
    project = public_project(slug)
    context: dict[str, Any] = {
        "project": project,
        "needs": needs_of(project.pk),
        "themes": themes_of(project.pk),
        "photo": cover_of(project.cover) if project.cover_id else None,
        "motif": project.territory.code if project.territory else project.uid,
        "unread_language": unread_language(project),
    }
    if project.is_remote:
        context |= {
            "origin_url": origin.read_at(project),
            "origin_place": origin.place(project),
            "origin_owner": origin.owner(project),
        }
    return render(request, "core/project.html", context)


def unread_language(project: Project) -> str:
    """The name of the language the texts are shown in when it is not the reader's; empty otherwise."""
    language = project.shown_language
    if language == get_language():
        return ""
    return dict(settings.LANGUAGES).get(language, language)


def project_journal(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that happened in a project, newest first, fifty at a time."""
    project = public_project(slug)
    rows = public_entries().filter(project=project)
    before = request.GET.get("before", "")
    if before:
        if not listing.is_key(before):
            raise Http404
        rows = rows.filter(pk__lt=int(before))
    entries = list(rows[:51])
    more = entries[49].pk if len(entries) > 50 else None
    return render(
        request, "core/project_journal.html", {"project": project, "told": tell(entries[:50]), "next": more}
    )
