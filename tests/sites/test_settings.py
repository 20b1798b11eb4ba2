"""An instance is a folder of a dozen lines; profile, database, cache and engine are a matter of the environment."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from core.settings.site import for_site

ROOT = Path(__file__).resolve().parents[2]
SITES = ("tiznit", "argenteuil")


def build(monkeypatch, tmp_path, **environment: str) -> dict:
    """A site's settings under an environment."""
    for name in ("DATABASE_URL", "REDIS_URL", "TASKS_ENGINE", "TIWIZI_PROFILE", "SECRET_KEY", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TIWIZI_VAR", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return for_site(
        "tiznit",
        port=8001,
        title={"fr": "Essai"},
        tagline={"fr": ""},
        territory="09.581",
        host="h",
        plugins=("forum",),
    )


@pytest.mark.parametrize("site", SITES)
def test_a_site_is_about_a_dozen_statements(site):
    """Rule 5; D20: each territory runs its own instance."""
    tree = ast.parse((ROOT / "sites" / site / "settings.py").read_text())
    call = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "for_site"
    )
    assert len(tree.body) <= 5
    assert len(call.args) + len(call.keywords) <= 12


@pytest.mark.parametrize("site", SITES)
def test_a_theme_redefines_about_fifteen_properties_and_nothing_else(site):
    css = (ROOT / "sites" / site / "static" / site / "theme.css").read_text()
    assert 8 <= len(set(re.findall(r"(--[\w-]+)\s*:", css))) <= 24
    selectors = {part.strip() for part in re.findall(r"([^{}]+){", re.sub(r"/\*.*?\*/", "", css, flags=re.S))}
    assert all(":root" in one or one.startswith("@media") for one in selectors), selectors


def test_the_two_themes_differ_in_what_they_set():
    values = []
    for site in SITES:
        css = (ROOT / "sites" / site / "static" / site / "theme.css").read_text()
        values.append(dict(re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", css)))
    assert set(values[0]) == set(values[1])
    assert sum(values[0][name] != values[1][name] for name in values[0]) >= len(values[0]) * 0.6


def test_sites_itself_is_no_app():
    assert not any(config.name == "sites" for config in apps.get_app_configs())


def test_the_embedded_default_needs_no_service(monkeypatch, tmp_path):
    found = build(monkeypatch, tmp_path)
    assert found["DATABASES"]["default"]["ENGINE"].endswith("sqlite3")
    assert "WAL" in found["DATABASES"]["default"]["OPTIONS"]["init_command"]
    assert "FileBased" in found["CACHES"]["default"]["BACKEND"]
    assert "TASKS" not in found
    assert found["INSTANCE"].demo


def test_it_grows_by_settings_alone(monkeypatch, tmp_path):
    found = build(
        monkeypatch, tmp_path, DATABASE_URL="postgres://u:p@127.0.0.1/t", REDIS_URL="redis://127.0.0.1:6379/0"
    )
    assert found["DATABASES"]["default"]["ENGINE"].endswith("postgresql")
    assert "Redis" in found["CACHES"]["default"]["BACKEND"]
    assert found["TASKS"]["default"]["BACKEND"] == "django_tasks_rq.RQBackend"
    assert "django_rq" in found["INSTALLED_APPS"]


def test_tasks_can_stay_in_the_database_beside_a_redis_cache(monkeypatch, tmp_path):
    found = build(monkeypatch, tmp_path, REDIS_URL="redis://127.0.0.1:6379/0", TASKS_ENGINE="database")
    assert "Redis" in found["CACHES"]["default"]["BACKEND"]
    assert "TASKS" not in found
    assert "django_rq" not in found["INSTALLED_APPS"]


@pytest.mark.parametrize(
    "environment",
    [{}, {"SECRET_KEY": "x" * 60}, {"SECRET_KEY": "x" * 60, "BASE_URL": "http://tiwizi.example"}],
)
def test_production_refuses_to_start_without_secrets_and_https(monkeypatch, tmp_path, environment):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        build(monkeypatch, tmp_path, TIWIZI_PROFILE="production", **environment)


def test_production_carries_nothing_of_the_demo(monkeypatch, tmp_path):
    found = build(
        monkeypatch,
        tmp_path,
        TIWIZI_PROFILE="production",
        SECRET_KEY="x" * 60,
        BASE_URL="https://tiwizi.example",
    )
    assert not found["INSTANCE"].demo
    assert "sites.demo" not in found["INSTALLED_APPS"]
    assert "EMAIL_FILE_PATH" not in found
    assert not found.get("FEDERATION_INSECURE_LOOPBACK")
    assert found["ALLOWED_HOSTS"] == ["tiwizi.example"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
