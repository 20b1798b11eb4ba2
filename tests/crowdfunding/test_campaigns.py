"""Campaigns edited while they take gifts."""

from __future__ import annotations

import pytest

from plugins.crowdfunding.models import Campaign, CollectorSettings
from tests.crowdfunding.campaign_forms import form
from tests.crowdfunding.factories import CampaignFactory, manager

pytestmark = pytest.mark.django_db


def test_an_open_campaign_keeps_a_currency_that_can_be_paid(client):
    """Nobody promises dirhams to an account that has no number for them."""
    campaign = CampaignFactory(currency="MAD")
    CollectorSettings.objects.update(iban="")
    client.force_login(manager(campaign.collector))
    answer = client.post(f"{campaign.get_absolute_url()}edit/", form(currency="EUR"))
    assert answer.status_code == 422
    assert "Trente cartables." in answer.content.decode()
    assert Campaign.objects.get().currency == "MAD"


def test_a_form_sent_twice_prepares_one_campaign(client):
    campaign = CampaignFactory()
    project = campaign.project
    client.force_login(manager(project.owner))
    both = {"collector": project.owner_id, "receiver": project.owner_id}
    sent = [
        client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both)) for _ in range(2)
    ]
    assert sent[0].url == sent[1].url
    assert Campaign.objects.exclude(pk=campaign.pk).count() == 1
