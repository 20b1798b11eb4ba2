"""The small frame for other sites: it can be framed, nothing else can; no script, no cookie, nothing personal."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plugins.crowdfunding.models import Campaign
from tests.crowdfunding.factories import CampaignFactory, manager, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def frame(campaign, language="fr"):
    return f"/{language}/crowdfunding/campaigns/{campaign.slug}/embed/"


def test_only_the_frame_can_be_framed(client, campaign):
    answer = client.get(frame(campaign))
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for place in (
        campaign.get_absolute_url(),
        f"{frame(campaign)}code/",
        frame(campaign).replace("embed/", "give/"),
        frame(campaign).replace("embed/", "donors/"),
        received(campaign).pledge.get_absolute_url(),
    ):
        other = client.get(place)
        assert other.status_code == 200
        assert other["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in other["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_it_stands_alone(client, campaign, language):
    received(campaign, 30_000, name="Zahra")
    client.force_login(manager(campaign.collector))
    answer = client.get(frame(campaign, language))
    page = answer.content.decode()
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    assert "<script" not in page
    assert "<form" not in page
    assert "<nav" not in page
    assert "Zahra" not in page
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
    links = re.findall(r"<a [^>]*>", page)
    assert len(links) == 3
    for link in links:
        assert 'target="_blank"' in link
        assert 'rel="noopener"' in link
        assert 'href="http' in link


def test_it_costs_one_query_and_is_kept(client, campaign, settings):
    settings.PAGE_CACHE_SECONDS = 60
    with CaptureQueriesContext(connection) as caught:
        client.get(frame(campaign))
    assert len(caught) <= 2
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(frame(campaign))
    assert len(caught) == 0
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors *" in answer["Content-Security-Policy"]


def test_the_code_to_copy(client, campaign):
    Campaign.objects.update(texts={"fr": {"title": 'Un "puits" & <b>', "story": ""}})
    page = client.get(f"{frame(campaign)}code/").content.decode()
    line = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL).group(1))
    assert re.search(r'src="http[^"]+/fr/crowdfunding/campaigns/[^"]+/embed/"', line)
    assert 'title="Un &quot;puits&quot; &amp; &lt;b&gt;"' in line
    assert "script" not in line


def test_what_is_not_public_is_not_shown(client):
    for campaign in (CampaignFactory(state="draft"), CampaignFactory(hidden=True)):
        assert client.get(frame(campaign)).status_code == 404
        assert client.get(f"{frame(campaign)}code/").status_code == 404


def test_one_that_is_over_leads_to_the_campaign(client, campaign):
    Campaign.objects.update(state="closed")
    page = client.get(frame(campaign)).content.decode()
    assert "/give/" not in page
    assert campaign.get_absolute_url() in page
