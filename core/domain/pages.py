"""The page tree: one home per language, one place for project pages, sections of editorial pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Locale, Page, Site

from core.conf import instance
from core.domain.listing import BadCursor, newest_first
from core.models import EventPage, HomePage, ProjectIndexPage, SectionPage
from core.models.languages import order

P = TypeVar("P", bound=Page)
LINE = ("title", "url_path", "translation_key", "first_published_at", "locale__language_code")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SECTIONS = {
    "announcements": {"fr": "Annonces", "ar": "إعلانات", "en": "Announcements", "zgh": "Annonces"},
    "events": {"fr": "Événements", "ar": "أنشطة", "en": "Events", "zgh": "Événements"},
    "sheets": {
        "fr": "Capitalisation",
        "ar": "رسملة التجارب",
        "en": "Lessons learnt",
        "zgh": "Capitalisation",
    },
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


def address(page: Page, language: str) -> str:
    """Where a page is read in a language; the text may be in another one, the frame around it is not."""
    return f"/{language}/{page.url_path.split('/', 2)[2]}"


def at_path(path: str, language: str) -> Page | None:
    """The live page at a path, from the tree of the language or of the nearest that has it; two queries."""
    wanted = {f"/home-{code}/{path}": rank for rank, code in enumerate(order(language))}
    found = Page.objects.live().filter(url_path__in=wanted).select_related("locale", "content_type")
    page = min(found, key=lambda page: wanted[page.url_path], default=None)
    return whole(page) if page is not None else None


def whole(page: Page) -> Page | None:
    """A page with its own fields and what its template names; one query."""
    kind = page.specific_class
    if kind is None:
        return None
    names = {"locale", "territory", "organisation", "project", "author"}
    related = names & {field.name for field in kind._meta.get_fields()}
    return kind._default_manager.select_related(*related).filter(pk=page.pk).first()


def language_notice(page: Page) -> str:
    """The name of the language of a page when it is not the reader's; empty otherwise."""
    code = page.locale.language_code
    return "" if code == get_language() else dict(settings.LANGUAGES).get(code, code)


def translation_in(page: Page, language: str) -> Page | None:
    """The live translation of a page in a language; no query when it is the page itself."""
    if page.locale.language_code == language:
        return page
    others = Page.objects.live().filter(translation_key=page.translation_key, locale__language_code=language)
    return others.first()


def in_best_language(pages: QuerySet[P], language: str | None = None) -> QuerySet[P]:
    """Each text once: in the reader's language, or in the nearest it has."""
    rank = Case(
        *[When(locale__language_code=code, then=Value(place)) for place, code in enumerate(order(language))],
        default=Value(9),
    )
    same = Page.objects.live().filter(translation_key=OuterRef("translation_key"))
    better = same.annotate(nearness=rank).filter(nearness__lt=OuterRef("nearness"))
    return pages.annotate(nearness=rank).filter(~Exists(better)).select_related("locale")


def dated(pages: QuerySet[P]) -> QuerySet[P]:
    """Pages with ``since``: when they were first published."""
    return pages.annotate(since=Coalesce("first_published_at", "last_published_at", Value(EPOCH)))


def latest(pages: QuerySet[P], number: int) -> list[P]:
    """The newest pages of a kind, each text once, with what a line of a list shows; one query."""
    found = dated(pages).order_by("-since", "-pk").select_related("locale").only(*LINE)
    return nearest(found[: number * len(settings.LANGUAGES)])[:number]


def coming(number: int) -> list[EventPage]:
    """Events that are not over, the next first; one query."""
    events = EventPage.objects.live().public().filter(not_over()).order_by("starts_at", "pk")
    found = events.select_related("locale").only(*LINE, "starts_at", "ends_at", "place")
    return nearest(found[: number * len(settings.LANGUAGES)])[:number]


def nearest(pages: Iterable[P]) -> list[P]:
    """Each text once, in the language nearest to the reader, in the order in which it came first."""
    ranks = {code: rank for rank, code in enumerate(order())}
    found: dict[Any, P] = {}
    for page in pages:
        rank = ranks.get(page.locale.language_code, len(ranks))
        other = found.get(page.translation_key)
        if other is None or rank < ranks.get(other.locale.language_code, len(ranks)):
            found[page.translation_key] = page
    return list(found.values())


def not_over() -> Q:
    """Events whose end, or start when they tell no end, is still to come."""
    now = timezone.now()
    return Q(ends_at__gte=now) | Q(ends_at=None, starts_at__gte=now)


def below(section: SectionPage) -> Q:
    """The pages right below a section in any language."""
    found = Q(pk=None)
    for path in section.get_translations(inclusive=True).values_list("path", flat=True):
        found |= Q(path__startswith=path)
    return found & Q(depth=section.depth + 1)


def children(section: SectionPage, request: HttpRequest) -> dict[str, Any]:
    """The live pages below a section, each text once, newest first by keyset; coming events stand first."""
    here = below(section)
    events = in_best_language(EventPage.objects.live().public().filter(here))
    upcoming = (
        list(events.filter(not_over()).order_by("starts_at", "pk")[:50]) if section.slug == "events" else []
    )
    pages: Any = dated(in_best_language(Page.objects.live().public().filter(here)))
    pages = pages.exclude(pk__in=[event.pk for event in upcoming]).specific()
    after = request.GET.get("after", "")
    try:
        shown = newest_first(pages, field="since", after=after)
    except BadCursor:
        raise Http404 from None
    locales = Locale.objects.in_bulk()
    for page in shown.rows:  # ``specific`` forgets what was joined
        page.locale = locales[page.locale_id]
    return {"upcoming": upcoming, "pages": shown.rows, "after": shown.after, "paged": bool(after)}
