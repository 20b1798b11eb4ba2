"""What tests of the forum share."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_french():
    """A page read in another language leaves no language behind."""
    with translation.override("fr"):
        yield
