"""Every role × every act of a treasury and of its campaigns."""

from __future__ import annotations

import pytest

from plugins.crowdfunding.models import Campaign, Pledge
from tests.crowdfunding.factories import CampaignFactory, manager, promise, received, treasurer
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/"


def people(campaign):
    """One of each role."""
    return {
        "stranger": PersonFactory(),
        "other treasurer": treasurer(OrganisationFactory()),
        "manager": manager(campaign.collector),
        "project manager": manager(campaign.project.owner),
        "animator": PersonFactory(is_animator=True),
        "treasurer": treasurer(campaign.collector),
    }


ALLOWED = {
    "treasury": {"treasurer"},
    "received": {"treasurer"},
    "gift": {"treasurer"},
    "receive": {"treasurer"},
    "undo": {"treasurer"},
    "account": {"treasurer", "manager"},
    "prepare": {"project manager", "animator"},
    "edit": {"manager", "project manager", "animator"},
    "open": {"manager", "treasurer", "animator"},
    "close": {"manager", "treasurer", "animator"},
    "cancel": {"manager", "treasurer", "animator"},
    "hide": {"manager", "project manager", "animator"},
}


def addresses(campaign, payment, waiting):
    start, page = base(campaign), f"/fr/crowdfunding/campaigns/{campaign.slug}/"
    return {
        "treasury": start,
        "received": f"{start}received/",
        "gift": f"{start}gift/",
        "account": f"{start}account/",
        "receive": f"{start}pledges/{waiting.uid}/receive/",
        "undo": f"{start}payments/{payment.uid}/undo/",
        "prepare": f"/fr/crowdfunding/projects/{campaign.project.slug}/campaign/",
        "edit": f"{page}edit/",
        "open": f"{page}act/open/",
        "close": f"{page}act/close/",
        "cancel": f"{page}act/cancel/",
        "hide": f"{page}messages/{waiting.uid}/hide/",
    }


def test_permission_matrix(client, campaign):
    """Every role × every act, GET and POST: what is not allowed is 403, and a guest is asked to sign in."""
    roles = people(campaign)
    pages = addresses(campaign, received(campaign), promise(campaign, email="w@tiwizi.example"))
    for act, url in pages.items():
        answers = (client.get(url), client.post(url, {}))
        assert all(answer.status_code == 302 and "/account/" in answer.url for answer in answers), act
    for role, person in roles.items():
        client.force_login(person)
        for act, url in pages.items():
            allowed = role in ALLOWED[act]
            assert (client.get(url).status_code != 403) == allowed, (role, act)
            if not allowed:
                assert client.post(url, {}).status_code == 403, (role, act)
    assert Campaign.objects.get().state == "open"
    assert Pledge.objects.filter(state="received").count() == 1
