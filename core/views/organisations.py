"""Organisations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from core.models import Organisation


def organisation_list(request: HttpRequest) -> HttpResponse:
    """Admitted organisations."""
    organisations = Organisation.objects.filter(status=Organisation.Status.ADMITTED).select_related("territory")
    return render(request, "core/organisation_list.html", {"organisations": organisations})


def organisation_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation and its projects."""
    organisation = get_object_or_404(Organisation, slug=slug, status=Organisation.Status.ADMITTED)
    projects = organisation.projects.public().select_related("territory", "owner")[:20]
    return render(request, "core/organisation.html", {"organisation": organisation, "projects": projects})
