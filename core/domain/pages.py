"""The page tree: one home per language, one place for project pages, sections of editorial pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Locale, Page, Site

from core.conf import instance
from core.models import HomePage, ProjectIndexPage, SectionPage

SECTIONS = {
    "announcements": {"fr": "Annonces", "ar": "إعلانات", "en": "Announcements", "zgh": "Annonces"},
    "events": {"fr": "Événements", "ar": "أنشطة", "en": "Events", "zgh": "Événements"},
    "sheets": {"fr": "Capitalisation", "ar": "رسملة التجارب", "en": "Lessons learnt", "zgh": "Capitalisation"},
    "about": {"fr": "À propos", "ar": "من نحن", "en": "About", "zgh": "À propos"},
}
PROJECTS = {"fr": "Projets", "ar": "المشاريع", "en": "Projects", "zgh": "Projets"}


def ensure_tree() -> None:
    """Make what is missing of the locales, homes, sections and the Wagtail site; safe to repeat."""
    root = Page.get_first_root_node()
    homes: dict[str, HomePage] = {}
    for code, _name in settings.LANGUAGES:
        locale, _made = Locale.objects.get_or_create(language_code=code)
        home = HomePage.objects.filter(locale=locale).first()
        if home is None:
            home = HomePage(title=instance().text(instance().title, code), slug=f"home-{code}", locale=locale)
            if homes:
                home.translation_key = homes[settings.LANGUAGE_CODE].translation_key
            root.add_child(instance=home)
            root.refresh_from_db()
        homes[code] = home
    for slug, titles in {"projects": PROJECTS, **SECTIONS}.items():
        kind = ProjectIndexPage if slug == "projects" else SectionPage
        first: Any = None
        for code, home in homes.items():
            page = home.get_children().type(kind).filter(slug=slug).first()
            if page is None:
                page = kind(title=titles[code], slug=slug, locale=home.locale, show_in_menus=True)
                if first is not None:
                    page.translation_key = first.translation_key
                home.add_child(instance=page)
                home.refresh_from_db()
            first = first or page
    host, _, port = instance().domain.partition(":")
    Site.objects.exclude(is_default_site=True).delete()
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": host,
            "port": int(port or 443),
            "site_name": instance().text(instance().title, "fr"),
            "root_page": homes[settings.LANGUAGE_CODE],
        },
    )
    Page.objects.filter(depth=2).exclude(pk__in=[home.pk for home in homes.values()]).filter(
        slug="home", numchild=0
    ).delete()


def project_index(language: str) -> ProjectIndexPage:
    """Where project pages of a language stand; French when the language has no tree."""
    pages = ProjectIndexPage.objects.select_related("locale")
    return pages.filter(locale__language_code=language).first() or pages.get(
        locale__language_code=settings.LANGUAGE_CODE
    )


def children(section: SectionPage, request: HttpRequest) -> dict[str, Any]:
    """The live pages below a section, newest first, twenty at most from ``?before=<id>``."""
    pages = section.get_children().live().order_by("-first_published_at", "-pk").specific()
    before = request.GET.get("before", "")
    if before.isdecimal():
        pages = pages.filter(pk__lt=int(before))
    shown = list(pages[:21])
    return {"pages": shown[:20], "next": shown[19].pk if len(shown) > 20 else None}
