"""What all tests share."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config):
    """Message catalogues are compiled before Django reads them."""
    from core.catalogues import compile_catalogues

    compile_catalogues()


DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
"""Fixtures without which, and without the marker, pytest-django lets no test touch the database."""


def pytest_collection_modifyitems(config, items):
    """What touches no database is the same on each of them: it runs once, in the half on SQLite."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    same = [item for item in items if not (item.get_closest_marker("django_db") or touches(item))]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if item not in set(same)]


def touches(item) -> bool:
    """Whether a fixture of the test needs the database."""
    return bool(DATABASE & set(getattr(item, "fixturenames", ())))


@pytest.fixture(autouse=True)
def empty_cache():
    """Each test starts with nothing cached."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def french():
    """Each test starts in the default language, whatever an earlier one's requests left active."""
    from django.utils import translation

    translation.activate("fr")


@pytest.fixture
def tree(db):
    """The page tree in four languages."""
    from core.domain.pages import ensure_tree

    ensure_tree()
