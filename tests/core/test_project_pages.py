"""Project, territory, organisation and editorial pages as anyone reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Locale

from core.domain import projects, timeline
from core.domain.pages import ensure_tree
from core.journal import record
from core.models import AnnouncementPage, EventPage, JournalEntry, Need, Project, SectionPage
from core.verbs import DECLINED, EDITED
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ProjectFactory,
    TerritoryFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


def moved(project, number):
    for _ in range(number):
        with transaction.atomic():
            record(PersonFactory(), EDITED, project)


def text(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_timeline_tells_public_entries_in_the_readers_words(client):
    project = ProjectFactory(stage="seeking")
    projects.move_stage(project, "underway", by=PersonFactory())
    with transaction.atomic():
        record(PersonFactory(), DECLINED, project, reason="secret")
    page = text(client, f"/en/projects/{project.slug}/")
    assert "The project moved to the stage “<bdi>Under way</bdi>”" in page
    assert "secret" not in page
    assert "انتقل المشروع إلى مرحلة «<bdi>جارٍ</bdi>»" in text(client, f"/ar/projects/{project.slug}/")


def told(facts, pattern="{fact}"):
    return str(timeline.sentence(JournalEntry(facts=facts), pattern))


def test_facts_are_read_as_what_they_are():
    with translation.override("fr"):
        assert told({"fact": {"minor": 5000, "currency": "EUR"}}) == "<bdi>50\u00a0€</bdi>"
        assert told({"fact": "2026-11-27"}) == "<bdi>27 novembre 2026</bdi>"
        assert told({"stage": "idea"}, "{stage}") == "<bdi>Idée</bdi>"
        assert told({"fact": ["a", "b"]}) == "<bdi>a</bdi>, <bdi>b</bdi>"
        assert told({"fact": "2026-99-99"}) == "<bdi>2026-99-99</bdi>"
    with translation.override("ar"):
        assert "نونبر" in told({"fact": "2026-11-27"})


def test_facts_cannot_carry_markup_nor_reach_into_objects():
    assert "<script>" not in told({"fact": "<script>alert(1)</script>"})
    assert told({"fact": "{actor}"}) == "<bdi>{actor}</bdi>"
    assert told({}, "{gone}") == "…"


def test_history_goes_on_by_keyset(client):
    project = ProjectFactory()
    moved(project, 60)
    first = client.get(f"/fr/projects/{project.slug}/journal/")
    assert len(first.context["told"]) == 50
    second = client.get(f"/fr/projects/{project.slug}/journal/?before={first.context['next']}")
    assert len(second.context["told"]) == 10
    assert second.context["next"] is None
    assert client.get(f"/fr/projects/{project.slug}/journal/?before=x").status_code == 404


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_queries_of_a_project_do_not_grow(client):
    project = ProjectFactory()
    path = f"/fr/projects/{project.slug}/"

    def add(number):
        moved(project, number)
        for _ in range(number):
            Need.objects.create(project=project, kind="skills", texts={"fr": "Un plan"})
            project.themes.add(ThemeFactory())

    add(1)
    one = queries(client, path)
    add(2)
    assert queries(client, path) == one <= 12


def test_text_in_another_language_says_so(client):
    project = ProjectFactory(texts={"ar": {"title": "بئر", "summary": "", "story": "<p>ماء</p>"}})
    page = text(client, f"/fr/projects/{project.slug}/")
    assert '<h1 lang="ar" dir="auto">بئر</h1>' in page
    assert 'class="note"' in page
    assert 'class="note"' not in text(client, f"/ar/projects/{project.slug}/")


def test_zgh_interface_falls_back_to_french(client):
    project = ProjectFactory()
    page = text(client, f"/zgh/projects/{project.slug}/")
    assert '<html lang="zgh" dir="ltr">' in page
    assert "Cherche des moyens" in page


@pytest.mark.parametrize("status", sorted(set(Project.Status.values) - {"published"}))
def test_what_is_not_published_is_not_found(client, status):
    project = ProjectFactory(status=status)
    for path in (f"/fr/projects/{project.slug}/", f"/fr/projects/{project.slug}/journal/"):
        assert client.get(path).status_code == 404


def test_language_links_keep_path_and_query(client):
    page = text(client, "/fr/projects/?stage=idea&q=a%26b")
    assert 'href="/ar/projects/?stage=idea&amp;q=a%26b" lang="ar"' in page


def test_story_is_washed(client):
    project = ProjectFactory(
        texts={"fr": {"title": "T", "summary": "<b>x</b>", "story": "<p onclick=x>a<script>b</script></p>"}}
    )
    page = text(client, f"/fr/projects/{project.slug}/")
    assert "<script>" not in page
    assert "onclick" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_sample_data_is_said_on_every_page(client):
    ensure_tree()
    project = ProjectFactory(is_sample=True)
    for path in (
        "/fr/",
        "/ar/projects/",
        f"/fr/projects/{project.slug}/",
        "/fr/announcements/",
        "/fr/account/login/",
    ):
        assert 'class="sample"' in text(client, path), path
    assert "Inventé pour cette démonstration" in text(client, f"/fr/projects/{project.slug}/")


def test_territory_opens_with_what_has_been_done(client):
    """D14: achievements first."""
    place = TerritoryFactory()
    ProjectFactory(territory=place, stage="done", texts={"fr": {"title": "Fini"}})
    ProjectFactory(territory=place, stage="idea", texts={"fr": {"title": "Commencé"}})
    page = text(client, f"/fr/territories/{place.code}/")
    assert page.index("Fini") < page.index("Commencé")
    assert client.get(f"/fr/territories/{place.code}/").context["done_number"] == 1


def test_organisation_counts_each_member_once(client):
    organisation = OrganisationFactory()
    person = PersonFactory()
    MembershipFactory(organisation=organisation, person=person, role="manager")
    MembershipFactory(organisation=organisation, person=person, role="treasurer")
    MembershipFactory(organisation=organisation, until=timezone.now().date())
    assert client.get(f"/fr/organisations/{organisation.slug}/").context["members"] == 1


@pytest.fixture
def tree(db):
    ensure_tree()


def page_in(kind, section, slug, titles, **facts):
    first = None
    for language, title in titles.items():
        locale = Locale.objects.get(language_code=language)
        page = kind(title=title, slug=slug, locale=locale, **facts)
        if first is not None:
            page.translation_key = first.translation_key
        SectionPage.objects.get(slug=section, locale=locale).add_child(instance=page)
        page.save_revision().publish()
        first = first or page
    return first


def test_a_list_shows_each_text_once_in_the_nearest_language(client, tree):
    page_in(AnnouncementPage, "announcements", "deux", {"fr": "Français", "ar": "عربي"})
    page_in(AnnouncementPage, "announcements", "un", {"fr": "Seul"})
    shown = [page.title for page in client.get("/ar/announcements/").context["pages"]]
    assert sorted(shown) == ["Seul", "عربي"]
    assert sorted(page.title for page in client.get("/ar/").context["announcements"]) == ["Seul", "عربي"]


def test_a_page_answers_in_every_language(client, tree):
    page_in(AnnouncementPage, "announcements", "seul", {"fr": "Seul"})
    assert 'class="note"' in text(client, "/ar/announcements/seul/")
    two = page_in(AnnouncementPage, "announcements", "francais", {"fr": "Français"})
    locale = Locale.objects.get(language_code="ar")
    other = AnnouncementPage(title="عربي", slug="arabi", locale=locale, translation_key=two.translation_key)
    SectionPage.objects.get(slug="announcements", locale=locale).add_child(instance=other)
    other.save_revision().publish()
    response = client.get("/ar/announcements/francais/")
    assert (response.status_code, response["Location"]) == (302, "/ar/announcements/arabi/")


def test_drafts_and_withdrawn_pages_are_not_found(client, tree):
    page = page_in(AnnouncementPage, "announcements", "seul", {"fr": "Seul"})
    page = AnnouncementPage.objects.get(pk=page.pk)
    page.unpublish()
    assert client.get("/fr/announcements/seul/").status_code == 404
    assert "Seul" not in text(client, "/fr/announcements/")


def test_section_pages_have_constant_queries(client, tree):
    page_in(AnnouncementPage, "announcements", "a0", {"fr": "A"})
    one = queries(client, "/fr/announcements/")
    page_in(AnnouncementPage, "announcements", "a1", {"fr": "B", "ar": "ب"})
    page_in(AnnouncementPage, "announcements", "a2", {"fr": "C"})
    assert queries(client, "/fr/announcements/") == one <= 12


def test_events_tell_what_comes_first_and_open_in_calendars(client, tree):
    now = timezone.now().replace(microsecond=0)
    page_in(EventPage, "events", "past", {"fr": "Passé"}, starts_at=now - timedelta(days=3))
    event = page_in(
        EventPage, "events", "soon", {"fr": "Fête, l'été"}, starts_at=now + timedelta(days=3), place="Aglou"
    )
    context = client.get("/fr/events/").context
    assert [page.title for page in context["upcoming"]] == ["Fête, l'été"]
    assert [page.title for page in context["pages"]] == ["Passé"]
    from icalendar import Calendar

    response = client.get(f"/fr/events/{event.pk}/calendar.ics")
    entry = next(iter(Calendar.from_ical(response.content).walk("VEVENT")))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert (str(entry["SUMMARY"]), str(entry["LOCATION"])) == ("Fête, l'été", "Aglou")
    assert entry["DTSTART"].dt == event.starts_at
    assert entry["DTEND"].dt == event.starts_at + timedelta(hours=2)


def test_announcements_feed(client, tree):
    page_in(AnnouncementPage, "announcements", "deux", {"fr": "Français & co", "ar": "عربي"})
    assert "<title>Français &amp; co</title>" in text(client, "/fr/announcements/feed/")
    assert "عربي" in text(client, "/ar/announcements/feed/")
    assert "Français" not in text(client, "/ar/announcements/feed/")
