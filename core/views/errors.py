"""403, 404 and 500 pages that say what to do."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: who may, and how to ask."""
    return render(request, "core/error_403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: where to look instead."""
    return render(request, "core/error_404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither database nor context."""
    from django.template.loader import get_template

    return HttpResponseServerError(get_template("core/error_500.html").template.source)  # type: ignore[attr-defined]
