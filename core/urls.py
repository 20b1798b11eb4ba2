"""URLs of an instance: machine addresses first, then one tree per language, then Wagtail's pages."""

from __future__ import annotations

import importlib.util

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter
from drf_spectacular.views import SpectacularAPIView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from core import converters
from core.registry import registry
from core.views import health, machines
from core.views import pages as editorial
from core.views.media import media

register_converter(converters.UnicodeSlug, "uslug")

handler400 = "core.views.errors.unclear"
handler403 = "core.views.errors.refused"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"


def of_plugins(module: str) -> list[URLResolver]:
    """``urls`` mounted at ``/<lang>/<label>/``; ``machine_urls`` (webhooks, /ap/, /.well-known/) at the root."""
    found = []
    for plugin in registry.plugins():
        name = f"{plugin.name}.{module}"
        if importlib.util.find_spec(name) is None:
            continue
        prefix = f"{plugin.label}/" if module == "urls" else ""
        found.append(
            path(prefix, include((name, plugin.label if module == "urls" else f"{plugin.label}_machine")))
        )
    return found


def pages() -> list[URLPattern | URLResolver]:
    """What people read and do, under each language."""
    return [
        path("", include("core.pages_urls")),
        path("account/", include("core.account_urls")),
        *of_plugins("urls"),
        path("", include(wagtail_urls.urlpatterns[:-1])),  # all of Wagtail's but its own way to serve pages
        re_path(r"^((?:[\w\-]+/)*)$", editorial.serve, name="wagtail_serve"),
    ]


urlpatterns = [
    *of_plugins("machine_urls"),
    path("", machines.root, name="root"),
    path("health/", health.health, name="health"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("core.api.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media, name="media"),
    *i18n_patterns(*pages()),
]
