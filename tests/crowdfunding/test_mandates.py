"""Stored cards that nothing can use any more are removed at the provider; one that is needed never is."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.registry import registry
from core.secrets import SealBroken
from plugins.crowdfunding.domain import checkouts, mandates, providers, supports
from plugins.crowdfunding.domain.lifecycles import PLEDGE
from plugins.crowdfunding.gateways.base import Refused
from plugins.crowdfunding.models import GatewayAccount, Mandate, Payment, Pledge, Support
from tests.crowdfunding.factories import CampaignFactory, promise
from tests.crowdfunding.fake_provider import NAME, fake

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DEAD = {"received", "refunded", "released", "disputed", "moved", "kept", "cancelled", "expired"}


@pytest.fixture
def provider():
    return fake()


def account(organisation=None, name="acct_1"):
    organisation = organisation or CampaignFactory().collector
    return GatewayAccount.objects.create(organisation=organisation, gateway=NAME, account=name)


def card(at, number=0):
    return Mandate.objects.create(account=at, customer=f"cus_{number}", method=f"pm_{at.pk}_{number}")


def passed(hours=2.0):
    """Two runs of the sweeper, so many hours apart."""
    now = timezone.now()
    return mandates.sweep(now) + mandates.sweep(now + hours * HOUR)


def world():
    """One card for each state of its pledge, of its charge and of its support; gives what must be kept."""
    campaign = CampaignFactory()
    at, keep = account(campaign.collector), set()
    charges = [None, *Payment.State.values]
    for number, (state, charge, support) in enumerate(
        product([None, *Pledge.State.values], charges, [None, *Support.State.values])
    ):
        row = card(at, number)
        if support:
            Support.objects.create(
                campaign=campaign, collector=campaign.collector, state=support, channel="card", mandate=row,
                code=f"S{number}", form_key=f"s{number}", currency="EUR", amount_minor=1000, monthly_minor=1000,
                starts_on=timezone.localdate(), next_on=timezone.localdate(),
            )  # fmt: skip
        if state:
            pledge = Pledge.objects.create(
                campaign=campaign, collector=campaign.collector, state=state, channel="card", mandate=row,
                code=f"P{number}", form_key=f"p{number}", currency="EUR", amount_minor=1000,
            )  # fmt: skip
            if charge:
                Payment.objects.create(
                    pledge=pledge, campaign=campaign, collector=campaign.collector, gateway=NAME, account=at,
                    way="charge", state=charge, channel="card", currency="EUR", amount_minor=1000,
                )  # fmt: skip
        waits = state is not None and state not in DEAD
        asked = state is not None and charge in {"started", "processing"}
        if waits or asked or support not in {None, "stopped"}:
            keep.add(row.method)
    return keep


def test_every_state_of_a_pledge_its_charge_and_its_support(provider):
    keep = world()
    everything = set(Mandate.objects.values_list("method", flat=True))
    assert 0 < len(keep) < len(everything)
    now = timezone.now()
    for hours in (0, 2, 4, 6, 8, 10, 12):
        mandates.sweep(now + hours * HOUR)
    assert provider.detached == everything - keep
    assert set(Mandate.objects.filter(detached_at=None).values_list("method", flat=True)) == keep


def test_what_is_unused_once_stays_unused():
    """No act leads from a state without a card to one that is charged, so nothing is removed that comes back."""
    charged = {Pledge.State.SECURED, Pledge.State.DUE}
    for state in set(Pledge.State.values) - mandates.HOLDING:
        assert not charged & set(PLEDGE[state].values()), state
    assert charged <= mandates.HOLDING
    assert set(supports.LIFE[Support.State.STOPPED].values()) == {Support.State.STOPPED}


def test_a_while_lies_between_the_last_use_and_the_removal(provider):
    row, now = card(account()), timezone.now()
    assert mandates.sweep(now) == mandates.sweep(now + 0.9 * HOUR) == 0
    assert provider.detached == set()
    assert mandates.sweep(now + 1.1 * HOUR) == 1
    assert provider.detached == {row.method}
    assert mandates.sweep(now + 100 * HOUR) == 0
    row.refresh_from_db()
    assert row.detached_at == now + 1.1 * HOUR


def test_needed_after_all(provider):
    """Given a day to be removed, then used by a promise again: it stays, and gets another day afterwards."""
    row, now = card(account()), timezone.now()
    mandates.sweep(now)
    pledge = promise(CampaignFactory())
    Pledge.objects.filter(pk=pledge.pk).update(mandate=row, state=Pledge.State.SECURED)
    assert mandates.sweep(now + 2 * HOUR) == 0
    assert Mandate.objects.get().detach_at is None
    Pledge.objects.filter(pk=pledge.pk).update(state=Pledge.State.RELEASED)
    assert mandates.sweep(now + 3 * HOUR) == 0
    assert mandates.sweep(now + 5 * HOUR) == 1


def test_used_between_the_look_and_the_lock(provider, monkeypatch):
    """What became needed while a worker waited for the row is seen under its lock."""
    row, now = card(account()), timezone.now()
    mandates.sweep(now)
    pledge = promise(CampaignFactory())
    look = mandates.unused

    def taken():
        Pledge.objects.filter(pk=pledge.pk).update(mandate=row, state=Pledge.State.SECURED)
        return look()

    monkeypatch.setattr(mandates, "unused", taken)
    assert mandates.sweep(now + 2 * HOUR) == 0
    assert provider.detached == set()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_silent_provider_is_asked_again_later(provider, moment):
    at, now = account(), timezone.now()
    for number in range(3):
        card(at, number)
    provider.breaks = moment
    mandates.sweep(now)
    assert mandates.sweep(now + 2 * HOUR) == 0
    assert len(provider.detached) == (moment == "after")  # and it was left alone after the first silence
    assert mandates.sweep(now + 3 * HOUR) == 0
    assert mandates.sweep(now + 9 * HOUR) == 3
    assert len(provider.detached) == 3


@pytest.mark.parametrize("trouble", [SealBroken("old key"), KeyError("no such provider"), Refused("odd")])
def test_one_account_in_trouble_stops_no_other(provider, monkeypatch, trouble):
    bad, good = account(), account(name="acct_2")
    stuck, gone = card(bad), card(good)
    keys = providers.credentials

    def broken(of):
        if of.pk == bad.pk:
            raise trouble
        return keys(of)

    monkeypatch.setattr(providers, "credentials", broken)
    assert passed() == 1
    assert provider.detached == {gone.method}
    monkeypatch.undo()
    assert mandates.sweep(timezone.now() + 9 * HOUR) == 1
    assert stuck.method in provider.detached


def test_a_worker_that_dies_is_made_up_for(provider, monkeypatch):
    """Removed at the provider, dead before it was written: asked once more, which is no error there."""
    row, now = card(account()), timezone.now()
    mandates.sweep(now)
    real = mandates._removed

    def dies(rows):
        real(rows)
        raise KeyboardInterrupt

    monkeypatch.setattr(mandates, "_removed", dies)
    with pytest.raises(KeyboardInterrupt):
        mandates.sweep(now + 2 * HOUR)
    row.refresh_from_db()
    assert (row.method in provider.detached, row.detached_at) == (True, None)
    monkeypatch.setattr(mandates, "_removed", real)
    assert mandates.sweep(now + 9 * HOUR) == 1


def test_no_call_within_a_transaction_and_as_many_queries_for_one_as_for_many(provider, monkeypatch):
    at, counts = account(), []
    open_ones = len(connection.savepoint_ids)
    detach = provider.detach

    def seen(method, credentials):
        assert len(connection.savepoint_ids) == open_ones
        detach(method, credentials)

    monkeypatch.setattr(provider, "detach", seen)
    for number in (1, 30):
        for one in range(number):
            card(at, number * 100 + one)
        mandates.sweep(timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert mandates.sweep(timezone.now() + 2 * HOUR) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_many_removed_cards_cost_nothing(provider):
    due = Mandate.objects.filter(detached_at=None, detach_at__lte=timezone.now()).order_by("detach_at", "pk")
    assert "mandate_to_detach" in due.explain()


def test_a_batch_at_a_time(provider):
    at, now = account(), timezone.now()
    for number in range(5):
        card(at, number)
    mandates.sweep(now)
    assert [mandates.sweep(now + 2 * HOUR, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_it_is_part_of_the_scheduled_work():
    names = [schedule.name for schedule in registry.schedules()]
    assert "crowdfunding.remove_stored_cards" in names


def test_a_removed_card_is_refused_and_takes_nothing(provider):
    """Were one charged all the same, its donor is asked for another card."""
    pledge = promise(CampaignFactory(kind="all_or_nothing", needed_minor=1000))
    at = account(pledge.collector)
    row = card(at)
    passed()
    Pledge.objects.filter(pk=pledge.pk).update(mandate=row, state=Pledge.State.SECURED, channel="card")
    payment = checkouts.charge(Pledge.objects.get(pk=pledge.pk))
    assert (payment.state, payment.failure) == ("failed", "payment_method_detached")
    assert (payment.pledge.state, provider.balance()) == ("due", 0)
