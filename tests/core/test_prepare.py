"""Preparing an instance: everything it starts with, and nothing twice."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from core.models import Charter, StandingPage, Territory, Theme

pytestmark = pytest.mark.django_db


def test_preparing_twice_changes_nothing(client):
    call_command("prepare", verbosity=0)
    counts = [model.objects.count() for model in (Territory, Theme, Charter, StandingPage)]
    call_command("prepare", verbosity=0)
    assert [model.objects.count() for model in (Territory, Theme, Charter, StandingPage)] == counts
    assert counts[2:] == [1, 6]
    assert set(Charter.objects.get().texts) == {"fr", "ar", "en"}
    for path in ("fr/charter/", "ar/charter/", "zgh/charter/", "fr/about/how-it-works/", "ar/about/legal/"):
        page = client.get(f"/{path}")
        assert page.status_code == 200
        assert b"csrfmiddlewaretoken" not in page.content
