"""What other instances learn of a campaign: its rule, where it stands, counters; never a person (D20)."""

from __future__ import annotations

import json

import pytest

from core.registry import registry
from plugins.crowdfunding import federation
from plugins.crowdfunding.models import Campaign
from tests.crowdfunding.factories import CampaignFactory, RewardFactory, chosen, promise, received

pytestmark = pytest.mark.django_db
SILENT = {"draft"}


def described(**facts):
    campaign = CampaignFactory(**facts)
    return federation.describe(Campaign.objects.shown().get(pk=campaign.pk))


@pytest.mark.parametrize("state", Campaign.State.values)
def test_every_state_leaves_or_is_silent(state):
    """A state added later must leave by its own name, or be named here."""
    found = described(state=state)
    assert (found is None) == (state in SILENT)
    assert found is None or found.extra["state"] == state


def test_the_rule_travels():
    found = described(kind="all_or_nothing", needed_minor=400_000, goal_minor=600_000)
    assert found.extra["kind"] == "all_or_nothing"
    assert found.extra["needed"] == {"minor": 400_000, "currency": "EUR"}
    assert described().extra["needed"]["minor"] == 0


def test_counters_and_never_a_person():
    campaign = CampaignFactory()
    received(campaign, 5000, name="Zahra", email="zahra@x.example", message="Bon courage")
    received(campaign, 2000, name="Zahra", email="zahra@x.example")
    promise(campaign, name="Naima", email="naima@x.example")
    chosen(campaign, RewardFactory(campaign=campaign), name="Said", email="said@x.example")
    found = federation.describe(Campaign.objects.shown().get())
    assert found.extra["raised"] == {"minor": 7000, "currency": "EUR"}
    assert found.extra["backers"] == 1
    said = json.dumps(found.extra) + str(found.texts)
    for private in ("Zahra", "Naima", "Said", "@x.example", "Bon courage", "miel"):
        assert private not in said


def test_whatever_changes_the_counters_or_the_state_is_sent():
    """Each verb of the life of a campaign and of its received money is an activity, and none of a promise."""
    verbs = federation.mappings[0].verbs
    public = {verb.name for verb in registry.verbs() if verb.public}
    moves = {name for name in public if name.startswith(("crowdfunding.campaign.", "crowdfunding.payment."))}
    assert moves - set(verbs) == {"crowdfunding.campaign.stalled"} & public
    assert not any(name.startswith("crowdfunding.pledge") for name in verbs)
