"""From the donor's press to the ledger, with Stripe's own library, over real HTTP both ways."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import override_settings

from core.money import money
from plugins.crowdfunding.domain import checkouts, outcomes, refunds
from plugins.crowdfunding.gateways.base import Unreachable
from plugins.crowdfunding.models import Account, Mandate, Payment, ProviderEvent, Refund
from tests.crowdfunding.stripe_fake import Server
from tests.crowdfunding.stripe_site import (
    ASKS,
    ASKS_LATER,
    DECLINED,
    IBAN,
    OK,
    REFUSED_LATER,
    Collecting,
    conditional,
    fresh,
    long_ago,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with Server() as running, override_settings(STRIPE_API_BASE=running.url):
        yield running


@pytest.fixture
def site(server, live_server):
    return Collecting(server, live_server.url)


@pytest.fixture
def all_or_nothing(server, live_server):
    return conditional(server, live_server.url)


def effects(payment):
    """How often the payment was booked."""
    return payment.pledge.payments.filter(state=Payment.State.RECEIVED).count()


def test_paid_and_come_back_and_told(site):
    payment = site.give()
    assert site.states(payment) == ("started", "started")
    assert site.press(payment) == 303
    assert site.back(payment).state == "received"
    assert set(site.deliver()) == {200}
    assert (site.raised, fresh(payment).fee_minor) == (5000, 100)
    assert site.booked(Account.Kind.FEES) == 100
    site.agree()


def test_the_browser_is_closed_and_only_the_event_comes(site):
    payment = site.give()
    site.press(payment)
    assert set(site.deliver()) == {200}
    assert site.states(payment) == ("received", "received")
    assert (site.raised, fresh(payment).fee_minor) == (5000, 100)
    site.agree()


@pytest.mark.parametrize("type_", ["checkout.session.completed", "payment_intent.succeeded"])
def test_one_event_of_several_is_enough(site, type_):
    payment = site.give()
    site.press(payment)
    assert site.deliver(type_) == [200]
    assert site.raised == 5000
    site.agree()


def test_only_the_browser_comes_back_and_no_event_ever(site):
    payment = site.give()
    site.press(payment)
    site.deliver(drop=True)
    assert site.back(payment).pledge.state == "received"
    site.agree()


def test_nobody_comes_back_and_no_event_comes(site):
    payment = site.give()
    site.press(payment)
    site.deliver(drop=True)
    long_ago(payment)
    assert checkouts.sweep() == 1
    assert site.states(payment) == ("received", "received")
    site.agree()


def test_declined_then_another_card_on_the_same_page(site):
    payment = site.give()
    assert site.press(payment, DECLINED) == 402
    assert set(site.deliver()) == {200}
    assert site.states(payment) == ("started", "started")
    assert site.press(payment, OK) == 303
    site.deliver()
    assert (site.states(payment), site.raised) == (("received", "received"), 5000)
    site.agree()


def test_declined_left_and_begun_again(site):
    first = site.give()
    site.press(first, DECLINED)
    assert site.page(first.pledge).pk == first.pk
    site.server.fake.accounts[site.bank.key].objects[first.session]["expires_at"] = 1
    assert site.back(first).state == "failed"
    second = site.page(first.pledge)
    assert (second.attempt, second.session != first.session) == (2, True)
    site.press(second)
    site.deliver(reverse=True)
    assert (site.states(second), site.raised) == (("received", "received"), 5000)
    site.agree()


def test_the_bank_asks_and_the_donor_confirms(site):
    payment = site.give()
    assert site.press(payment, ASKS) == 200
    assert site.press(payment, ASKS, "no") == 200
    assert site.back(payment).state == "started"
    assert site.press(payment, ASKS, "yes") == 303
    assert site.back(payment).state == "received"
    site.agree()


def test_every_event_twice_reversed_and_all_at_once(site):
    payments = [site.give(minor) for minor in (5000, 3000)]
    for payment in payments:
        site.press(payment, DECLINED)
        site.press(payment)
    site.deliver(times=2, reverse=True)
    assert set(site.bank.courier.again()) == {200}
    assert (site.raised, [effects(payment) for payment in payments]) == (8000, [1, 1])
    assert ProviderEvent.objects.filter(state="human").count() == 0
    site.agree()


def test_concurrent_deliveries_are_one_effect_each(site):
    payments = [site.give(minor) for minor in (5000, 3000, 2000)]
    for payment in payments:
        site.press(payment)
    for _round in range(20):
        answers = site.deliver(times=6, at_once=True)
        assert set(answers) <= {200, 503}
        if not site.bank.courier.waiting:
            break
    assert site.bank.courier.waiting == []
    assert (site.raised, [effects(payment) for payment in payments]) == (10_000, [1, 1, 1])
    assert ProviderEvent.objects.count() == 6
    site.agree()


def test_late_events_change_nothing(site):
    payment = site.give()
    site.press(payment, DECLINED)
    site.press(payment)
    site.back(payment)
    refunds.send(
        refunds.request(fresh(payment), money(5000, "EUR"), by=None, reason="donor", form_key="form-1")
    )
    assert set(site.deliver(reverse=True)) == {200}
    assert (site.states(payment), site.raised) == (("refunded", "refunded"), 0)
    site.agree()


def test_events_after_a_database_that_failed(site, monkeypatch):
    payment = site.give()
    site.press(payment)
    real, calls = outcomes.applied, []

    def fail_once(*given):
        calls.append(given)
        if len(calls) == 1:
            real(*given)
            raise DatabaseError("gone after the effect")
        return real(*given)

    monkeypatch.setattr(outcomes, "applied", fail_once)
    first = site.deliver("checkout.session.completed")
    assert (first, site.raised) == ([503], 0)
    assert ProviderEvent.objects.count() == 0
    assert set(site.deliver()) == {200}
    assert (site.raised, effects(payment)) == (5000, 1)
    site.agree()


def test_events_while_the_api_is_down_come_again(site):
    payment = site.give()
    site.press(payment)
    site.server.fake.faults.add("before", times=2)
    assert (site.deliver("checkout.session.completed"), site.raised) == ([503], 0)
    assert set(site.deliver()) == {200}
    assert site.raised == 5000
    site.agree()


def test_a_direct_debit_that_arrives_days_later(site):
    payment = site.give(channel="debit")
    site.press(payment, IBAN)
    site.deliver()
    assert site.states(payment) == ("processing", "pledged")
    assert site.raised == 0
    site.bank.settle(fresh(payment).reference)
    site.deliver(reverse=True)
    assert (site.states(payment), site.raised) == (("received", "received"), 5000)
    assert fresh(payment).channel == "debit"
    site.agree()


def test_a_direct_debit_that_comes_back(site):
    payment = site.give(channel="debit")
    site.press(payment, IBAN)
    site.back(payment)
    site.bank.bounce(fresh(payment).reference)
    site.deliver()
    assert site.states(payment) == ("failed", "due")
    assert fresh(payment).failure == "insufficient_funds"
    again = site.page(payment.pledge)
    site.press(again)
    site.deliver()
    assert (site.states(again), site.raised) == (("received", "received"), 5000)
    site.agree()


def test_stored_now_charged_later_once(all_or_nothing):
    site = all_or_nothing
    payment = site.give()
    site.press(payment)
    site.deliver()
    assert site.states(payment) == ("secured", "secured")
    assert (site.raised, site.bank.balance) == (0, {})
    stored = Mandate.objects.get()
    assert (stored.label, stored.channel) == ("Visa •••• 4242", "card")
    done = checkouts.charge(fresh(payment.pledge))
    site.deliver(times=2)
    assert (site.states(done), site.raised) == (("received", "received"), 5000)
    assert len(site.bank.all("payment_intent")) == 1
    site.agree()


@pytest.mark.parametrize(
    ("number", "failure"), [(REFUSED_LATER, "card_declined"), (ASKS_LATER, "authentication_required")]
)
def test_a_charge_that_is_refused_asks_the_donor(all_or_nothing, number, failure):
    site = all_or_nothing
    payment = site.give()
    site.press(payment, number, "yes")
    site.back(payment)
    done = checkouts.charge(fresh(payment.pledge))
    site.deliver()
    assert (site.states(done), fresh(done).failure) == (("failed", "due"), failure)
    assert site.bank.balance == {}
    site.agree()


@pytest.mark.parametrize("moment", ["drop", "after"])
def test_a_charge_whose_answer_is_lost_is_made_once(all_or_nothing, moment):
    site = all_or_nothing
    payment = site.give()
    site.press(payment)
    site.back(payment)
    site.server.fake.faults.add(moment, "/v1/payment_intents")
    done = checkouts.charge(fresh(payment.pledge))
    assert (site.states(done), site.raised) == (("received", "received"), 5000)
    assert Refund.objects.count() == 0
    site.agree()


def test_a_charge_asked_again_days_later_is_made_once(all_or_nothing):
    """The answer was lost and Stripe has forgotten the key, which it keeps for a day: it is looked for first."""
    site = all_or_nothing
    payment = site.give()
    site.press(payment)
    site.back(payment)
    faults = site.server.fake.faults
    faults.add("after", "/v1/payment_intents")
    faults.add("before", "/v1/payment_intents", times=9)
    with pytest.raises(Unreachable):
        checkouts.charge(fresh(payment.pledge))
    faults.coming.clear()
    site.bank.forget_keys()
    done = checkouts.charge(fresh(payment.pledge))
    assert (site.states(done), site.raised) == (("received", "received"), 5000)
    assert len([intent for intent in site.bank.all("payment_intent") if intent["status"] == "succeeded"]) == 1
    site.agree()
