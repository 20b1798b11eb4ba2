"""What the tests of regular support share: a clock, a campaign, a support, and whether the books are true."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import audit, pledges, supports
from plugins.crowdfunding.models import Campaign, Tally
from tests.crowdfunding.factories import CampaignFactory

START = date(2026, 1, 31)


@pytest.fixture
def at(monkeypatch):
    """``at(day)``: it is noon of that day."""

    def go(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    go(START)
    return go


@pytest.fixture
def campaign(at):
    """A campaign of regular support that runs for years."""
    return CampaignFactory(
        kind=Campaign.Kind.RECURRING, opens_on=START, closes_on=date(2030, 12, 31), goal_minor=50_000
    )


def begun(campaign, minor=1000, *, interval="month", channel="transfer", email="amie@tiwizi.example"):
    donor = pledges.Donor(email=email, name="Amie")
    return supports.make(
        campaign,
        donor,
        money(minor, "EUR"),
        interval=interval,
        channel=channel,
        form_key=secrets.token_urlsafe(24),
    )


def tally(campaign):
    found = Tally.objects.get(campaign=campaign)
    return found.monthly_minor, found.supporters


def sound(campaign):
    """The books of the campaign are true."""
    assert list(audit.of_campaigns(campaign.project)) == []
    assert [fault for one in audit.run(campaign.project) for fault in one.faults] == []
