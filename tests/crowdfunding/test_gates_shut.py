"""While a gate is shut no money is taken by any way: not by the closing run, not by a period, not by an earlier promise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import JournalEntry
from plugins.crowdfunding.domain import audit, changes, closing, gates, periods
from plugins.crowdfunding.models import ClosingRun, CollectorSettings, GatewayAccount, Payment, Pledge
from tests.crowdfunding.bank import at_the_bank, end_today, secured
from tests.crowdfunding.factories import CampaignFactory
from tests.crowdfunding.fake_provider import NAME, fake
from tests.crowdfunding.regular import at
from tests.crowdfunding.test_support_cards import stored

__all__ = ["at"]  # fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path):
    with at_the_bank(tmp_path / "bank") as found:
        yield found


def shut(campaign):
    """The authorisation ended yesterday."""
    CollectorSettings.objects.filter(organisation=campaign.collector).update(
        country="MA",
        authorisation_number="18-18/7",
        authorised_until=timezone.localdate() - timedelta(days=1),
    )


def reopen(campaign):
    CollectorSettings.objects.filter(organisation=campaign.collector).update(authorised_until=None)


def reached(number=3):
    campaign = CampaignFactory(kind="all_or_nothing", goal_minor=10_000, needed_minor=10_000)
    for place in range(number):
        secured(campaign, 4000, email=f"d{place}@tiwizi.example")
    end_today(campaign)
    return campaign


def test_the_closing_run_charges_nobody_until_the_gate_is_open(bank):
    """Cards stored before wait, the team is told; then all are charged once, and none was let go."""
    campaign = reached()
    shut(campaign)
    now = timezone.now()
    for days in (0, 1, 2, 9, 30):
        run = closing.run(campaign, now=now + timedelta(days=days))
        assert (run.phase, bank.charges()) == (ClosingRun.Phase.CHARGING, [])
    assert JournalEntry.objects.filter(verb="crowdfunding.campaign.stalled").exists()
    assert set(Pledge.objects.values_list("state", flat=True)) == {"secured"}
    reopen(campaign)
    assert closing.run(campaign, now=now + timedelta(days=31)).phase == ClosingRun.Phase.SUCCEEDED
    assert len(set(bank.charges())) == len(bank.charges()) == 3
    assert [fault for found in audit.run() for fault in found.faults] == []


def test_above_the_threshold_no_card_is_charged_until_it_is_declared(bank, settings):
    """The run stops at the threshold; declared, the others follow: one side only."""
    settings.CROWDFUNDING_GATES = {"threshold_minor": 3999}
    campaign = reached()
    run = closing.run(campaign)
    assert (run.phase, len(bank.charges())) == (ClosingRun.Phase.CHARGING, 1)
    facts = {"year": timezone.localdate().year, "number": "PREF-1", "declared_on": timezone.localdate()}
    gates.declare(campaign.collector, by=None, **facts)
    assert closing.run(campaign).phase == ClosingRun.Phase.SUCCEEDED
    assert len(set(bank.charges())) == len(bank.charges()) == 3


def test_a_donor_s_new_card_is_stored_and_not_charged(bank):
    campaign = reached(1)
    pledge = Pledge.objects.get()
    shut(campaign)
    with pytest.raises(gates.GateShut):
        changes.checkouts.charge(pledge)
    assert not Payment.objects.filter(way=Payment.Way.CHARGE).exists()


@pytest.mark.parametrize("gate", ["authorisation", "threshold"])
def test_a_period_that_comes_while_a_gate_is_shut_waits(at, settings, gate):
    """Regular support: no charge, no attempt counted; when the gate opens the period is charged once."""
    at(timezone.localdate())
    campaign = CampaignFactory(kind="recurring", goal_minor=50_000)
    provider = fake()
    GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME, account="acct_1")
    row = stored(campaign, provider)
    if gate == "authorisation":
        shut(campaign)
    else:
        settings.CROWDFUNDING_GATES = {"threshold_minor": -1}
    periods.work()
    periods.work()
    assert not Payment.objects.filter(way=Payment.Way.CHARGE).exists()
    assert Payment.objects.filter(state="received").count() == 0
    reopen(campaign)
    settings.CROWDFUNDING_GATES = {}
    periods.work()
    assert list(row.pledges.values_list("state", flat=True)) == ["received"]
