"""J1 read: what anyone can read, on a phone and a wide screen, with and without JavaScript, in three languages."""

from __future__ import annotations

import gzip
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from wagtail.models import Locale

from core.domain import projects
from core.models import (
    AnnouncementPage,
    CapitalisationSheetPage,
    EventPage,
    Need,
    Project,
    SectionPage,
    StandingPage,
    Territory,
)
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import OrganisationFactory, ProjectFactory, TerritoryFactory, ThemeFactory

MOST_BYTES, MOST_REQUESTS, MOST_HTML, MOST_CSS = 150_000, 12, 14_000, 15_000


def write(kind, section, slug, texts, **facts):
    """One live page per language under a section."""
    first = None
    for language, text in texts.items():
        locale = Locale.objects.get(language_code=language)
        page = kind(slug=slug, locale=locale, **text, **facts)
        if first is not None:
            page.translation_key = first.translation_key
        SectionPage.objects.get(slug=section, locale=locale).add_child(instance=page)
        page.save_revision().publish()
        first = first or page
    return first


@pytest.fixture
def village(site):
    """A commune with a project in two languages, another in French alone, one from elsewhere, and what is written."""
    commune = commune_of_tiznit()
    owner = OrganisationFactory(
        slug="tifaout", name="Tifaout Iferda", name_ar="تيفاوت إفردا", territory=commune
    )
    sorting = project_underway(commune, owner)
    project_in_french(commune)
    project_from_elsewhere()
    news(owner)
    lessons()
    return sorting


def commune_of_tiznit():
    """A commune below its province."""
    province = TerritoryFactory(
        code="09.581", level=Territory.Level.PROVINCE, name_fr="Tiznit", name_ar="تيزنيت"
    )
    return TerritoryFactory(
        code="09.581.01.05", parent=province, name_fr="Arbaa Sahel", name_ar="أربعاء الساحل"
    )


def project_underway(commune, owner):
    """A project in two languages with a theme and a need of money."""
    texts = {
        "fr": {
            "title": "Trier dans la vallée",
            "summary": "Neuf douars",
            "story": "<p>Une benne et trente bacs.</p>",
        },
        "ar": {"title": "الفرز في الوادي", "summary": "تسعة دواوير", "story": "<p>شاحنة وثلاثون حاوية.</p>"},
    }
    sorting = ProjectFactory(slug="trier", status="waiting", territory=commune, owner=owner, texts=texts)
    sorting.themes.add(ThemeFactory(slug="waste", name_fr="Déchets", name_ar="النفايات"))
    Need.objects.create(
        project=sorting,
        kind="money",
        texts={"fr": "Camion", "ar": "شاحنة"},
        amount_minor=2_400_000,
        currency="EUR",
    )
    projects.publish(sorting, by=None)
    projects.move_stage(sorting, Project.Stage.UNDERWAY, by=None)
    return sorting


def project_in_french(commune):
    """A project that is done and that nobody translated."""
    texts = {
        "fr": {
            "title": "Un puits pour l'école",
            "summary": "De l'eau toute l'année",
            "story": "<p>Creuser.</p>",
        }
    }
    school = ProjectFactory(slug="puits", status="waiting", stage="done", territory=commune, texts=texts)
    projects.publish(school, by=None)


def project_from_elsewhere():
    """A project of another instance."""
    ProjectFactory(
        slug="ailleurs",
        origin_uri="https://b.example/ap/object/1",
        origin_url="https://b.example/fr/projects/x/",
        origin_name="Tiwizi B",
        texts={"fr": {"title": "Venu d'ailleurs", "summary": "", "story": ""}},
        owner=None,
    )


def news(owner):
    """An announcement in two languages, another in French alone, and an event to come."""
    both = {"fr": {"title": "Appel aux animateurs"}, "ar": {"title": "نداء إلى المنشطين"}}
    write(AnnouncementPage, "announcements", "appel", both, organisation=owner, body="<p>Texte</p>")
    alone = {"fr": {"title": "En français seul"}}
    write(AnnouncementPage, "announcements", "seul", alone, body="<p>Texte</p>")
    meeting = {"fr": {"title": "Assemblée"}}
    soon = timezone.now() + timedelta(days=5)
    write(EventPage, "events", "assemblee", meeting, starts_at=soon, place="Maison des jeunes")


def lessons():
    """What was learnt, and how the site works."""
    learnt = {"fr": {"title": "Ce que nous avons appris"}}
    facts = {"context": "<p>Neuf douars.</p>", "lessons": "<p>Écrire tôt.</p>"}
    write(CapitalisationSheetPage, "sheets", "fiche", learnt, **facts)
    works = {"fr": {"title": "Comment ça marche"}}
    write(StandingPage, "about", "comment", works, body="<h2>Lire</h2><p>Sans compte.</p>")


PLACES = [
    "", "projects/", "projects/?q=introuvable", "projects/trier/", "projects/puits/", "projects/ailleurs/",
    "projects/trier/journal/", "territories/", "territories/09.581/", "territories/09.581.01.05/", "organisations/",
    "organisations/tifaout/", "announcements/", "announcements/appel/", "announcements/seul/", "events/",
    "events/assemblee/", "sheets/", "sheets/fiche/", "about/", "about/comment/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_axe_finds_nothing_and_nothing_overflows(village, new_page, look, language, size):
    """D11: every page of the journey, French and Arabic, phone and wide screen."""
    page = new_page(viewport=size, language=language)
    for place in PLACES:
        look(page, f"/{language}/{place}")
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        assert page.locator("h1").count() == 1, place


def test_error_pages_are_clean(village, new_page, axe, watch):
    watch.forgive("404")
    page = new_page(viewport=PHONE)
    assert page.goto("/ar/nowhere/").status == 404
    axe(page)
    page.get_by_role("searchbox").fill("puits")
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("link", name="Un puits pour l'école").wait_for()


def test_home_explains_itself_in_one_screen(village, any_page):
    """D27: propose, give, help, talk are in sight without scrolling, and lead somewhere."""
    any_page.goto("/fr/")
    doors = any_page.locator(".door")
    assert doors.count() >= 2
    for number in range(doors.count()):
        box = doors.nth(number).bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], doors.nth(number).inner_text()
    for url in [doors.nth(number).get_attribute("href") for number in range(doors.count())]:
        assert any_page.goto(url).status == 200, url


def test_reading_a_project_found_by_filters(village, any_page):
    """Home → list → filters → project → its history, with and without JavaScript."""
    any_page.goto("/fr/")
    any_page.get_by_role("link", name="Tous les projets").click()
    any_page.get_by_label("Territoire").select_option("09.581.01.05")
    any_page.get_by_label("Thème").select_option("waste")
    any_page.get_by_label("Étape").select_option("underway")
    any_page.get_by_role("searchbox").fill(["DECHETS", "vallee"][1])
    any_page.get_by_role("button", name="Afficher").click()
    assert any_page.locator(".item").count() == 1
    any_page.get_by_role("link", name="Trier dans la vallée").click()
    any_page.get_by_role("heading", level=1, name="Trier dans la vallée").wait_for()
    assert any_page.locator(".stages [aria-current=step]").inner_text() == "En cours"
    assert any_page.get_by_text("Le projet est passé à l’étape").count() == 1
    assert (
        any_page.get_by_role("link", name="Partager sur WhatsApp")
        .get_attribute("href")
        .startswith("https://wa.me/?text=Trier")
    )


def test_filters_stay_when_the_language_changes(village, any_page):
    any_page.goto("/fr/projects/?stage=underway&territory=09.581")
    any_page.locator(".langs [hreflang=ar]").click()
    parts = urlsplit(any_page.url)
    assert (parts.path, parts.query) == ("/ar/projects/", "stage=underway&territory=09.581")
    assert any_page.locator("#stage").input_value() == "underway"
    any_page.get_by_role("link", name="الفرز في الوادي").wait_for()


def test_switching_the_language_stays_on_the_page(village, any_page):
    """D11: French → Arabic → English on a project; what has no translation is shown in another language and says so."""
    any_page.goto("/fr/projects/trier/")
    any_page.locator(".langs [hreflang=ar]").click()
    assert urlsplit(any_page.url).path == "/ar/projects/trier/"
    assert any_page.locator("h1").inner_text() == "الفرز في الوادي"
    assert any_page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
    any_page.locator(".langs [hreflang=en]").click()
    assert urlsplit(any_page.url).path == "/en/projects/trier/"
    assert any_page.locator("h1").inner_text() == "Trier dans la vallée"
    assert any_page.locator("h1").get_attribute("lang") == "fr"
    any_page.get_by_text("it has not been translated yet").wait_for()


def test_an_announcement_follows_the_language_or_says_it_cannot(village, any_page):
    any_page.goto("/fr/announcements/appel/")
    any_page.locator(".langs [hreflang=ar]").click()
    assert any_page.locator("h1").inner_text() == "نداء إلى المنشطين"
    any_page.goto("/fr/announcements/seul/")
    any_page.locator(".langs [hreflang=ar]").click()
    assert urlsplit(any_page.url).path == "/ar/announcements/seul/"
    assert any_page.locator("html").get_attribute("dir") == "rtl"
    assert any_page.locator("h1").inner_text() == "En français seul"
    assert any_page.locator(".note").count() == 1


def test_menu_opens_on_a_phone_without_script(village, any_page):
    any_page.goto("/fr/")
    menu = any_page.get_by_role("navigation", name="Menu principal")
    assert not menu.is_visible()
    any_page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Territoires").click()
    assert urlsplit(any_page.url).path == "/fr/territories/"


def test_a_project_from_elsewhere_is_marked(village, page):
    page.goto("/fr/projects/?origin=elsewhere")
    assert page.locator(".item .badge.origin").inner_text() == "Tiwizi B"
    page.get_by_role("link", name="Venu d'ailleurs").click()
    assert page.locator("main").get_by_text("Tiwizi B").count() >= 1
    assert page.locator('main a[href^="https://b.example/"]').count() >= 1


def test_first_visit_is_light(village, new_page):
    """First visit of a project page at 390 px: 150 kB, 12 requests, HTML 14 kB and CSS 15 kB compressed, no script."""
    page = new_page(viewport=PHONE)
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/fr/projects/trier/", wait_until="networkidle")
    bodies = {answer.url: (answer.headers.get("content-type", ""), answer.body()) for answer in answers}
    small = {url: (kind, len(gzip.compress(body))) for url, (kind, body) in bodies.items()}
    assert len(answers) <= MOST_REQUESTS, list(small)
    assert sum(size for _kind, size in small.values()) <= MOST_BYTES, small
    assert sum(size for kind, size in small.values() if "html" in kind) <= MOST_HTML, small
    assert sum(size for kind, size in small.values() if "css" in kind) <= MOST_CSS, small
    assert not [url for url, (kind, _size) in small.items() if "javascript" in kind]
    html = next(answer for answer in answers if "html" in answer.headers.get("content-type", ""))
    assert html.headers["content-encoding"] == "gzip"


def test_targets_are_large_enough_for_a_thumb(village, phone):
    """WCAG 2.2, 2.5.8: what is pressed is 24 px at least in both directions, links inside sentences aside."""
    for place in ("", "projects/", "projects/trier/"):
        phone.goto(f"/fr/{place}")
        small = phone.evaluate(
            """[...document.querySelectorAll('a.btn, a.door, button, select, input:not([type=hidden]), .langs a, .brand, .foot a')]
            .filter(e => e.offsetParent).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 40).map(([html]) => html)"""
        )
        assert not small, (place, small)
