"""Organisations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.domain import listing, pages
from core.models import AnnouncementPage, Membership, Organisation, Project
from core.models.languages import best

SIZE = 30


def organisation_list(request: HttpRequest) -> HttpResponse:
    """Admitted organisations by name, all or of one kind, thirty at a time."""
    admitted = Organisation.objects.filter(status=Organisation.Status.ADMITTED)
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    used = set(admitted.order_by().values_list("kind", flat=True).distinct())
    rows = admitted.select_related("territory")
    if kind:
        rows = rows.filter(kind=kind) if kind in Organisation.Kind.values else rows.none()
    shown = listing.by_name(rows, after=after, size=SIZE)
    context = {
        "organisations": shown.rows,
        "after": shown.after,
        "paged": bool(after),
        "kind": kind,
        "kinds": [(value, label) for value, label in Organisation.Kind.choices if value in used],
    }
    return render(request, "core/organisation_list.html", context)


def organisation_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation: who it is, what it carries, what it announces."""
    rows = Organisation.objects.filter(status=Organisation.Status.ADMITTED).select_related("territory")
    organisation = get_object_or_404(rows, slug=slug)
    members = Membership.objects.filter(organisation=organisation, until=None)
    language = best(dict(organisation.description)) or ""
    context = {
        "organisation": organisation,
        "description": organisation.description.get(language, ""),
        "description_language": language,
        "members": members.values("person").distinct().count(),
        "projects": listing.cards(Project.objects.public().filter(owner=organisation)).order_by(
            "-published_at", "-pk"
        )[:20],
        "announcements": pages.latest(
            AnnouncementPage.objects.live().public().filter(organisation=organisation), 6
        ),
    }
    return render(request, "core/organisation.html", context)
