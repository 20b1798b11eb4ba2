"""The preview card of a campaign shows how far it is, and its address changes with it (D12)."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from PIL import Image

from core.domain import cards, drawing
from plugins.crowdfunding.models import Campaign
from tests.crowdfunding.factories import CampaignFactory, promise, received

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign():
    return CampaignFactory()


def again(campaign):
    return Campaign.objects.shown().get(pk=campaign.pk)


def address(client, campaign, language="fr"):
    page = client.get(campaign.get_absolute_url().replace("/fr/", f"/{language}/")).content.decode()
    return re.search(r'property="og:image" content="([^"]+)"', page).group(1)


def test_the_address_changes_with_each_gift_promise_and_day(client, campaign):
    seen = {address(client, campaign)}
    assert address(client, campaign) in seen
    received(campaign, 2500)
    seen.add(address(client, campaign))
    promise(campaign, email="b@x.example")
    seen.add(address(client, campaign))
    Campaign.objects.update(closes_on=timezone.localdate() + timedelta(days=3))
    seen.add(address(client, campaign))
    seen.add(address(client, campaign, "ar"))
    assert len(seen) == 5


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_the_card_is_light_and_shows_the_bar(client, campaign, language):
    """1200 × 630, far below what messengers accept; the colour of what is there covers its share."""
    received(campaign, 300_000)
    path = address(client, campaign, language).split("//", 1)[1].split("/", 1)[1]
    answer = client.get(f"/{path}")
    assert answer.status_code == 200
    assert "max-age=31536000" in answer["Cache-Control"]
    assert len(answer.content) <= 150_000
    image = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert image.size == (1200, 630)
    have = tuple(int(drawing.colours()["have"][n : n + 2], 16) for n in (1, 3, 5))
    row = [image.getpixel((x, 433)) for x in range(1200)]
    green = [
        x for x, pixel in enumerate(row) if max(abs(a - b) for a, b in zip(pixel, have, strict=True)) < 25
    ]
    assert 500 <= len(green) <= 550
    middle = sum(green) / len(green)
    assert (middle > 600) == (language == "ar")


def test_amounts_stay_whole_in_arabic():
    """Digits, the sign of the money and the words around them keep their order when drawn from the right."""
    drawn = drawing.visible("\u20661\u202f250 DH\u2069 من \u20666\u202f000 DH\u2069", "ar")
    assert "1\u00a0250 DH" in drawn
    assert drawn.index("6\u00a0000") < drawn.index("1\u00a0250")


def test_a_title_with_isolates_has_a_card(campaign):
    campaign.texts = {"ar": {"title": "\u2068بئر\u2069 Tiwizi \u2067x\u2069", "story": ""}}
    campaign.save()
    with translation.override("ar"):
        assert cards.card(again(campaign))


def test_yesterdays_cards_are_not_kept(campaign):
    """Each gift draws another card; only the newest of a language stays."""
    for number in range(3):
        received(campaign, 1000, email=f"{number}@x.example")
        cards.card(again(campaign))
    assert len(default_storage.listdir(f"cards/{campaign.uid}-fr")[1]) == 1


def test_a_campaign_that_is_over_says_so(campaign):
    Campaign.objects.update(state="closed")
    assert again(campaign).card_progress.rest == "close"


def test_a_draft_has_no_card(client):
    draft = CampaignFactory(state="draft")
    assert client.get(f"/fr/share/crowdfunding.campaign/{draft.uid}/card.jpg").status_code == 404
