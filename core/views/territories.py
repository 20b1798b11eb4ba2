"""Territories."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.models import Project, Territory


def territory_list(request: HttpRequest) -> HttpResponse:
    """Territories that have projects."""
    territories = Territory.objects.filter(projects__status=Project.Status.PUBLISHED).distinct()
    return render(request, "core/territory_list.html", {"territories": territories})


def territory_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What has been done and what is sought in a territory and below."""
    territory = get_object_or_404(Territory.objects.select_related("parent"), code=code)
    projects = Project.objects.public().within(territory.path).select_related("territory", "owner")[:20]
    return render(request, "core/territory.html", {"territory": territory, "projects": projects})
