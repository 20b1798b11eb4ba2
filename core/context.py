"""What every template may use: the instance, the menu, the languages; costs no query to anonymous readers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core.conf import instance
from core.models.languages import direction
from core.registry import registry

SHORT = {"fr": "fr", "ar": "ع", "en": "en", "zgh": "ⵣ"}


class Link(NamedTuple):
    """A menu entry ready to print."""

    label: str
    url: str
    current: bool


class Door(NamedTuple):
    """A way in on the home page."""

    verb: str
    hint: str
    url: str


class LanguageLink(NamedTuple):
    """The same page in a language: its code, its own name, a short sign and the address."""

    code: str
    name: str
    short: str
    url: str
    current: bool


def other_language(path: str, language: str) -> str:
    """The address of the same page in another language: only the prefix changes, the query stays."""
    _empty, prefix, *rest = path.split("/", 2)
    if prefix in SHORT:
        return f"/{language}/{rest[0] if rest else ''}"
    return f"/{language}/"


def language_links(path: str, language: str) -> list[LanguageLink]:
    """This page in each language of the instance."""
    return [
        LanguageLink(code, name, SHORT.get(code, code), other_language(path, code), code == language)
        for code, name in settings.LANGUAGES
    ]


def menu_links(path: str) -> list[Link]:
    """The site menu in the active language, with the entry one stands in marked."""
    urls = [(item.label, reverse(item.url_name)) for item in registry.menu() if item.label]
    return [Link(str(label), url, path.startswith(url)) for label, url in urls]


def doors() -> list[Door]:
    """What one can do here, as core and the plug-ins that are on say it: no plug-in, no door."""
    return [
        Door(str(item.door), str(item.hint), reverse(item.url_name)) for item in registry.menu() if item.door
    ]


@lru_cache(maxsize=1)
def theme() -> str:
    """The address of the site's theme, or of the default one when the site has none."""
    own = f"{instance().slug}/theme.css"
    return static(own if finders.find(own) else "core/tokens.css")


def unread(request: HttpRequest) -> int:
    """How many notices the signed-in person has not read; one query, only when a template asks."""
    from core.models import Notice

    return Notice.objects.filter(person=request.user, read_at=None).count()


def site(request: HttpRequest) -> dict[str, Any]:
    """``site_title``, ``tagline``, ``menu``, ``languages`` (this page in each), ``lang``, ``dir``, ``theme``."""
    here = instance()
    language = get_language() or "fr"
    return {
        "instance": here,
        "site_title": here.text(here.title, language),
        "tagline": here.text(here.tagline, language),
        "menu": menu_links(request.path),
        "lang": language,
        "dir": direction(language),
        "languages": language_links(request.get_full_path(), language),
        "theme": theme(),
        "unread": SimpleLazyObject(lambda: unread(request)),
    }
