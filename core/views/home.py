"""The home page: explains itself and shows what lives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.models import Project


def home(request: HttpRequest) -> HttpResponse:
    """Propose, give, help, talk; then the newest projects."""
    projects = Project.objects.public().select_related("territory", "owner").order_by("-published_at", "-id")[:6]
    return render(request, "core/home.html", {"projects": projects})
