"""The work of regular supports killed before every statement it makes, then run again: everything once."""

from __future__ import annotations

import copy
from contextlib import suppress
from datetime import date

import pytest
from django.db import connection, transaction

from plugins.crowdfunding.domain import checkouts, periods, support_acts
from plugins.crowdfunding.models import GatewayAccount, Support
from tests.crowdfunding.fake_provider import NAME, fake
from tests.crowdfunding.regular import at, begun, campaign, sound

__all__ = ["at", "campaign"]  # fixtures

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is gone."""


class Guillotine:
    """Ends the worker before its n-th statement; what a transaction had not committed is lost with it."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.left -= 1
            if self.left == 0:
                raise Killed
        return execute(sql, params, many, context)


def stored(campaign, provider, email, answer):
    """A support by card, stored."""
    row = begun(campaign, channel="card", email=email)
    payment = checkouts.begin(
        support_acts.for_card(row), channel="card", return_url="https://t.example/", cancel_url=""
    )
    intent = next(one for one in provider.intents if one.session == payment.session)
    provider.pay(intent)
    provider.methods[f"pm_{intent.session}"] = answer
    checkouts.follow(payment)
    return row


def test_killed_before_every_statement(campaign, at):
    """One card that works, one that is refused, one standing order: once each, whatever the moment of the death."""
    provider = fake()
    GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME, account="acct_1")
    good = stored(campaign, provider, "good@tiwizi.example", "ok")
    bad = stored(campaign, provider, "bad@tiwizi.example", "card_declined")
    order = begun(campaign)
    periods.work()
    at(date(2026, 2, 28))
    books, number, finished = copy.deepcopy(vars(provider)), 0, False
    while not finished:
        number += 1
        blade = Guillotine(number)
        with transaction.atomic():
            with suppress(Killed), connection.execute_wrapper(blade):
                periods.work()
            finished = blade.left > 0
            periods.work()
            assert sorted(good.pledges.values_list("state", flat=True)) == ["received", "received"], number
            assert [row.state for row in bad.pledges.all()] == ["due"], number
            assert order.pledges.count() == 2, number
            assert Support.objects.get(pk=bad.pk).tries == 2, number
            charged = [one for one in provider.intents if one.status == "settled"]
            assert len(charged) == 2, number
            transaction.set_rollback(True)
        vars(provider).update(copy.deepcopy(books))
    assert number > 40  # it was really killed in between
    periods.work()
    sound(campaign)
