"""A provider's word about a support while its donor stops it: both come to their end, neither waits for the other."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from plugins.crowdfunding.domain import outcomes, periods, pledges, support_acts, supports
from plugins.crowdfunding.gateways.base import Method, Outcome, Status
from plugins.crowdfunding.models import GatewayAccount, Mandate, Payment, Pledge, Support
from tests.crowdfunding.factories import CampaignFactory
from tests.crowdfunding.fake_provider import NAME, fake
from tests.crowdfunding.regular import begun, sound

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


def refused(campaign):
    """A support whose card was refused, and the page on which its donor stores another one."""
    at = GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME)
    old = Mandate.objects.create(account=at, customer="cus", method="pm_old")
    row = begun(campaign)
    due = Pledge.objects.get()
    Pledge.objects.filter(pk=due.pk).update(mandate=old, channel="card", state=Pledge.State.DUE)
    Support.objects.filter(pk=row.pk).update(mandate=old, channel="card", state=Support.State.FAILING)
    row.refresh_from_db()
    other = supports.promise(row, None, started=True)
    page = Payment.objects.create(
        pledge=other, campaign=campaign, collector=campaign.collector, gateway=NAME, account=at, way="secure",
        channel="card", state="started", currency="EUR", amount_minor=other.amount_minor, session="cs",
    )  # fmt: skip
    return row, due, page


def test_another_card_is_stored_while_the_donor_stops():
    fake()
    campaign = CampaignFactory(kind="recurring")
    row, _due, page = refused(campaign)
    holds, failed = threading.Event(), []

    def stop():
        holds.wait(20)
        try:
            support_acts.stop(row)
        except Exception as error:  # whatever it is, it is told
            failed.append(error)
        connection.close()

    thread = threading.Thread(target=stop)
    thread.start()
    stored = Outcome(Status.SECURED, key=page.key, method=Method("cus", "pm_new"))
    with transaction.atomic():
        pledges.lock(page.pledge)
        holds.set()
        time.sleep(0.5)  # the other one holds the promise that is due and waits for this one
        outcomes.applied(page, stored)
    thread.join(20)
    assert failed == []
    assert Support.objects.get().state == Support.State.STOPPED
    assert set(Pledge.objects.values_list("state", flat=True)) == {"cancelled"}
    sound(campaign)


def test_a_stored_card_pays_what_is_due():
    provider = fake()
    campaign = CampaignFactory(kind="recurring", opens_on=timezone.localdate())
    _row, due, page = refused(campaign)
    outcomes.apply(page, Outcome(Status.SECURED, key=page.key, method=Method("cus", "pm_new")))
    periods.work()
    due.refresh_from_db()
    assert (due.state, due.mandate.method, len(provider.intents)) == ("received", "pm_new", 1)
