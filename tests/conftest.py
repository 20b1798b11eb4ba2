"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_configure(config):
    """Message catalogues are compiled before Django reads them."""
    from core.catalogues import compile_catalogues

    compile_catalogues()


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
