"""A card is handed on in one transaction while another worker looks for cards to remove."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from plugins.crowdfunding.domain import mandates, moves, support_acts, supports
from plugins.crowdfunding.models import GatewayAccount, Mandate, Pledge, Support
from tests.crowdfunding.factories import CampaignFactory, promise
from tests.crowdfunding.fake_provider import NAME, fake
from tests.crowdfunding.regular import begun

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]
HOUR = timedelta(hours=1)


def during(work):
    """Begin ``work`` in another connection; gives how to commit it."""
    done, commit = threading.Event(), threading.Event()

    def run():
        with transaction.atomic():
            work()
            done.set()
            commit.wait(20)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert done.wait(20)

    def finish():
        commit.set()
        thread.join(20)

    return finish


def card(campaign):
    at = GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME)
    return Mandate.objects.create(account=at, customer="cus", method="pm")


def test_moved_to_another_project_meanwhile():
    """Until the move is committed the old promise holds the card, then the new one does: never nobody."""
    provider, here, now = fake(), CampaignFactory(), timezone.now()
    there = CampaignFactory(collector=here.collector)
    row, pledge = card(here), promise(here)
    Pledge.objects.filter(pk=pledge.pk).update(mandate=row, state=Pledge.State.SECURED)
    finish = during(lambda: moves.move(Pledge.objects.get(pk=pledge.pk), there))
    try:
        assert mandates.sweep(now) + mandates.sweep(now + 2 * HOUR) == 0
    finally:
        finish()
    assert mandates.sweep(now) + mandates.sweep(now + 4 * HOUR) == 0
    assert (provider.detached, Mandate.objects.get().detach_at) == (set(), None)


def test_the_next_period_of_a_support_meanwhile():
    """The promise of the next period is not committed yet: its support still holds the card, and stops only after."""
    provider, now = fake(), timezone.now()
    campaign = CampaignFactory(kind="recurring")
    row = card(campaign)
    support = begun(campaign)
    Support.objects.filter(pk=support.pk).update(mandate=row, channel="card", state=Support.State.ACTIVE)
    Pledge.objects.filter(support=support).delete()

    def promised():
        held = supports.hold(support)
        supports.promise(held, supports.period(held, held.number + 1))

    finish = during(promised)
    try:
        assert mandates.sweep(now) + mandates.sweep(now + 2 * HOUR) == 0
    finally:
        finish()
    assert Pledge.objects.get(support=support).mandate_id == row.pk
    support_acts.stop(support)
    assert mandates.sweep(now + 3 * HOUR) + mandates.sweep(now + 5 * HOUR) == 1
    assert provider.detached == {"pm"}


def test_two_workers_at_once_share_the_work():
    """What one holds the other leaves alone: each card is asked for once."""
    provider, campaign, now = fake(), CampaignFactory(), timezone.now()
    card(campaign)
    mandates.sweep(now)
    finish = during(lambda: list(Mandate.objects.select_for_update()))
    try:
        assert mandates.sweep(now + 2 * HOUR) == 0
    finally:
        finish()
    assert mandates.sweep(now + 2 * HOUR) == 1
    assert provider.detached == {"pm"}
