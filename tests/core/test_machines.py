"""What machines and mistakes meet: health, figures, robots, the map, errors in the reader's language."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client, RequestFactory

from core.domain.schedule import beat
from core.views import errors, health
from tests.factories import OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def test_health_says_each_part(client):
    found = client.get("/health/")
    assert found.status_code == 200
    assert found.json() == {
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "migrations": "ok",
        "worker": "silent",
    }
    beat("worker-1")
    assert client.get("/health/").json()["worker"] == "ok"
    assert "no-store" in found["Cache-Control"]


def test_health_fails_when_a_vital_part_does(client, monkeypatch):
    def broken():
        raise DatabaseError("gone")

    monkeypatch.setitem(health.VITAL, "database", broken)
    found = client.get("/health/")
    assert found.status_code == 503
    assert found.json()["database"] == "fails"
    assert "gone" not in found.content.decode()


def test_a_waiting_migration_is_told(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated", [])
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: ["one"])
    assert client.get("/health/").status_code == 503


def test_figures_are_for_this_machine_or_a_token(client, monkeypatch):
    assert b"tiwizi_work_rows" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 404
    monkeypatch.setenv("METRICS_TOKEN", "secret")
    assert (
        client.get(
            "/metrics", REMOTE_ADDR="203.0.113.9", headers={"authorization": "Bearer secret"}
        ).status_code
        == 200
    )
    assert (
        client.get(
            "/metrics", REMOTE_ADDR="203.0.113.9", headers={"authorization": "Bearer sécret"}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("asked", "given"), [("ar-MA,fr;q=0.5", "ar"), ("en", "en"), ("de", "fr"), ("zgh", "zgh"), ("", "fr")]
)
def test_root_leads_to_the_readers_language(client, asked, given):
    response = client.get("/", headers={"accept-language": asked})
    assert (response.status_code, response["Location"]) == (302, f"/{given}/")
    assert "Accept-Language" in response["Vary"]


def test_map_holds_what_is_public_and_ours(client):
    project = ProjectFactory()
    hidden = ProjectFactory(status="waiting")
    remote = ProjectFactory(origin_uri="https://b.example/1")
    organisation = OrganisationFactory()
    found = b"".join(client.get("/sitemap.xml")).decode()
    for language in ("fr", "ar"):
        assert f"/{language}/projects/{project.slug}/</loc>" in found
    assert f"/organisations/{organisation.slug}/</loc>" in found
    assert hidden.slug + "/" not in found
    assert remote.slug + "/" not in found
    assert "/sitemap.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Cette page n’est pas ici"), ("ar", "هذه الصفحة ليست هنا"), ("en", "This page is not here")],
)
def test_not_found_speaks_the_readers_language(client, language, words):
    response = client.get(f"/{language}/nowhere/at/all/")
    assert response.status_code == 404
    assert words in response.content.decode()


def test_refusal_says_who_may(rf, client):
    request = client.get("/fr/").wsgi_request
    response = errors.refused(request)
    assert response.status_code == 403
    assert "/account/login/?next=/fr/" in response.content.decode()


def test_form_without_token_says_what_to_do():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/fr/account/login/", {"email": "a@b.example"})
    assert response.status_code == 403
    assert "Rouvrir le formulaire" in response.content.decode()


def test_broken_page_needs_nothing(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda *args: pytest.fail("the cache was asked"))
    with django_assert_num_queries(0):
        response = errors.server_error(RequestFactory().get("/fr/"))
    assert response.status_code == 500
    for words in ("de notre côté", "من جهتنا", "on our side"):
        assert words in response.content.decode()
