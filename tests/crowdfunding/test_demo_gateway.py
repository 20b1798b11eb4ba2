"""The provider of the demonstration: every button, idempotency, signed events, and never outside a demonstration."""

from __future__ import annotations

import dataclasses
import json
import time
from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.gateways import demo_bank, demo_events, hosted
from plugins.crowdfunding.gateways.base import (
    Beneficiary,
    ChannelNotTaken,
    Charge,
    Credentials,
    Forged,
    GatewayError,
    Method,
    Order,
    RefundOrder,
    RefundStatus,
    Refused,
    Status,
    Unknown,
)
from plugins.crowdfunding.models import DemoEvent, DemoPayment

pytestmark = pytest.mark.django_db
ACCESS = Credentials(account="association")
EUROS = money(5000, "EUR")


@pytest.fixture
def demo():
    return hosted("demo")


def order(key="pledge-1", **facts):
    usual = {
        "code": "ABCDEFGH",
        "amount": EUROS,
        "beneficiary": Beneficiary("Essai"),
        "channel": "card",
        "language": "fr",
        "return_url": "http://127.0.0.1:8001/fr/back/",
        "credentials": ACCESS,
    }
    return Order(key=key, **(usual | facts))


def started(demo, act="", **facts):
    """A page on which something was pressed; gives its session."""
    session = demo.start(order(**facts)).session
    if act:
        demo_bank.press(session, act)
    return session


def paid(demo):
    """The reference of a payment that came."""
    return demo.find(started(demo, "pay"), "", ACCESS).reference


def told(demo):
    """The events that wait, as the site reads them."""
    found = []
    for row in DemoEvent.objects.order_by("pk"):
        body = row.body.encode()
        headers = {demo_events.HEADER: demo_events.signature(body, "association", int(time.time()))}
        found.append(demo.read(body, headers, ACCESS))
    return found


def test_the_same_order_twice_is_one_page(demo):
    first, again = demo.start(order()), demo.start(order())
    assert first.session == again.session
    assert first.redirect_url == again.redirect_url
    assert "/fr/crowdfunding/demo-bank/" in first.redirect_url
    assert demo.start(order("pledge-2")).session != first.session
    assert DemoPayment.objects.count() == 2


def test_it_takes_cards_and_direct_debits_only(demo):
    with pytest.raises(ChannelNotTaken):
        demo.start(order(channel="cash"))
    with pytest.raises(GatewayError):
        demo.start(order(amount=money(0, "EUR")))


@pytest.mark.parametrize(
    ("act", "status", "events"),
    [
        ("", Status.OPEN, 0),
        ("pay", Status.SETTLED, 1),
        ("close", Status.SETTLED, 1),
        ("twice", Status.SETTLED, 1),
        ("late", Status.SETTLED, 1),
        ("dispute", Status.SETTLED, 2),
        ("decline", Status.FAILED, 1),
        ("confirm", Status.CONFIRM, 1),
    ],
)
def test_each_button_of_a_payment(demo, act, status, events):
    found = demo.find(started(demo, act), "", ACCESS)
    assert found.status == status
    assert (found.key, found.amount) == ("pledge-1", EUROS)
    assert len(told(demo)) == events
    if status == Status.SETTLED:
        assert found.fee == money(100, "EUR")
        assert found.on == timezone.localdate()
        assert told(demo)[0].payment == found
    if act == "dispute":
        said = told(demo)[1].dispute
        assert (said.payment, said.amount) == (found.reference, EUROS)
        assert said.answer_by > date.today()


@pytest.mark.parametrize(
    ("act", "charged", "failure"),
    [
        ("pay", Status.SETTLED, ""),
        ("refused_later", Status.FAILED, "card_declined"),
        ("confirm_later", Status.CONFIRM, "authentication_required"),
    ],
)
def test_a_stored_card_does_at_the_close_what_was_chosen(demo, act, charged, failure):
    """Two of ten cards fail at the close because somebody pressed so."""
    found = demo.find(started(demo, act, secure_only=True), "", ACCESS)
    assert found.status == Status.SECURED
    assert found.method.label == "•••• 4242"
    assert found.reference == ""
    charge = Charge("pledge-1-2", "ABCDEFGH", EUROS, found.method, credentials=ACCESS)
    done, again = demo.charge(charge), demo.charge(charge)
    assert done == again
    assert (done.status, done.failure) == (charged, failure)
    assert demo.find("", done.reference, ACCESS) == done
    assert DemoPayment.objects.filter(kind="charge").count() == 1


def test_a_confirmation_is_given_or_not(demo):
    first, second = started(demo, "confirm"), started(demo, "confirm", key="pledge-2")
    demo_bank.press(first, "approve")
    demo_bank.press(second, "refuse")
    assert demo.find(first, "", ACCESS).status == Status.SETTLED
    assert demo.find(second, "", ACCESS).failure == "authentication_failed"


def test_what_was_pressed_cannot_be_pressed_again(demo):
    session = started(demo, "pay")
    for act in ("pay", "decline", "twice", "approve", "nonsense", ""):
        with pytest.raises(demo_bank.NotOffered):
            demo_bank.press(session, act)
    assert DemoEvent.objects.count() == 1


def test_a_refusal_carries_the_chosen_reason_and_no_other(demo):
    first, second = started(demo), started(demo, key="pledge-2")
    demo_bank.press(first, "decline", why="insufficient_funds")
    demo_bank.press(second, "decline", why="<script>")
    assert demo.find(first, "", ACCESS).failure == "insufficient_funds"
    assert demo.find(second, "", ACCESS).failure == "card_declined"


def test_a_direct_debit_takes_its_time(demo):
    session = started(demo, "pay", channel="debit")
    assert demo.find(session, "", ACCESS).status == Status.PROCESSING
    assert [event.payment.status for event in told(demo)] == [Status.PROCESSING, Status.SETTLED]
    assert DemoEvent.objects.last().due_at > timezone.now()
    DemoPayment.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    found = demo.find(session, "", ACCESS)
    assert found.status == Status.SETTLED
    assert found.fee is not None


def test_a_page_nobody_finishes_ends_after_a_day(demo):
    session = started(demo)
    DemoPayment.objects.update(at=timezone.now() - timedelta(hours=25))
    assert demo.find(session, "", ACCESS).status == Status.EXPIRED
    with pytest.raises(demo_bank.NotOffered):
        demo_bank.press(session, "pay")


def test_a_page_is_shut_unless_the_donor_was_quicker(demo):
    shut, quick = started(demo), started(demo, "pay", key="pledge-2")
    assert demo.void(shut, "", ACCESS).status == Status.EXPIRED
    assert demo.void(quick, "", ACCESS).status == Status.SETTLED
    with pytest.raises(demo_bank.NotOffered):
        demo_bank.press(shut, "pay")


def test_nothing_is_known_of_another_account(demo):
    session = started(demo, "pay")
    stranger = Credentials(account="another")
    with pytest.raises(Unknown):
        demo.find(session, "", stranger)
    with pytest.raises(Unknown):
        demo.find("", "demo_pay_nothing", ACCESS)
    with pytest.raises(Refused):
        demo.refund(RefundOrder("r-1", demo.find(session, "", ACCESS).reference, EUROS, stranger))


def test_refunds_never_exceed_what_came(demo):
    reference = paid(demo)
    half = money(3000, "EUR")
    first = demo.refund(RefundOrder("r-1", reference, half, ACCESS))
    again = demo.refund(RefundOrder("r-1", reference, half, ACCESS))
    assert first == again == demo.find_refund(first.reference, ACCESS)
    assert (first.status, first.amount, first.key) == (RefundStatus.DONE, half, "r-1")
    for amount in (half, money(0, "EUR"), money(1000, "MAD")):
        with pytest.raises(Refused):
            demo.refund(RefundOrder("r-2", reference, amount, ACCESS))
    assert demo.refund(RefundOrder("r-3", reference, money(2000, "EUR"), ACCESS)).status == RefundStatus.DONE
    assert [event.refund.key for event in told(demo) if event.refund] == ["r-1", "r-3"]
    with pytest.raises(Unknown):
        demo.find_refund("demo_back_nothing", ACCESS)


def test_what_the_bank_took_is_not_given_back_too(demo):
    session = started(demo, "dispute")
    reference = demo.find(session, "", ACCESS).reference
    with pytest.raises(Refused):
        demo.refund(RefundOrder("r-1", reference, EUROS, ACCESS))
    demo_bank.press(session, "win")
    assert told(demo)[-1].dispute.status == "won"
    assert demo.refund(RefundOrder("r-2", reference, EUROS, ACCESS)).status == RefundStatus.DONE


@pytest.mark.parametrize(
    "change",
    [
        lambda body, seal: (body, ""),
        lambda body, seal: (body, "t=abc,v1=00"),
        lambda body, seal: (body.replace(b"5000", b"9000"), seal),
        lambda body, seal: (body, seal[:-1] + ("0" if seal[-1] != "0" else "1")),
        lambda body, seal: (body, demo_events.signature(body, "association", int(time.time()) - 400)),
        lambda body, seal: (body, demo_events.signature(body, "another", int(time.time()))),
        lambda body, seal: (b"[]", demo_events.signature(b"[]", "association", int(time.time()))),
        lambda body, seal: (b"\xff", demo_events.signature(b"\xff", "association", int(time.time()))),
        lambda body, seal: (body, f"t=٣,v1={seal[-64:]}"),
    ],
)
def test_what_it_did_not_sign_is_forged(demo, change):
    started(demo, "pay")
    body = DemoEvent.objects.get().body.encode()
    seal = demo_events.signature(body, "association", int(time.time()))
    assert demo.read(body, {"demo-signature": seal}, ACCESS).payment.status == Status.SETTLED
    body, seal = change(body, seal)
    with pytest.raises(Forged):
        demo.read(body, {"Demo-Signature": seal}, ACCESS)


def test_a_signed_body_that_says_nothing_is_forged(demo):
    body = json.dumps({"account": "association", "id": "x", "type": "x", "created": 1, "data": {}}).encode()
    seal = demo_events.signature(body, "association", int(time.time()))
    with pytest.raises(Forged):
        demo.read(body, {"Demo-Signature": seal}, ACCESS)


def test_it_refuses_to_work_on_a_real_site(demo, settings):
    """Never in production: not a page, not a charge, not an event."""
    session = started(demo, "pay")
    body = DemoEvent.objects.get().body.encode()
    seal = {"Demo-Signature": demo_events.signature(body, "association", int(time.time()))}
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, demo=False)
    card = Method("c", "demo_card_good")
    calls = [
        lambda: demo.start(order()),
        lambda: demo.find(session, "", ACCESS),
        lambda: demo.void(session, "", ACCESS),
        lambda: demo.charge(Charge("k", "c", EUROS, card, credentials=ACCESS)),
        lambda: demo.detach(card, ACCESS),
        lambda: demo.refund(RefundOrder("r", "x", EUROS, ACCESS)),
        lambda: demo.find_refund("x", ACCESS),
        lambda: demo.read(body, seal, ACCESS),
    ]
    for call in calls:
        with pytest.raises(GatewayError):
            call()
