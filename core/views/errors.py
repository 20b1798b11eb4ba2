"""Pages of errors that say what happened and what to do."""

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render

BROKEN = Path(__file__).resolve().parents[1] / "templates/core/error_500.html"


def unclear(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return render(request, "core/error_400.html", status=400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: who may, and how to ask."""
    return render(request, "core/error_403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form that came without its token: old page, or cookies refused."""
    return render(request, "core/error_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: where to look instead."""
    return render(request, "core/error_404.html", status=404)


@lru_cache(maxsize=1)
def broken_page() -> str:
    """The page shown when nothing else works: a file, in three languages."""
    return BROKEN.read_text(encoding="utf-8")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither database nor cache nor templates."""
    return HttpResponseServerError(broken_page())
