"""What volunteering's tests share."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def french():
    """Each test begins in French: the test client leaves the language of its last request behind."""
    with translation.override("fr"):
        yield


@pytest.fixture
def uncached(settings):
    """Pages are made anew each time they are asked for."""
    settings.PAGE_CACHE_SECONDS = 0
