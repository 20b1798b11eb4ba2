"""What was asked of a provider and never answered: looked for, never asked anew once nobody wants it any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import (
    campaigns,
    changes,
    checkouts,
    closing,
    disputes,
    moves,
    payments,
    periods,
    pledges,
    refunds,
    situations,
    support_acts,
)
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways.base import DisputeOutcome, DisputeStatus, Status, Unreachable
from plugins.crowdfunding.models import Campaign, GatewayAccount, Payment, Pledge, Refund, Tally
from tests.crowdfunding.bank import end_today
from tests.crowdfunding.factories import CampaignFactory, donor_by_card, promise, receipt, received, treasurer
from tests.crowdfunding.fake_provider import NAME, fake
from tests.crowdfunding.regular import at, begun, campaign, sound
from tests.factories import OrganisationFactory, PersonFactory

__all__ = ["at", "campaign"]  # fixtures

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=2)


@pytest.fixture
def provider():
    return fake()


def account(of):
    return GatewayAccount.objects.get_or_create(organisation=of.collector, gateway=NAME)[0]


def begin(pledge, channel="card"):
    return checkouts.begin(pledge, channel=channel, return_url="https://t.example/", cancel_url="")


def moved_card(provider):
    """A stored card that was moved to a campaign that keeps every gift, and not charged yet."""
    here = CampaignFactory(kind="all_or_nothing", needed_minor=10_000, collector=OrganisationFactory())
    there = CampaignFactory(collector=here.collector)
    account(here)
    payment = begin(donor_by_card(here))
    provider.pay(provider.intents[-1])
    checkouts.follow(payment)
    return moves.move(Pledge.objects.get(pk=payment.pledge_id), there)


def unanswered(provider, when):
    """The same, its charge asked for: the call broke off before or after the provider did it."""
    row = moved_card(provider)
    provider.breaks = when
    with pytest.raises(Unreachable):
        checkouts.charge(row)
    row.refresh_from_db()
    return row


def charges(provider):
    return [one for one in provider.intents if one.status == Status.SETTLED and not one.secure]


@pytest.mark.parametrize("act", ["cancel", "transfer", "move", "pay"])
def test_a_charge_without_its_answer_holds_the_promise(provider, act):
    """Whether the money went nobody knows yet: nothing is promised elsewhere, nothing is paid twice."""
    row = unanswered(provider, "after")
    other = CampaignFactory(collector=row.collector)
    acts = {
        "cancel": lambda: changes.cancel(row),
        "transfer": lambda: pledges.switch(row),
        "move": lambda: moves.move(row, other),
        "pay": lambda: begin(row),
    }
    assert (situations.of(row).word, situations.of(row).acts) == ("processing", frozenset())
    with pytest.raises(NotPossible):
        acts[act]()
    checkouts.sweep(timezone.now() + LATER)
    row.refresh_from_db()
    assert (row.state, len(charges(provider))) == ("received", 1)


def test_a_charge_never_made_is_not_made_once_the_money_came_otherwise(provider):
    row = unanswered(provider, "before")
    payments.receive(row, receipt(), by=None)
    Payment.objects.filter(way="charge").update(recorded_at=timezone.now() - LATER)
    checkouts.sweep(timezone.now() + LATER)
    assert charges(provider) == []
    assert Payment.objects.get(way="charge").failure == "never_started"


def test_what_is_not_found_yet_is_looked_for_again(provider):
    """A provider's search lags behind: a charge of just now is not given up because it is not found."""
    row = unanswered(provider, "before")
    payments.receive(row, receipt(), by=None)
    checkouts.sweep(timezone.now() + LATER)
    assert Payment.objects.get(way="charge").state == "started"
    assert charges(provider) == []


@pytest.mark.parametrize(("when", "back"), [("before", 0), ("after", 1)])
def test_a_charge_of_a_campaign_called_off_is_never_made_and_given_back_when_it_was(provider, when, back):
    row = unanswered(provider, when)
    campaigns.cancel(row.campaign, by=PersonFactory())
    Payment.objects.filter(way="charge").update(recorded_at=timezone.now() - LATER)
    checkouts.sweep(timezone.now() + LATER)
    refunds.sweep(timezone.now() + LATER)
    assert (len(charges(provider)), Refund.objects.count()) == (back, back)
    assert Tally.objects.get(campaign=row.campaign).promised_minor == 0
    assert Pledge.objects.get(pk=row.pk).state == "cancelled"


def test_a_charge_left_half_done_at_the_provider_does_not_hang_for_ever(provider, monkeypatch):
    """It was made there and never carried out: it is cancelled, and the donor asked for another card."""
    row = moved_card(provider)
    monkeypatch.setattr(provider, "_take", lambda intent, answer: None)
    assert checkouts.charge(row).state == "started"
    checkouts.sweep(timezone.now() + LATER)
    row.refresh_from_db()
    assert (row.state, charges(provider), provider.intents[-1].status) == ("due", [], Status.EXPIRED)


def test_coming_back_to_a_refused_charge_asks_for_no_money(provider, client):
    """A refusal that left no trace at the provider is not a charge to be tried again by whoever opens the address."""
    row = moved_card(provider)
    payment = checkouts.attempt(row, account(row), way=Payment.Way.CHARGE, channel="card")
    Payment.objects.filter(pk=payment.pk).update(state="failed", failure="payment_method_detached")
    Pledge.objects.filter(pk=row.pk).update(state="released")
    assert client.get(reverse("crowdfunding:pledge_back", args=[row.token])).status_code == 302
    assert charges(provider) == []


def test_stopping_a_support_stops_a_charge_that_was_not_made(campaign, provider):
    """The worker fell before the provider heard of it: after the donor stopped, nobody asks any more."""
    account(campaign)
    row = begun(campaign, channel="card")
    payment = begin(support_acts.for_card(row))
    provider.pay(provider.intents[-1])
    checkouts.follow(payment)
    provider.breaks = "before"
    periods.work()
    assert Payment.objects.get(way="charge").state == "started"
    support_acts.stop(row)
    Payment.objects.filter(way="charge").update(recorded_at=timezone.now() - LATER)
    checkouts.sweep(timezone.now() + LATER)
    assert charges(provider) == []
    sound(campaign)


def test_a_contested_part_that_was_won_back_after_a_failure_goes_back_too():
    """The bank's word came after the campaign gave back what was there: the rest is not the campaign's either."""
    here = CampaignFactory(kind="all_or_nothing", goal_minor=10_000, needed_minor=10_000)
    payment = received(here)
    won = DisputeOutcome(DisputeStatus.WON, "dp", "pi", money(2000, "EUR"))
    disputes.apply(payment, replace(won, status=DisputeStatus.OPENED))
    end_today(here)
    closing.work()
    disputes.apply(payment, won)
    for _again in range(2):
        closing.work()
    payment.refresh_from_db()
    given_back = list(payment.refunds.order_by("pk").values_list("amount_minor", flat=True))
    assert (payment.refunded_minor, given_back) == (5000, [3000, 2000])


def test_a_page_opened_for_an_attempt_given_up_meanwhile_is_closed(provider, monkeypatch):
    """The donor cancelled in another window while the provider made the page: it takes no money, and nobody is led there."""
    here = CampaignFactory()
    account(here)
    row = donor_by_card(here)
    start = provider.start

    def slow(order):
        changes.cancel(row)
        return start(order)

    monkeypatch.setattr(provider, "start", slow)
    with pytest.raises(NotPossible):
        begin(row)
    assert provider.intents[-1].status == Status.EXPIRED
    assert Payment.objects.get().session == provider.intents[-1].session


def test_a_moved_gift_is_not_undone_as_if_it_had_been_entered_here(client):
    """Its money came to the other ledger: it can be given back, and undoing it says so."""
    payment = received(CampaignFactory(collector=OrganisationFactory()))
    there = CampaignFactory(collector=payment.collector)
    Campaign.objects.filter(pk=payment.campaign_id).update(state="failed")
    new = moves.move(payment.pledge, there)
    with pytest.raises(NotPossible):
        payments.undo(new.payments.get(), by=PersonFactory(), reason="mistake")
    client.force_login(treasurer(payment.collector))
    place = [payment.collector.slug, new.payments.get().uid]
    listed = client.get(reverse("crowdfunding:treasury_received", args=place[:1])).content.decode()
    assert reverse("crowdfunding:treasury_undo", args=place) not in listed
    assert reverse("crowdfunding:give_back", args=place) in listed
    answer = client.post(
        reverse("crowdfunding:treasury_undo", args=place), {"reason": "mistake"}, follow=True
    )
    assert "Rendez plutôt le don" in answer.content.decode()


def test_a_card_promise_paid_by_transfer_waits_for_a_transfer_when_that_was_undone():
    """Else nobody waits for anything: it is no card any more, and a promise by transfer is reminded of and expires."""
    here = CampaignFactory()
    account(here)
    row = donor_by_card(here)
    paid = payments.receive(row, receipt(), by=None)
    payments.undo(paid, by=PersonFactory(), reason="mistake")
    row.refresh_from_db()
    assert (row.state, row.channel, row.mandate) == ("pledged", "transfer", None)


def test_a_moved_card_is_charged_although_the_campaign_closed_meanwhile(provider):
    row = moved_card(provider)
    campaigns.close(row.campaign, by=None)
    changes.sweep_moved()
    row.refresh_from_db()
    assert row.state == "received"


def test_keys_that_cannot_be_opened_hold_up_no_other_organisation(provider, client):
    """They are that organisation's trouble: the donor gets a sentence, the sweeper goes on with the others."""
    broken, sound_one = donor_by_card(CampaignFactory()), donor_by_card(CampaignFactory())
    for row in (broken, sound_one):
        account(row.campaign)
    for row in (broken, sound_one):
        begin(row)
    GatewayAccount.objects.filter(organisation=broken.collector).update(sealed="broken")
    provider.pay(provider.intents[-1])
    checkouts.sweep(timezone.now() + LATER)
    sound_one.refresh_from_db()
    assert sound_one.state == "received"
    for name in ("pledge_cancel", "pledge_transfer"):
        assert client.post(reverse(f"crowdfunding:{name}", args=[broken.token])).status_code == 302
    assert client.get(reverse("crowdfunding:pledge_back", args=[broken.token])).status_code == 302
    pay = reverse("crowdfunding:pledge_pay", args=[broken.token])
    assert client.post(pay, {"way": "debit"}).status_code == 302
    assert promise(broken.campaign).state == "pledged"
