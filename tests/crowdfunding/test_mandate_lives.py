"""Whose card is removed, and when, in the lives of promises and supports; no charge ever meets a removed card."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain import (
    changes,
    checkouts,
    closing,
    mandates,
    moves,
    periods,
    support_acts,
)
from plugins.crowdfunding.models import GatewayAccount, Mandate, Payment, Pledge, Support
from tests.crowdfunding.bank import at_the_bank, end_today, secured, store
from tests.crowdfunding.factories import CampaignFactory
from tests.crowdfunding.fake_provider import GONE, NAME, fake
from tests.crowdfunding.histories import ACTS, History
from tests.crowdfunding.regular import START, at, begun, campaign, sound

__all__ = ["at", "campaign"]  # fixtures

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def bank(tmp_path):
    with at_the_bank(tmp_path / "bank") as found:
        yield found


def passed(hours=2.0, since=None):
    now = since or timezone.now()
    return mandates.sweep(now) + mandates.sweep(now + hours * HOUR)


def all_or_nothing(needed=10_000, **facts):
    return CampaignFactory(kind="all_or_nothing", goal_minor=needed, needed_minor=needed, **facts)


def methods(campaign):
    return set(Pledge.objects.filter(campaign=campaign).values_list("mandate__method", flat=True))


def test_a_campaign_that_failed_leaves_no_card_behind(bank, mailoutbox):
    """Released and never charged: the provider forgets every card, and none before the end."""
    campaign = all_or_nothing()
    for number in range(3):
        secured(campaign, 1000, email=f"d{number}@tiwizi.example")
    assert passed() == 0
    end_today(campaign)
    closing.run(campaign)
    assert passed() == 3
    assert set(bank.detached()) == methods(campaign)
    assert bank.charges() == []
    deliver_letters()
    told = [mail.body for mail in mailoutbox if "ne le sera jamais" in mail.body]
    assert len(told) == 3
    assert all("Elle est supprimée chez le prestataire de paiement." in body for body in told)


def test_a_campaign_that_succeeded_keeps_cards_until_they_are_charged(bank):
    """Charged for good, refused and waiting for another card, at the bank as a debit: each at its own time."""
    campaign = all_or_nothing()
    good, bad = secured(campaign, 9000), secured(campaign, 2000, "bad", email="bad@tiwizi.example")
    slow = secured(campaign, 2000, "slow", email="slow@tiwizi.example")
    end_today(campaign)
    closing.run(campaign)
    assert passed() == 1
    assert bank.detached() == [good.mandate.method]
    bank.settle()
    checkouts.sweep(timezone.now() + HOUR)
    assert passed() == 1
    assert bank.detached()[1:] == [slow.mandate.method]
    closing.run(campaign, now=timezone.now() + timedelta(days=9))
    bad.refresh_from_db()
    assert bad.state == Pledge.State.EXPIRED
    assert passed() == 1
    assert bank.detached()[2:] == [bad.mandate.method]


def test_another_card_another_way_another_project_no_promise(bank):
    """Replaced, paid by transfer, moved, cancelled: what the donor no longer gives with is removed, nothing else."""
    here = all_or_nothing()
    there = CampaignFactory(collector=here.collector, kind="all_or_nothing", needed_minor=1000)
    replaced, switched = secured(here, 1000), secured(here, 1000, email="b@tiwizi.example")
    moved, cancelled = (
        secured(here, 1000, email="c@tiwizi.example"),
        secured(here, 1000, email="d@tiwizi.example"),
    )
    old, other, lost = replaced.mandate.method, switched.mandate.method, cancelled.mandate.method
    store(replaced, replaced.mandate.account)
    changes.to_transfer(switched)
    new = moves.move(moved, there)
    changes.cancel(cancelled)
    assert passed() == 3
    assert set(bank.detached()) == {old, other, lost}
    assert checkouts.charge(new).state == checkouts.charge(replaced).state == "received"
    assert passed() == 2


def test_a_card_stored_after_the_promise_was_taken_back(bank):
    """The donor cancelled on one screen and finished the provider's page on the other: the card goes, too."""
    pledge = secured(all_or_nothing(), 1000)
    account = pledge.mandate.account
    changes.cancel(pledge)
    store(pledge, account)
    assert (pledge.state, Mandate.objects.count()) == (Pledge.State.CANCELLED, 2)
    assert passed() == 2


def test_called_off(bank):
    """The team cancels: the cards go, even of a promise that could not be charged for days."""
    campaign = all_or_nothing()
    secured(campaign, 1000)
    closing.call_off(campaign, by=None)
    closing.run(campaign)
    assert passed() == 1


def test_a_card_replaced_while_it_is_charged(bank):
    """The sweeper passes between our row and the provider: the charge still finds its card."""
    campaign = all_or_nothing(1000)
    pledge = secured(campaign, 1000)
    charged = pledge.mandate.method

    def meanwhile(word):
        if word == "before charge":
            bank.watch.clear()
            store(Pledge.objects.get(pk=pledge.pk), pledge.mandate.account)
            mandates.sweep()
            mandates.sweep()

    bank.watch.append(meanwhile)
    assert checkouts.charge(pledge).state == Payment.State.RECEIVED
    assert bank.taken()[charged] == 1000
    assert passed() == 2


def stored(campaign, provider, row=None):
    """A support whose card, or another card, is stored."""
    row = row or begun(campaign, channel="card")
    payment = checkouts.begin(
        support_acts.for_card(row), channel="card", return_url="https://t.example/", cancel_url=""
    )
    provider.pay(next(one for one in provider.intents if one.session == payment.session))
    checkouts.follow(payment)
    return Support.objects.select_related("mandate").get(pk=row.pk)


@pytest.fixture
def provider(campaign):
    found = fake()
    GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME, account="acct_1")
    return found


def test_a_support_keeps_its_card_until_it_stops(campaign, provider, at):
    """Between periods, paused and resumed; replaced: the old one goes; stopped: the last one goes."""
    row = stored(campaign, provider)
    first = row.mandate.method
    periods.work()
    assert passed() == 0
    support_acts.pause(row)
    at(date(2026, 2, 28))
    assert passed() == 0
    row = stored(campaign, provider, row)
    assert passed() == 1
    assert provider.detached == {first}
    support_acts.resume(row)
    periods.work()
    assert row.pledges.filter(state="received").count() == 2
    support_acts.stop(row)
    assert passed() == 1
    assert provider.detached == {first, row.mandate.method}
    sound(campaign)


def test_a_support_that_stops_while_the_provider_is_silent(campaign, provider, at):
    """The charge was asked for and nobody knows its answer: the card stays until somebody does."""
    row = stored(campaign, provider)
    provider.breaks = "after"
    periods.work()
    support_acts.stop(row)
    assert passed() == 0
    checkouts.sweep(timezone.now() + timedelta(days=9999))
    assert row.pledges.get().state == Pledge.State.RECEIVED
    assert passed() == 1


def test_a_campaign_of_supports_that_ended(campaign, provider, at):
    row = stored(campaign, provider)
    periods.work()
    at(START + timedelta(days=9999))
    periods.work()
    row.refresh_from_db()
    assert row.state == Support.State.STOPPED
    assert passed() == 1


SMALL = st.integers(0, 9)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*sorted(ACTS), "remove", "remove", "card", "pay", "charge", "come_back"]),
        SMALL,
        SMALL,
    ),
    min_size=4,
    max_size=25,
)
STORED = [
    ("card", 0, 1),
    ("pay", 0, 0),
    ("come_back", 0, 0),
    ("card", 1, 4),
    ("pay", 1, 3),
    ("come_back", 1, 0),
]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(steps=STEPS)
def test_no_history_charges_a_removed_card(steps):
    """Any acts of donors, treasurers and the provider, with removals between: each charge finds its card."""
    with transaction.atomic():
        history = History(conditional=True)
        history.play(STORED)
        for step in steps:
            if step[0] == "remove":
                passed()
            else:
                history.play([step])
        history.settle()
        passed(), passed(30)
        assert [one for one in history.provider.intents if one.failure == GONE] == []
        assert set(mandates.unused()) == set()
        assert history.faults() == history.differences() == []
        transaction.set_rollback(True)
