"""What crowdfunding hands to core and to machines: API, federation, moderation, privacy, sentences of the journal."""

from __future__ import annotations

import json
from html import unescape

import pytest

from core.journal import record
from core.models import JournalEntry
from core.money import money
from core.registry import registry
from core.text import clean
from plugins.crowdfunding import federation, privacy
from plugins.crowdfunding.models import Campaign, Pledge
from tests.crowdfunding.factories import CampaignFactory, received
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_the_api_counts_and_never_names(client):
    campaign = CampaignFactory()
    received(campaign, name="Zahra", email="z@x.example")
    CampaignFactory(state="draft")
    answer = client.get(
        "/api/v1/crowdfunding/campaigns/", {"project": campaign.project.uid, "state": "open"}
    ).json()
    assert [row["received_minor"] for row in answer["results"]] == [5000]
    assert "Zahra" not in json.dumps(answer)
    assert client.get(f"/api/v1/crowdfunding/campaigns/{campaign.uid}/").json()["backers"] == 1


def test_what_other_instances_see_stands_alone():
    """D20: texts with amounts in words and the link last; counters, never a person."""
    campaign = CampaignFactory()
    received(campaign, name="Zahra", email="z@x.example")
    found = federation.describe(Campaign.objects.shown().get())
    assert set(found.texts) == {"fr", "ar"}
    for text in found.texts.values():
        assert "50\u00a0€" in unescape(text.content)
        assert text.content.rstrip().endswith("</a></p>")
        assert clean(text.content) == text.content
    assert found.extra["raised"] == {"minor": 5000, "currency": "EUR"}
    assert found.extra["backers"] == 1
    assert "Zahra" not in str(found)
    assert list(federation.public()) == [campaign]


@pytest.mark.parametrize("change", [{"state": "draft"}, {"hidden": True}])
def test_what_is_not_public_does_not_leave(change):
    campaign = CampaignFactory(**change)
    assert federation.describe(campaign) is None
    assert not federation.public()


def test_moderation_hides_and_shows_again(client):
    campaign = CampaignFactory()
    subject = registry.subject("crowdfunding.campaign")
    subject.hide(campaign, None)
    assert client.get(campaign.get_absolute_url()).status_code == 404
    subject.restore(campaign, None)
    assert client.get(campaign.get_absolute_url()).status_code == 200
    verbs = list(JournalEntry.objects.values_list("verb", flat=True))
    assert verbs == ["crowdfunding.campaign.hidden", "crowdfunding.campaign.restored"]


def test_a_person_s_promises_are_exported_and_erased():
    """The donor becomes nobody; amounts, dates and the number of backers stay."""
    campaign, person = CampaignFactory(), PersonFactory(email="z@x.example")
    payment = received(campaign, name="Zahra", email="z@x.example", message="bravo")
    received(campaign, name="Zahra", email="z@x.example")
    assert [row["name"] for row in privacy.export_pledges(person)] == ["Zahra", "Zahra"]
    privacy.erase_pledges(person)
    pledge = Pledge.objects.get(pk=payment.pledge_id)
    assert (pledge.email, pledge.name, pledge.message, pledge.amount_minor) == ("", "", "", 5000)
    assert privacy.export_pledges(person) == []
    from plugins.crowdfunding.domain import audit

    assert [fault for found in audit.run() for fault in found.faults] == []


def test_verbs_are_sentences_with_their_facts():
    """Each entry of the journal reads as a sentence in French and Arabic."""
    from django.db import transaction
    from django.utils import translation

    from core.domain.notices import sentence

    campaign = CampaignFactory()
    payment = received(campaign)
    with transaction.atomic():
        record(None, "crowdfunding.campaign.opened", campaign, goal="1 €")
    assert payment.amount == money(5000, "EUR")
    for language in ("fr", "ar"):
        with translation.override(language):
            for entry in JournalEntry.objects.all():
                said = sentence(entry, campaign)
                assert "{" not in said
                assert said != campaign.title
