"""Pages kept for anonymous readers: sent without waking anything, never to the wrong reader, never when outdated."""

from __future__ import annotations

import gzip

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from core import page_cache
from core.domain import projects
from core.domain.pages import ensure_tree
from core.models import AnnouncementPage, SectionPage
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings):
    """The page cache is on and empty."""
    settings.PAGE_CACHE_SECONDS = 600
    page_cache.memory.clear()
    yield
    page_cache.memory.clear()


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A transaction of its own: what the test set up before counts as committed."""

    def begin():
        connection.run_on_commit.clear()
        return django_capture_on_commit_callbacks(execute=True)

    return begin


def seen(client, path="/fr/projects/", **headers):
    return client.get(path, headers=headers)


def test_second_reader_costs_no_query(client, django_assert_num_queries):
    ProjectFactory()
    first = seen(client)
    with django_assert_num_queries(0):
        second = seen(client)
    assert second.content == first.content
    assert second["ETag"] == first["ETag"]
    for header in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert second[header], header
    assert {"Accept", "Accept-Encoding", "Cookie"} <= {part.strip() for part in second["Vary"].split(",")}


def test_compressed_form_is_the_same_page(client):
    ProjectFactory()
    plain = seen(client).content
    zipped = client.get("/fr/projects/", headers={"accept-encoding": "gzip, br"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain
    assert int(zipped["Content-Length"]) == len(zipped.content)


def test_who_has_the_page_gets_no_body(client):
    tag = seen(client)["ETag"]
    again = seen(client, if_none_match=tag)
    assert again.status_code == 304
    assert again.content == b""


def test_languages_stay_apart(client):
    ProjectFactory()
    assert b'<html lang="fr" dir="ltr">' in seen(client, "/fr/projects/").content
    assert b'<html lang="ar" dir="rtl">' in seen(client, "/ar/projects/").content
    assert b'<html lang="fr" dir="ltr">' in seen(client, "/fr/projects/").content


def test_queries_stay_apart(client):
    ProjectFactory(stage="done")
    assert b"Projet" in seen(client, "/fr/projects/").content
    assert b'class="item"' not in seen(client, "/fr/projects/?stage=idea").content


def test_signed_in_reader_never_gets_nor_leaves_a_kept_page(client, django_assert_num_queries):
    anonymous = seen(client).content
    client.force_login(PersonFactory())
    signed_in = seen(client)
    assert signed_in.content != anonymous
    assert "ETag" not in signed_in
    client.logout()
    client.cookies.clear()
    assert seen(client).content == anonymous


def test_publishing_shows_at_once(client, committed):
    ensure_tree()
    project = ProjectFactory(status="waiting")
    assert project.title.encode() not in seen(client).content
    with committed():
        projects.publish(project, by=None)
    assert project.title.encode() in seen(client).content


def test_a_change_without_journal_shows_too(client, committed):
    """What arrives from another instance is saved without an entry of ours."""
    project = ProjectFactory()
    assert b"Autre titre" not in seen(client).content
    with committed():
        project.texts = {"fr": {"title": "Autre titre"}}
        project.save()
    assert b"Autre titre" in seen(client).content


def test_wagtail_publishing_and_withdrawing_show_at_once(client, committed):
    ensure_tree()
    section = SectionPage.objects.get(slug="announcements", locale__language_code="fr")
    page = AnnouncementPage(title="Appel nouveau", slug="appel", locale=section.locale, live=False)
    section.add_child(instance=page)
    assert b"Appel nouveau" not in seen(client, "/fr/announcements/").content
    with committed():
        page.save_revision().publish()
    assert b"Appel nouveau" in seen(client, "/fr/announcements/").content
    with committed():
        AnnouncementPage.objects.get(pk=page.pk).unpublish()
    assert b"Appel nouveau" not in seen(client, "/fr/announcements/").content


def test_another_process_renews_for_this_one(client):
    """The name of the generation is shared: what the worker renews, the web process finds."""
    ProjectFactory()
    seen(client)
    before = page_cache.generation()
    page_cache.cache.set(page_cache.GENERATION, "renewed-elsewhere")
    assert page_cache.generation() != before
    project = ProjectFactory.build(territory=None, owner=None)
    project.save()
    assert project.title.encode() in seen(client).content


def test_renewals_of_one_transaction_are_one(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        page_cache.renew_on_commit()
        page_cache.renew_on_commit()
    assert callbacks.count(page_cache.renew) == 1


def test_other_servers_are_never_given_a_kept_page(client):
    seen(client, "/fr/")
    request = RequestFactory().get("/fr/", headers={"accept": 'application/ld+json; profile="x"'})
    assert not page_cache.PageCache(lambda _request: HttpResponse()).may_read(request)


def kept_after(respond, *, cookies=None, path="/fr/x/"):
    """How many pages the memory keeps of an answer."""
    page_cache.memory.clear()
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies or {})
    page_cache.PageCache(respond)(request)
    return len(page_cache.memory._pages)


def test_what_is_never_kept():
    def with_cookie(request):
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    def with_token(request):
        request.META["CSRF_COOKIE"] = "secret"
        return HttpResponse("x")

    def forbidden_to_keep(request):
        return HttpResponse("x", headers={"Cache-Control": "no-store"})

    assert kept_after(lambda request: HttpResponse("x")) == 1
    assert kept_after(with_cookie) == 0
    assert kept_after(with_token) == 0
    assert kept_after(forbidden_to_keep) == 0
    assert kept_after(lambda request: HttpResponse("x", status=404)) == 0
    assert kept_after(lambda request: HttpResponse("x"), path="/api/v1/projects/") == 0
    assert kept_after(lambda request: HttpResponse("x"), path="/fr/account/login/") == 0


def test_a_form_sent_by_anyone_renews():
    before = page_cache.generation()
    page_cache.PageCache(lambda request: HttpResponse())(RequestFactory().post("/fr/x/"))
    assert page_cache.generation() != before
    before = page_cache.generation()
    page_cache.PageCache(lambda request: HttpResponse(status=403))(RequestFactory().post("/fr/x/"))
    assert page_cache.generation() == before


def test_memory_stays_within_its_room():
    memory = page_cache.Memory(room=1000)
    for number in range(50):
        memory.put(("g", str(number)), page_cache.Kept({}, b"x" * 50, b"y" * 50, float("inf")))
    assert memory._used <= 1000
    assert memory.get(("g", "0")) is None
    assert memory.get(("g", "49")) is not None
    memory.put(("h", "0"), page_cache.Kept({}, b"x", b"y", float("inf")))
    assert len(memory._pages) == 1, "an older generation is forgotten"


def test_a_page_has_its_time(settings):
    memory = page_cache.Memory()
    memory.put(("g",), page_cache.Kept({}, b"x", b"y", until=0.0))
    assert memory.get(("g",)) is None


def test_no_reading_page_holds_a_token(client):
    """Kept pages are the same for all: a token in one would be everyone's."""
    ensure_tree()
    project = ProjectFactory()
    for path in (
        "/fr/",
        "/fr/projects/",
        project.get_absolute_url(),
        "/fr/organisations/",
        "/fr/announcements/",
    ):
        response = seen(client, path)
        assert b"csrfmiddlewaretoken" not in response.content, path
        assert not response.cookies, path
