"""Money that goes back through Stripe, is contested, or does not fit what we know: refused and kept for a person."""

from __future__ import annotations

import json

import pytest
import stripe
from django.test import override_settings

from core.money import money
from plugins.crowdfunding.domain import checkouts, events, refunds
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.outcomes import Mismatch
from plugins.crowdfunding.gateways.base import Unreachable
from plugins.crowdfunding.models import Account, Dispute, Payment, ProviderEvent, Refund
from tests.crowdfunding.stripe_fake import Server
from tests.crowdfunding.stripe_site import Collecting, fresh
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with Server() as running, override_settings(STRIPE_API_BASE=running.url):
        yield running


@pytest.fixture
def site(server, live_server):
    return Collecting(server, live_server.url)


def received(site, minor=5000):
    payment = site.give(minor)
    site.press(payment)
    site.deliver()
    assert site.states(payment) == ("received", "received")
    return fresh(payment)


def give_back(payment, minor=5000, form="form-1"):
    return refunds.send(refunds.request(payment, money(minor, "EUR"), by=None, reason="donor", form_key=form))


def human():
    return list(ProviderEvent.objects.filter(state="human").values_list("why", flat=True))


def test_given_back_in_parts(site):
    payment = received(site)
    assert give_back(payment, 2000).state == "done"
    site.deliver(times=2, reverse=True)
    assert (site.states(payment)[0], site.raised) == ("received", 3000)
    give_back(fresh(payment), 3000, "form-2")
    site.deliver()
    assert (site.states(payment), site.raised) == (("refunded", "refunded"), 0)
    assert human() == []
    assert len(site.bank.all("refund")) == 2
    with pytest.raises(NotPossible):
        give_back(fresh(payment), 5000, "form-3")
    site.agree()


def test_a_refund_whose_answer_is_lost_is_made_once(site):
    payment = received(site)
    site.server.fake.faults.add("after", "/v1/refunds")
    assert give_back(payment).state == "done"
    site.deliver()
    assert len(site.bank.all("refund")) == 1
    site.agree()


def test_a_refund_asked_again_days_later_is_made_once(site):
    """The answer was lost and Stripe has forgotten the key, which it keeps for a day: it is looked for first."""
    payment = received(site)
    refund = refunds.request(payment, money(2000, "EUR"), by=None, reason="donor", form_key="form-1")
    faults = site.server.fake.faults
    faults.add("after", "/v1/refunds")
    faults.add("before", "/v1/refunds", times=9)
    with pytest.raises(Unreachable):
        refunds.send(refund)
    assert fresh(refund).state == "asked"
    with pytest.raises(NotPossible):  # nobody knows whether the money has left
        refunds.drop(refund, by=None)
    faults.coming.clear()
    site.bank.forget_keys()
    assert refunds.send(refund).state == "done"
    site.deliver()
    assert (len(site.bank.all("refund")), site.raised) == (1, 3000)
    site.agree()


def test_a_refund_that_waits_and_arrives(site):
    site.bank.pending_refunds = True
    refund = give_back(received(site))
    assert refund.state == "sent"
    site.bank.finish_refund(refund.reference)
    site.deliver()
    assert fresh(refund).state == "done"
    site.agree()


def test_a_refund_that_the_bank_sends_back_is_tried_again(site):
    site.bank.pending_refunds = True
    first = give_back(received(site))
    site.bank.finish_refund(first.reference, ok=False)
    site.deliver()
    assert (fresh(first).state, fresh(first).failure) == ("failed", "lost_or_stolen_card")
    site.agree()
    site.bank.pending_refunds = False
    refund = refunds.retry(fresh(first))
    assert refunds.send(refund).state == "done"
    site.agree()


def test_a_refund_made_at_stripe_waits_for_a_person(site):
    """Somebody pressed the button in Stripe's dashboard: nothing of ours changes by itself."""
    payment = received(site)
    site.bank.refund(payment.reference, 2000)
    assert set(site.deliver()) == {200}
    assert human() == ["unknown_refund"]
    assert (site.states(payment), site.raised) == (("received", "received"), 5000)
    event = ProviderEvent.objects.get(state="human")
    assert (event.facts["amount"], event.facts["currency"], event.payment) == (2000, "EUR", payment)
    events.settle(event, by=PersonFactory(), note="seen")
    assert human() == []


@pytest.mark.parametrize(
    ("won", "payment_state", "raised"), [(True, "received", 5000), (False, "received", 0)]
)
def test_contested_then_decided(site, won, payment_state, raised):
    payment = received(site)
    opened = site.bank.dispute(payment.reference)
    site.deliver(times=2, reverse=True)
    assert (site.states(payment)[1], site.raised) == ("disputed", 0)
    site.agree()
    site.bank.close_dispute(opened["id"], won=won)
    site.deliver(times=2)
    assert Dispute.objects.get().state == ("won" if won else "lost")
    assert (site.states(payment)[0], site.raised) == (payment_state, raised)
    assert site.booked(Account.Kind.FEES) == 2100
    assert human() == []
    site.agree()


def test_a_dispute_that_overtakes_its_payment(site):
    payment = site.give()
    site.press(payment)
    site.back(payment)
    site.bank.dispute(fresh(payment).reference)
    assert set(site.deliver(reverse=True)) == {200}
    assert site.states(payment)[1] == "disputed"
    site.agree()


def test_a_dispute_heard_before_its_payment_finds_it(site):
    """The row does not know the provider's reference yet: its page is read again, and both are booked."""
    payment = site.give()
    site.press(payment)
    opened = site.bank.dispute(site.bank.all("payment_intent")[0]["id"])
    assert set(site.deliver(reverse=True)) == {200}
    assert (site.states(payment)[:2], human()) == (("received", "disputed"), [])
    site.bank.close_dispute(opened["id"], won=False)
    site.deliver()
    assert (Dispute.objects.get().state, site.raised) == ("lost", 0)
    site.agree()


@pytest.mark.parametrize(
    ("facts", "why"), [({"amount_total": 4000}, "amount"), ({"currency": "mad"}, "currency")]
)
def test_another_amount_or_currency_is_kept_for_a_person(site, facts, why):
    payment = site.give()
    session = site.bank.objects[payment.session]
    session.update(facts)
    site.press(payment)
    assert set(site.deliver()) == {200}
    assert set(human()) == {why}
    assert (site.states(payment), site.raised) == (("started", "started"), 0)
    with pytest.raises(Mismatch, match=why):
        site.back(payment)


def test_another_account_is_kept_for_a_person(site, server):
    """Signed with this endpoint's secret, but this key knows no such payment: two accounts' keys were mixed up."""
    payment = site.give()
    site.press(payment)
    other = server.fake.account("sk_test_other")
    for id_ in [thing["id"] for thing in site.bank.objects.values() if thing["object"] != "event"]:
        other.objects[id_] = site.bank.objects.pop(id_)
    assert set(site.deliver()) == {200}
    assert len(human()) == 2
    assert (site.states(payment), site.raised) == (("started", "started"), 0)


def test_another_organisations_webhook_takes_nothing(site, server, live_server):
    payment = site.give()
    site.press(payment)
    stranger = Collecting(server, live_server.url)
    site.bank.courier.url = stranger.bank.courier.url
    assert set(site.deliver()) == {400}
    site.bank.courier.secret = stranger.bank.courier.secret
    assert set(site.deliver()) == {200}
    assert (site.raised, stranger.raised) == (0, 0)
    assert ProviderEvent.objects.filter(account=stranger.account, state="done").count() == 0


def test_an_unsigned_message_is_refused_and_leaves_nothing(site):
    payment = site.give()
    thing = {"id": payment.session, "object": "checkout.session", "metadata": {"key": payment.key}}
    forged = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_790_000_000,
    }
    body = json.dumps({**forged, "data": {"object": {**thing, "payment_status": "paid"}}}).encode()
    assert site.bank.courier.send(forged, body=body, secret="whsec_guess") == 400
    assert ProviderEvent.objects.count() == 0
    assert site.states(payment)[0] == "started"


def test_money_for_something_else_on_the_same_account_is_not_ours(site):
    client = stripe.StripeClient(site.bank.key, base_addresses={"api": site.server.url})
    customer = client.v1.customers.create({"email": "shop@tiwizi.example"})
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    facts = {"amount": 9900, "currency": "eur", "customer": customer.id, "payment_method": card.id}
    client.v1.payment_intents.create({**facts, "confirm": True, "off_session": True})
    assert set(site.deliver()) == {200}
    assert human() == []
    assert set(ProviderEvent.objects.values_list("state", flat=True)) == {"nothing"}


def test_paid_twice_is_given_back_by_itself(site):
    first = site.give()
    second = checkouts.attempt(first.pledge, site.account, way=Payment.Way.PAGE, channel="card")
    second = checkouts._open(second, "http://site.example/", "")
    site.press(first)
    site.press(second)
    site.deliver()
    assert {site.states(first)[0], site.states(second)[0]} == {"received", "surplus"}
    refund = Refund.objects.get()
    assert refunds.send(refund).state == "done"
    site.deliver()
    assert (site.raised, len(site.bank.all("refund"))) == (5000, 1)
    site.agree()


def test_word_of_an_earlier_try_says_nothing_of_the_next(site):
    """The first refund came back and a second was made; what is still said of the first changes nothing."""
    site.bank.pending_refunds = True
    first = give_back(received(site))
    site.bank.finish_refund(first.reference, ok=False)
    site.deliver("refund.updated")
    site.bank.pending_refunds = False
    again = refunds.send(refunds.retry(fresh(first)))
    site.deliver("refund.failed")
    assert fresh(again).state == "done"
    site.agree()
