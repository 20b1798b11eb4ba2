"""Lists and pages of projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.models import Project


def project_list(request: HttpRequest) -> HttpResponse:
    """Published projects, newest first."""
    projects = Project.objects.public().select_related("territory", "owner").order_by("-published_at", "-id")[:20]
    return render(request, "core/project_list.html", {"projects": projects})


def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One project in the reader's language or the nearest it has."""
    projects = Project.objects.public().select_related("territory__parent", "owner", "cover")
    project = get_object_or_404(projects, slug=slug)
    return render(request, "core/project.html", {"project": project, "needs": project.needs.all()})
