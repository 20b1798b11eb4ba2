"""What a provider sends: verified, stored once, any order, any number of times, at once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import replace

import pytest
from django.db import connection

from core.money import money
from plugins.crowdfunding.domain import audit, checkouts, events, pledges, refunds
from plugins.crowdfunding.gateways.base import Forged, Unreachable
from plugins.crowdfunding.models import (
    Dispute,
    GatewayAccount,
    Payment,
    Pledge,
    ProviderEvent,
    Refund,
    Tally,
    Transaction,
)
from tests.crowdfunding.factories import CampaignFactory, treasurer
from tests.crowdfunding.fake_provider import NAME, TODAY, fake

SIGNED = {"X-Fake-Signature": "signed"}


@pytest.fixture
def provider():
    return fake()


def begun(campaign, number=0, *, minor=5000):
    """A pledge by card whose donor is on the provider's page."""
    donor = pledges.Donor(email=f"donor{number}@tiwizi.example")
    key = f"events-form-{campaign.pk:08}-{number:08}"
    made = pledges.pledge(
        campaign, donor, money(minor, campaign.currency), form_key=key, channel=Pledge.Channel.CARD
    )
    checkouts.begin(made, channel="card", return_url="https://tiwizi.example/", cancel_url="")
    return made


@pytest.fixture
def account(db, provider):
    campaign = CampaignFactory()
    found = GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME, account="acct_1")
    found.campaign = campaign
    return found


def deliver(account, number):
    return events.handle(account, str(number).encode(), SIGNED)


def paid(account, provider, number=0):
    """A settled payment."""
    made = begun(account.campaign, number)
    provider.pay(provider.intents[-1])
    deliver(account, len(provider.events) - 1)
    return Payment.objects.select_related(*events.OURS).get(pledge=made)


def test_an_event_books_the_gift_once(account, provider):
    payment = paid(account, provider)
    for _again in range(3):
        assert deliver(account, 0).state == ProviderEvent.State.DONE
    assert (payment.state, payment.fee_minor, payment.received_on) == ("received", 29, TODAY)
    kinds = Counter(Transaction.objects.values_list("kind", flat=True))
    assert kinds == {"gift": 1, "fee": 1}
    assert Tally.objects.get().received_minor == 5000


def test_a_forged_event_is_not_stored(account, provider):
    begun(account.campaign)
    provider.pay(provider.intents[0])
    with pytest.raises(Forged):
        events.handle(account, b"0", {})
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": money(4999, "EUR")}, "amount"),
        ({"amount": money(5000, "MAD")}, "currency"),
        ({"amount": None}, "amount"),
        ({"reference": "pi_other"}, "reference"),
    ],
)
def test_what_does_not_fit_the_row_waits_for_a_person(account, provider, change, why):
    made = begun(account.campaign)
    Payment.objects.update(reference="pi_0")
    provider.pay(provider.intents[0])
    event = provider.events[0]
    provider.events[0] = replace(event, payment=replace(event.payment, **change))
    row = deliver(account, 0)
    assert (row.state, row.why) == ("human", why)
    assert Pledge.objects.get(pk=made.pk).state == "started"
    assert not Transaction.objects.exists()
    person = treasurer(account.organisation)
    assert events.settle(row, by=person, note="Seen").state == "settled"


def test_another_account_s_event_waits_for_a_person(account, provider):
    begun(account.campaign)
    provider.pay(provider.intents[0])
    provider.events[0] = replace(provider.events[0], account="acct_2")
    assert deliver(account, 0).why == "account"


def test_what_is_not_ours_is_nothing(account, provider):
    begun(account.campaign)
    provider.pay(provider.intents[0])
    event = provider.events[0]
    stranger = replace(event.payment, key="", session="cs_x", reference="pi_x")
    provider.events[0] = replace(event, payment=stranger)
    assert deliver(account, 0).state == "nothing"


def test_a_dispute_that_overtakes_its_payment(account, provider):
    """Reordered: the dispute's event comes first, the payment is read again and both are booked."""
    made = begun(account.campaign)
    intent = provider.intents[0]
    Payment.objects.update(reference=intent.reference)
    provider.pay(intent)
    provider.dispute(intent)
    assert deliver(account, 1).state == "done"
    assert deliver(account, 0).state == "done"
    assert Pledge.objects.get(pk=made.pk).state == "disputed"
    assert Dispute.objects.get().state == "opened"
    provider.decide("dp_0", won=True)
    deliver(account, 2)
    assert Pledge.objects.get(pk=made.pk).state == "received"
    assert Tally.objects.get().received_minor == 5000
    assert all(found.intact for found in audit.run())


def test_a_dispute_that_comes_before_any_word_of_its_payment(account, provider):
    """Nobody has told the reference yet: the unfinished pages are read again to find it."""
    begun(account.campaign, 1)
    made = begun(account.campaign)
    intent = provider.intents[1]
    provider.pay(intent)
    provider.dispute(intent)
    assert deliver(account, 1).state == "done"
    assert Pledge.objects.get(pk=made.pk).state == "disputed"
    assert deliver(account, 0).state == "done"
    assert all(found.intact for found in audit.run())


def test_a_refund_made_at_the_provider_waits_for_a_person(account, provider):
    payment = paid(account, provider)
    refund = refunds.request(payment, payment.amount, by=None, reason="donor", form_key="refund-form-1")
    refunds.send(refund)
    event = provider.events[-1]
    provider.events.append(
        replace(event, id="evt_new", refund=replace(event.refund, key="", reference="re_9"))
    )
    assert deliver(account, len(provider.events) - 1).why == "unknown_refund"
    assert Refund.objects.get().state == "sent"


def test_paid_on_two_pages_goes_back(account, provider):
    """Nothing is captured twice: the second is a debt from the first moment."""
    made = begun(account.campaign)
    first = provider.intents[0]
    provider.breaks = "before"  # the first page cannot be made impossible
    Payment.objects.update(recorded_at="2026-01-01T00:00:00Z")
    checkouts.begin(made, channel="card", return_url="https://tiwizi.example/", cancel_url="")
    for intent in (first, provider.intents[1]):
        provider.pay(intent)
    for number in range(2):
        deliver(account, number)
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["received", "surplus"]
    assert Refund.objects.get().reason == "twice"
    refunds.sweep()
    assert provider.balance() == 5000 - 2 * 29
    assert all(found.intact for found in audit.run())


def test_a_broken_connection_asks_for_the_same_page_again(account, provider):
    made = pledges.pledge(
        account.campaign, pledges.Donor(email="a@tiwizi.example"), money(5000, "EUR"),
        form_key="events-form-broken-connection", channel="card",
    )  # fmt: skip
    provider.breaks = "after"
    with pytest.raises(Unreachable):
        checkouts.begin(made, channel="card", return_url="https://tiwizi.example/", cancel_url="")
    payment = checkouts.begin(made, channel="card", return_url="https://tiwizi.example/", cancel_url="")
    assert payment.page_url == "https://fake.example/cs_0"
    assert len(provider.intents) == Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_hundred_deliveries_of_fifty_events_have_fifty_effects(provider):
    """Four deliveries of each event, in any order, on eight threads; the tables say each was done once."""
    campaign = CampaignFactory()
    account = GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME)
    for number in range(50):
        begun(campaign, number)
        provider.pay(provider.intents[-1])
    queue = [number for number in range(50) for _again in range(4)]
    random.Random(50).shuffle(queue)
    lock, errors, done = threading.Lock(), [], []

    def work() -> None:
        try:
            while True:
                with lock:
                    if not queue:
                        return
                    number = queue.pop()
                done.append(deliver(account, number).state)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert done == ["done"] * 200
    assert Counter(Transaction.objects.values_list("kind", flat=True)) == {"gift": 50, "fee": 50}
    assert Payment.objects.filter(state="received").count() == ProviderEvent.objects.count() == 50
    assert Tally.objects.get(campaign=campaign).received_minor == 50 * 5000
    assert [fault for found in audit.run() for fault in found.faults] == []
