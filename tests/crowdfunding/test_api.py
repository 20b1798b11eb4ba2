"""The API under hostile input."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.crowdfunding.factories import CampaignFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("position", ["x", "\x00", "9" * 40, "-1", "2026-13-45"])
def test_a_forged_cursor_is_not_found(client, position):
    CampaignFactory()
    cursor = b64encode(f"p={position}".encode()).decode()
    assert client.get("/api/v1/crowdfunding/campaigns/", {"cursor": cursor}).status_code in {200, 404}


@pytest.mark.parametrize("query", [{"project": "\x00"}, {"state": "\x00"}, {"state": "x" * 5000}])
def test_a_filter_that_fits_nothing_finds_nothing(client, query):
    CampaignFactory()
    answer = client.get("/api/v1/crowdfunding/campaigns/", query)
    assert answer.status_code == 200
    assert answer.json()["results"] == []
