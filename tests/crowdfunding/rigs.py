"""Providers as the contract suite of hosted gateways drives them: one rig each, with a donor's hand on its page.

A gateway joins the suite by a rig in ``RIGS``: its gateway, two accounts, and what donors and their banks do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

import requests
from django.test import override_settings
from django.utils import timezone

from plugins.crowdfunding.gateways import demo_bank, demo_events, hosted
from plugins.crowdfunding.gateways.base import Credentials, HostedGateway
from plugins.crowdfunding.models import DemoEvent, DemoPayment
from tests.crowdfunding.stripe_fake import Server
from tests.crowdfunding.stripe_fake.cards import CARDS
from tests.crowdfunding.stripe_fake.events import signature
from tests.crowdfunding.stripe_fake.pages import IBAN


class Rig(Protocol):
    """A provider under test."""

    gateway: HostedGateway
    account: Credentials
    other: Credentials
    """Another organisation's account at the same provider."""

    def pay(self, session: str, channel: str = "card") -> None:
        """The donor finishes the page; a direct debit is then at the bank."""

    def decline(self, session: str) -> None:
        """The bank refuses on the page."""

    def store(self, session: str, later: str = "") -> None:
        """The donor stores a card; charged later it works, is "refused", or needs to be "confirmed"."""

    def settle(self, reference: str) -> None:
        """A direct debit arrives."""

    def bounce(self, reference: str) -> None:
        """A direct debit comes back."""

    def contest(self, reference: str) -> None:
        """A donor contests a payment at the bank."""

    def post(self) -> list[tuple[bytes, dict[str, str]]]:
        """What the provider has sent by itself since the last time: body and headers."""


class StripeRig:
    """Stripe's gateway, its real library, and the fake of its HTTP API."""

    account = Credentials("", "sk_test_tiznit", "whsec_tiznit")
    other = Credentials("", "sk_test_argenteuil", "whsec_argenteuil")

    def __init__(self, server: Server) -> None:
        self.gateway = hosted("stripe")
        self.server = server
        self.books = server.fake.account(self.account.secret)
        server.fake.account(self.other.secret)

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[StripeRig]:
        with Server() as server, override_settings(STRIPE_API_BASE=server.url):
            yield cls(server)

    def press(self, session: str, number: str, step: str = "") -> int:
        """A button of the hosted page; the status it answers with."""
        form = {"number": number, "step": step}
        address = f"{self.server.url}/pay/{session}"
        return requests.post(address, form, allow_redirects=False, timeout=10).status_code

    def card(self, label: str) -> str:
        """The number of the test card with this label."""
        return next(number for number, card in CARDS.items() if card.label == label)

    def pay(self, session: str, channel: str = "card") -> None:
        assert self.press(session, IBAN if channel == "debit" else self.card("paid")) in (303, 402)

    def decline(self, session: str) -> None:
        assert self.press(session, self.card("declined")) == 402

    def store(self, session: str, later: str = "") -> None:
        labels = {"": "paid", "refused": "stored, refused later", "confirmed": "confirmation each time"}
        assert self.press(session, self.card(labels[later]), "yes") == 303

    def settle(self, reference: str) -> None:
        self.books.settle(reference)

    def bounce(self, reference: str) -> None:
        self.books.bounce(reference)

    def contest(self, reference: str) -> None:
        self.books.dispute(reference)

    def post(self) -> list[tuple[bytes, dict[str, str]]]:
        waiting, self.books.courier.waiting = self.books.courier.waiting, []
        bodies = [json.dumps(event).encode() for event in waiting]
        return [(body, {"Stripe-Signature": signature(body, self.account.webhook_secret)}) for body in bodies]


class DemoRig:
    """The demonstration's own provider; its page is pressed as its view presses it."""

    account = Credentials("tiznit")
    other = Credentials("argenteuil")

    def __init__(self) -> None:
        self.gateway = hosted("demo")
        self.seen = 0

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[DemoRig]:
        yield cls()

    def pay(self, session: str, channel: str = "card") -> None:
        demo_bank.press(session, "pay")

    def decline(self, session: str) -> None:
        demo_bank.press(session, "decline")

    def store(self, session: str, later: str = "") -> None:
        acts = {"": "pay", "refused": "refused_later", "confirmed": "confirm_later"}
        demo_bank.press(session, acts[later])

    def settle(self, reference: str) -> None:
        self._end(reference, "settled")

    def bounce(self, reference: str) -> None:
        self._end(reference, "failed")

    def _end(self, reference: str, ending: str) -> None:
        rows = DemoPayment.objects.filter(reference=reference)
        rows.update(ending=ending, ends_at=timezone.now() - timedelta(seconds=1))

    def contest(self, reference: str) -> None:
        demo_bank.press(DemoPayment.objects.get(reference=reference).session, "contest")

    def post(self) -> list[tuple[bytes, dict[str, str]]]:
        rows = list(DemoEvent.objects.filter(pk__gt=self.seen).order_by("pk"))
        self.seen = rows[-1].pk if rows else self.seen
        bodies, now = [row.body.encode() for row in rows], int(time.time())
        return [
            (body, {demo_events.HEADER: demo_events.signature(body, self.account.account, now)})
            for body in bodies
        ]


RIGS = {"demo": DemoRig, "stripe": StripeRig}
