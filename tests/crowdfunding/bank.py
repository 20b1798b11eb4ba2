"""A provider of cards that remembers in a file: it survives whoever calls it, and what it took can be counted.

A method says how its card behaves: ``good`` pays, ``bad`` is declined, ``confirm`` wants the donor, ``slow`` is a debit
that settles when ``settle`` is called, ``silent`` does not answer the first ``SILENT`` times but may have taken the money.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import outcomes, pledges
from plugins.crowdfunding.gateways import HOSTED, hosted
from plugins.crowdfunding.gateways.base import (
    Instructions,
    Method,
    Outcome,
    RefundOutcome,
    RefundStatus,
    Refused,
    Status,
    Unknown,
    Unreachable,
)
from plugins.crowdfunding.models import Campaign, GatewayAccount, Payment

NAME = "bank"


class Bank:
    """Follows the port of hosted gateways; each line of its file is one thing it did."""

    name: ClassVar[str] = NAME
    channels: ClassVar[frozenset[str]] = frozenset({"card", "debit"})
    manual: ClassVar[bool] = False
    path: ClassVar[Path]
    watch: ClassVar[list] = []
    """Called with a word at each moment between the caller and the provider: the tests of crashes cut here."""

    @classmethod
    def done(cls) -> list[dict]:
        return [json.loads(line) for line in cls.path.read_text().splitlines()] if cls.path.exists() else []

    @classmethod
    def _write(cls, **line) -> None:
        handle = os.open(cls.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (json.dumps(line) + "\n").encode())
        os.close(handle)

    @classmethod
    def _at(cls, word: str) -> None:
        for call in cls.watch:
            call(word)

    @classmethod
    def taken(cls) -> Counter:
        """What was taken from each method."""
        return Counter(
            {line["method"]: line["minor"] for line in cls.done() if line["do"] in {"charge", "settle"}}
        )

    @classmethod
    def charges(cls) -> list[str]:
        """The keys of all money that was taken, once for each time."""
        return [line["key"] for line in cls.done() if line["do"] in {"charge", "settle"}]

    @classmethod
    def refunded(cls) -> list[str]:
        return [line["payment"] for line in cls.done() if line["do"] == "refund"]

    @classmethod
    def detached(cls) -> list[str]:
        """Methods it was told to forget, once for each time."""
        return [line["method"] for line in cls.done() if line["do"] == "detach"]

    @classmethod
    def settle(cls) -> None:
        """Debits at the bank come in."""
        known = {line["key"] for line in cls.done() if line["do"] == "settle"}
        for line in cls.done():
            if line["do"] == "process" and line["key"] not in known:
                cls._write(
                    do="settle",
                    key=line["key"],
                    method=line["method"],
                    minor=line["minor"],
                    currency=line["currency"],
                )

    def start(self, order) -> Instructions:
        session = f"page-{order.key}"
        return Instructions(
            "card",
            order.beneficiary,
            order.code,
            order.amount,
            redirect_url="https://bank.example/",
            session=session,
        )

    def charge(self, charge) -> Outcome:
        self._at("before charge")
        kind = charge.method.method.split("-")[0]
        if charge.method.method in self.detached():
            kind = "bad"
        if kind == "lost":
            raise Unreachable("the provider is down")
        known = [line for line in self.done() if line.get("key") == charge.key]
        if not known:
            do = {"bad": "decline", "confirm": "confirm", "slow": "process"}.get(kind, "charge")
            minor = int(charge.amount.amount * 100)
            self._write(
                do=do,
                key=charge.key,
                method=charge.method.method,
                minor=minor,
                currency=charge.amount.currency.code,
            )
            if kind == "silent":
                raise Unreachable("the answer was lost")
        self._at("after charge")
        return self._said(charge.key)

    def _said(self, key: str) -> Outcome:
        lines = [line for line in self.done() if line.get("key") == key]
        if not lines:
            raise Unknown(key)
        last = lines[-1]
        found = {
            "charge": Status.SETTLED,
            "settle": Status.SETTLED,
            "process": Status.PROCESSING,
            "decline": Status.FAILED,
            "confirm": Status.CONFIRM,
        }[last["do"]]
        failure = {"decline": "card_declined", "confirm": "authentication_required"}.get(last["do"], "")
        amount = money(last["minor"], last["currency"])
        return Outcome(
            found,
            key=key,
            reference=f"ref-{key}",
            amount=amount,
            on=timezone.localdate(),
            channel="card",
            failure=failure,
        )

    def find_charge(self, key, credentials) -> Outcome:
        return self._said(key)

    def detach(self, method, credentials) -> None:
        self._at("before detach")
        self._write(do="detach", method=method.method)
        self._at("after detach")

    def find(self, session, reference, credentials) -> Outcome:
        if reference:
            return self._said(reference.removeprefix("ref-"))
        return Outcome(Status.OPEN, session=session)

    def void(self, session, reference, credentials) -> Outcome:
        return (
            self.find(session, reference, credentials)
            if reference
            else Outcome(Status.EXPIRED, session=session)
        )

    def refund(self, order) -> RefundOutcome:
        self._at("before refund")
        known = [line for line in self.done() if line["do"] == "refund" and line["key"] == order.key]
        if not known:
            if order.reference in self.refunded():
                raise Refused("given back already")
            self._write(do="refund", key=order.key, payment=order.reference)
        self._at("after refund")
        return RefundOutcome(RefundStatus.DONE, f"back-{order.key}", order.reference, order.amount, order.key)

    def find_refund(self, reference, credentials) -> RefundOutcome:
        raise Unknown(reference)

    def read(self, body, headers, credentials):
        raise NotImplementedError("this bank sends no events")


@contextmanager
def at_the_bank(path: Path):
    """The bank stands among the providers, with an empty book."""
    HOSTED[NAME] = "tests.crowdfunding.bank:Bank"
    hosted.cache_clear()
    kept, Bank.path, Bank.watch = getattr(Bank, "path", None), path, []
    try:
        yield Bank
    finally:
        Bank.path, Bank.watch = kept, []
        del HOSTED[NAME]
        hosted.cache_clear()


def secured(campaign, minor=5000, kind="good", *, email="donor@tiwizi.example", **facts):
    """A promise whose card is stored at the bank, made the way the site makes it."""
    account, _made = GatewayAccount.objects.get_or_create(organisation=campaign.collector, gateway=NAME)
    amount = money(minor, campaign.currency)
    donor = pledges.Donor(email=email, **facts)
    pledge = pledges.pledge(campaign, donor, amount, form_key=secrets.token_urlsafe(24), channel="card")
    return store(pledge, account, kind)


def store(pledge, account, kind="good"):
    """The donor stores a card, the first or another one."""
    payment = Payment.objects.create(
        pledge=pledge, campaign=pledge.campaign, collector=pledge.collector, gateway=NAME, account=account,
        way=Payment.Way.SECURE, channel="card", state=Payment.State.STARTED, currency=pledge.currency,
        attempt=pledge.payments.count() + 1, amount_minor=pledge.amount_minor, session=f"page-{secrets.token_hex(8)}",
    )  # fmt: skip
    method = Method("customer", f"{kind}-{secrets.token_hex(4)}", "•••• 4242")
    outcomes.apply(payment, Outcome(Status.SECURED, key=payment.key, method=method))
    pledge.refresh_from_db()
    return pledge


def end_today(campaign: Campaign, days: int = 1) -> None:
    """The round's last day is over since ``days`` days."""
    day = timezone.localdate() - timedelta(days=days)
    first = {"first_closes_on": day} if campaign.kind == Campaign.Kind.TWO_ROUNDS else {"closes_on": day}
    Campaign.objects.filter(pk=campaign.pk).update(opens_on=day - timedelta(days=30), **first)
    campaign.refresh_from_db()
