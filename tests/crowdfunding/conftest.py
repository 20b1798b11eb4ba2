"""What the tests of a treasury share."""

from __future__ import annotations

import pytest

from tests.crowdfunding.factories import CampaignFactory, treasurer


@pytest.fixture
def campaign():
    """An open campaign that keeps every gift."""
    return CampaignFactory()


@pytest.fixture
def keeper(client, campaign):
    """The treasurer of its collector, signed in."""
    person = treasurer(campaign.collector)
    client.force_login(person)
    return person
