"""What providers send: verified, small, done once, and sent again when we could not keep it."""

from __future__ import annotations

import json
import time

import pytest
from django.db import OperationalError

from core.conf import absolute
from plugins.crowdfunding.domain import checkouts, events, providers
from plugins.crowdfunding.gateways import demo_bank, demo_events
from plugins.crowdfunding.models import DemoEvent, GatewayAccount, Payment, Pledge, ProviderEvent, Tally
from tests.crowdfunding.factories import CampaignFactory, donor_by_card, treasurer

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment():
    """A payment whose donor is on the provider's page."""
    return begun(CampaignFactory())


def begun(campaign, way="card"):
    pledge = donor_by_card(campaign, way=way)
    return checkouts.begin(
        pledge, channel=way, return_url=absolute(f"{pledge.get_absolute_url()}back/"), cancel_url=""
    )


def address(payment):
    return f"/webhooks/crowdfunding/demo/{payment.account.uid}/"


def signed(row):
    body = row.body.encode()
    return body, {demo_events.HEADER: demo_events.signature(body, row.payment.account, int(time.time()))}


def post(client, where, body, headers=None):
    return client.post(where, body, content_type="application/json", headers=headers or {})


def test_an_event_books_the_gift_once(client, payment):
    """Twice delivered, one effect; nothing but the provider's own signature opens it, no cookie, no token."""
    demo_bank.press(payment.session, "pay")
    body, headers = signed(DemoEvent.objects.get())
    first, again = (post(client, address(payment), body, headers) for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert Payment.objects.get().state == "received"
    assert Pledge.objects.get().state == "received"
    assert ProviderEvent.objects.count() == 1
    assert (Tally.objects.get().received_minor, Tally.objects.get().gifts) == (5000, 1)
    assert not first.cookies


def test_csrf_does_not_stand_in_the_way(payment):
    from django.test import Client

    demo_bank.press(payment.session, "pay")
    body, headers = signed(DemoEvent.objects.get())
    assert post(Client(enforce_csrf_checks=True), address(payment), body, headers).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[]", b"null", b'{"id": 1}'])
def test_what_is_not_signed_is_refused(client, payment, body):
    assert post(client, address(payment), body).status_code == 400
    assert post(client, address(payment), body, {demo_events.HEADER: "t=1,v1=2"}).status_code == 400
    assert not ProviderEvent.objects.exists()


def test_an_account_nobody_knows(client, payment):
    for where in (
        "/webhooks/crowdfunding/demo/unknown/",
        f"/webhooks/crowdfunding/stripe/{payment.account.uid}/",
        f"/webhooks/crowdfunding/nothing/{payment.account.uid}/",
    ):
        assert post(client, where, b"{}").status_code == 404


def test_an_event_of_one_account_does_nothing_at_another(client, payment):
    other = providers.account_of(CampaignFactory().collector)
    demo_bank.press(payment.session, "pay")
    body, headers = signed(DemoEvent.objects.get())
    assert post(client, f"/webhooks/crowdfunding/demo/{other.uid}/", body, headers).status_code == 400
    assert Payment.objects.get().state == "started"


def test_only_post(client, payment):
    assert client.get(address(payment)).status_code == 405


def test_what_is_too_large_is_not_read(client, payment):
    assert post(client, address(payment), b"x" * (300 * 1024)).status_code == 413


def test_a_database_that_fails_is_told_again(client, payment, monkeypatch):
    """5xx: the provider sends it again; nothing is half written."""
    demo_bank.press(payment.session, "pay")
    body, headers = signed(DemoEvent.objects.get())

    def broken(*_args, **_facts):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(events.outcomes, "applied", broken)
        assert post(client, address(payment), body, headers).status_code == 503
    assert not ProviderEvent.objects.exists()
    assert post(client, address(payment), body, headers).status_code == 200
    assert Payment.objects.get().state == "received"


def test_an_account_switched_off_still_hears(client, payment):
    """Money may still come for pages opened before the keys were changed."""
    GatewayAccount.objects.update(enabled=False)
    demo_bank.press(payment.session, "pay")
    body, headers = signed(DemoEvent.objects.get())
    assert post(client, address(payment), body, headers).status_code == 200
    assert Payment.objects.get().state == "received"


def test_what_does_not_fit_waits_for_a_person(client, payment):
    """Another amount than the row's changes nothing and is kept."""
    demo_bank.press(payment.session, "pay")
    row = DemoEvent.objects.get()
    said = json.loads(row.body)
    said["data"]["amount"] = 1
    row.body = json.dumps(said)
    body, headers = signed(row)
    assert post(client, address(payment), body, headers).status_code == 200
    kept = ProviderEvent.objects.get()
    assert (kept.state, kept.why) == ("human", "amount")
    assert Payment.objects.get().state == "started"


def test_a_flood_is_slowed(client, payment, monkeypatch):
    from plugins.crowdfunding.views import webhooks

    monkeypatch.setattr(webhooks, "RATE", "2/m")
    answers = [post(client, address(payment), b"{}").status_code for _time in range(3)]
    assert answers == [400, 400, 429]


def test_treasurers_are_told_of_disputes_and_of_what_fits_nothing(client, payment, mailoutbox):
    """Once each, with the page that helps."""
    from core.domain.notices import deliver

    keeper = treasurer(payment.collector)
    demo_bank.press(payment.session, "dispute")
    first, second = DemoEvent.objects.order_by("pk")
    said = json.loads(first.body)
    odd = DemoEvent(
        payment=first.payment, body=json.dumps({**said, "id": "odd", "data": {**said["data"], "amount": 1}})
    )
    for row in (odd, first, second, second, odd):
        body, headers = signed(row)
        assert post(client, address(payment), body, headers).status_code == 200
    deliver(50)
    mails = [mail for mail in mailoutbox if keeper.email in mail.to]
    slug = payment.collector.slug
    assert [
        len([mail for mail in mails if f"/treasury/{slug}/{page}/" in mail.body])
        for page in ("disputes", "provider")
    ] == [1, 1]
