"""One contract for every provider with a page of its own: each gateway passes it through its rig (rigs.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.money import minor, money
from plugins.crowdfunding.gateways import base
from plugins.crowdfunding.gateways.base import DisputeStatus, RefundStatus, Status
from tests.crowdfunding.rigs import RIGS

pytestmark = pytest.mark.django_db
PAYEE = base.Beneficiary("Horizon d'essai", "FR7630006000011234567890189")
BACK = "http://127.0.0.1:8001/fr/p/token/"


@pytest.fixture(params=sorted(RIGS))
def rig(request):
    with RIGS[request.param].running() as running:
        yield running


def order(rig, key="pledge-1", *, amount=5000, currency="EUR", channel="card", secure=False):
    return base.Order(
        key=key, code="K7MP3QXW", amount=money(amount, currency), beneficiary=PAYEE, channel=channel, language="fr",
        return_url=BACK, title="مخزون · Stock", email="donor@tiwizi.example", secure_only=secure,
        credentials=rig.account,
    )  # fmt: skip


def find(rig, session, reference="", account=None):
    return rig.gateway.find(session, reference, account or rig.account)


def paid(rig, key="pledge-1", *, amount=5000, channel="card"):
    page = rig.gateway.start(order(rig, key, amount=amount, channel=channel))
    rig.pay(page.session, channel)
    return find(rig, page.session)


def secured(rig, key="pledge-1", *, later=""):
    page = rig.gateway.start(order(rig, key, secure=True))
    rig.store(page.session, later)
    return find(rig, page.session)


def charge(rig, method, key="pledge-2", amount=5000):
    return rig.gateway.charge(
        base.Charge(key, "K7MP3QXW", money(amount, "EUR"), method, "Stock", rig.account)
    )


def refund(rig, reference, amount, key="refund-1"):
    return rig.gateway.refund(base.RefundOrder(key, reference, money(amount, "EUR"), rig.account))


def test_a_page_to_go_to(rig):
    page = rig.gateway.start(order(rig))
    assert page.redirect_url.startswith("http")
    assert (page.amount, page.reference, bool(page.session)) == (money(5000, "EUR"), "K7MP3QXW", True)
    assert find(rig, page.session).status == Status.OPEN


def test_the_same_order_is_the_same_page(rig):
    first, second = rig.gateway.start(order(rig)), rig.gateway.start(order(rig))
    another = rig.gateway.start(order(rig, "pledge-2"))
    assert (first.session, first.redirect_url) == (second.session, second.redirect_url)
    assert another.session != first.session


def test_what_is_not_taken(rig):
    with pytest.raises(base.ChannelNotTaken):
        rig.gateway.start(order(rig, channel="pigeon"))
    with pytest.raises(base.ImpossibleAmount):
        rig.gateway.start(order(rig, amount=0))


def test_paid(rig):
    found = paid(rig)
    assert (found.status, found.key, found.amount) == (Status.SETTLED, "pledge-1", money(5000, "EUR"))
    assert found.channel == "card"
    assert found.session
    assert found.reference
    assert found.on is not None
    assert 0 < minor(found.fee) < 5000
    assert find(rig, found.session, found.reference) == found


def test_declined_takes_nothing(rig):
    page = rig.gateway.start(order(rig))
    rig.decline(page.session)
    found = find(rig, page.session)
    assert found.status in {Status.OPEN, Status.FAILED}
    assert found.failure == "card_declined"


def test_stored_now_and_charged_later_once(rig):
    stored = secured(rig)
    assert (stored.status, stored.key, stored.fee) == (Status.SECURED, "pledge-1", None)
    assert "4242" in stored.method.label
    assert stored.method.channel == "card"
    done, again = charge(rig, stored.method), charge(rig, stored.method)
    assert (done.status, done.key, done.amount) == (Status.SETTLED, "pledge-2", money(5000, "EUR"))
    assert again.reference == done.reference
    assert charge(rig, stored.method, "pledge-3").reference != done.reference
    assert find(rig, "", done.reference).status == Status.SETTLED


@pytest.mark.parametrize(
    ("later", "status", "failure"),
    [
        ("refused", Status.FAILED, "card_declined"),
        ("confirmed", Status.CONFIRM, "authentication_required"),
    ],
)
def test_refusals_at_the_close_are_answers(rig, later, status, failure):
    found = charge(rig, secured(rig, later=later).method)
    assert (found.status, found.failure, found.key) == (status, failure, "pledge-2")


def test_a_charge_is_looked_for_by_its_key_and_never_made_by_looking(rig):
    with pytest.raises(base.Unknown):
        rig.gateway.find_charge("pledge-2", rig.account)
    made = charge(rig, secured(rig).method)
    looked = rig.gateway.find_charge("pledge-2", rig.account)
    assert (looked.status, looked.reference, looked.key) == (Status.SETTLED, made.reference, "pledge-2")
    with pytest.raises(base.Unknown):
        rig.gateway.find_charge("pledge-2", rig.other)


def test_a_removed_method_is_never_charged(rig):
    """Removing it twice, or one that nobody knows, is no error; what it paid before stays paid."""
    method, other = secured(rig).method, secured(rig, "pledge-9").method
    done = charge(rig, method)
    for gone in (method, method, replace(method, customer="cus_nobody", method="pm_nobody")):
        rig.gateway.detach(gone, rig.account)
    refused = charge(rig, method, "pledge-3")
    assert (refused.status, bool(refused.failure)) == (Status.FAILED, True)
    assert charge(rig, method) == done
    assert charge(rig, other, "pledge-4").status == Status.SETTLED
    assert refund(rig, done.reference, 5000).amount == money(5000, "EUR")


def test_another_organisation_removes_nothing(rig):
    method = secured(rig).method
    rig.gateway.detach(method, rig.other)
    assert charge(rig, method).status == Status.SETTLED


def test_a_direct_debit_settles_later_or_comes_back(rig):
    if "debit" not in rig.gateway.channels:
        pytest.skip("no direct debit")
    waiting, other = paid(rig, channel="debit"), paid(rig, "pledge-2", channel="debit")
    assert (waiting.status, waiting.channel) == (Status.PROCESSING, "debit")
    rig.settle(waiting.reference)
    rig.bounce(other.reference)
    assert find(rig, waiting.session).status == Status.SETTLED
    back = find(rig, other.session)
    assert (back.status, bool(back.failure)) == (Status.FAILED, True)


def test_a_void_page_takes_nothing_more(rig):
    page = rig.gateway.start(order(rig))
    for _ in range(2):
        assert rig.gateway.void(page.session, "", rig.account).status in {Status.EXPIRED, Status.FAILED}
    done = paid(rig, "pledge-2")
    assert rig.gateway.void(done.session, done.reference, rig.account).status == Status.SETTLED


def test_never_more_goes_back_than_came(rig):
    done = paid(rig)
    first, again = refund(rig, done.reference, 2000), refund(rig, done.reference, 2000)
    assert (first.reference, first.amount) == (again.reference, money(2000, "EUR"))
    assert (first.payment, first.key) == (done.reference, "refund-1")
    with pytest.raises(base.Refused):
        refund(rig, done.reference, 3001, "refund-2")
    refund(rig, done.reference, 3000, "refund-3")
    with pytest.raises(base.Refused):
        refund(rig, done.reference, 1, "refund-4")
    assert rig.gateway.find_refund(first.reference, rig.account).status == RefundStatus.DONE


def test_another_organisation_knows_nothing_of_it(rig):
    done = paid(rig)
    for session, reference in ((done.session, ""), ("", done.reference)):
        with pytest.raises(base.Unknown):
            find(rig, session, reference, rig.other)
    with pytest.raises(base.Unknown):
        rig.gateway.find_refund("nothing", rig.account)


def test_what_is_sent_says_what_asking_says(rig):
    done = paid(rig)
    read = [rig.gateway.read(body, headers, rig.account) for body, headers in rig.post()]
    said = [event.payment for event in read if event.payment]
    assert said
    assert {(outcome.status, outcome.key, outcome.amount) for outcome in said} == {
        (Status.SETTLED, "pledge-1", money(5000, "EUR"))
    }
    assert {outcome.reference for outcome in said} == {done.reference}
    assert len({event.id for event in read}) == len(read)


def test_forgeries(rig):
    paid(rig)
    body, headers = rig.post()[-1]
    for forged in (body.replace(b"5000", b"9000"), b"", b"\xff\xfe", b"[]", b"null"):
        with pytest.raises(base.Forged):
            rig.gateway.read(forged, headers, rig.account)
    for given in ({}, dict.fromkeys(headers, "t=1,v1=00"), dict.fromkeys(headers, "")):
        with pytest.raises(base.Forged):
            rig.gateway.read(body, given, rig.account)
    with pytest.raises(base.Forged):
        rig.gateway.read(body, headers, replace(rig.other))


def test_a_contested_payment(rig):
    done = paid(rig)
    rig.contest(done.reference)
    read = [rig.gateway.read(body, headers, rig.account) for body, headers in rig.post()]
    said = [event.dispute for event in read if event.dispute]
    assert said
    assert said[0].status == DisputeStatus.OPENED
    assert (said[0].payment, said[0].amount) == (done.reference, money(5000, "EUR"))


def test_secrets_are_never_shown(rig):
    for secret in (rig.account.secret, rig.account.webhook_secret):
        assert not secret or secret not in repr(order(rig))
