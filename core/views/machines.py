"""What machines ask for at the root: the way to a language, robots, the map of the site, the icon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from wagtail.models import Page

from core.conf import absolute
from core.domain.pages import address
from core.models import HomePage, Organisation, Project, ProjectIndexPage, ProjectPage

MOST = 12_000
"""Addresses of one kind in the map: search engines read 50,000 at most."""


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The home page in the language the reader's browser asks for."""
    language = translation.get_language_from_request(request)
    known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    response = HttpResponseRedirect(f"/{known}/")
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be read by search engines; forms and accounts are of no use to them."""
    private = [
        f"Disallow: /{code}/{part}/" for code, _name in settings.LANGUAGES for part in ("account", "report")
    ]
    lines = ["User-agent: *", "Disallow: /cms/", *private, f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def favicon(request: HttpRequest) -> HttpResponse:
    """For programs that ask for it by its old name."""
    return HttpResponseRedirect(static("core/favicon.svg"))


@require_safe
def sitemap(request: HttpRequest) -> StreamingHttpResponse:
    """Our own projects, organisations and pages, each in the languages its text has; row by row."""
    return StreamingHttpResponse(site_map(), content_type="application/xml; charset=utf-8")


def site_map() -> Iterator[str]:
    """The lines of the map."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for code, _name in settings.LANGUAGES:
        yield entry(f"/{code}/", None)
    projects = Project.objects.public().local().order_by("-published_at", "-pk")
    for slug, languages, updated in projects.values_list("slug", "texts", "updated_at")[:MOST].iterator():
        for code in languages:
            with translation.override(code):
                path = reverse("project", args=[slug])
            yield entry(path, updated)
    organisations = Organisation.objects.filter(status=Organisation.Status.ADMITTED)
    for slug in organisations.values_list("slug", flat=True)[:MOST].iterator():
        yield entry(f"/{settings.LANGUAGE_CODE}/organisations/{slug}/", None)
    pages = Page.objects.live().public().filter(depth__gt=2).not_type(ProjectPage).not_type(ProjectIndexPage)
    for page in pages.not_type(HomePage).select_related("locale")[:MOST].iterator():
        yield entry(address(page, page.locale.language_code), page.last_published_at)
    yield "</urlset>\n"


def entry(path: str, changed: datetime | None) -> str:
    """One address, with the day it changed."""
    day = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
    return f"<url><loc>{escape(absolute(path))}</loc>{day}</url>\n"
