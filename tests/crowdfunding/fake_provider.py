"""A provider in memory, with books of its own: what our ledger says is compared with them.

It is asked through the port like any other. A test acts at its page (``pay``, ``decline``…), delivers its ``events`` in
any order and number, and makes the next call fail before or after its effect (``breaks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import ClassVar

from moneyed import Money

from core.money import minor, money
from plugins.crowdfunding.gateways import HOSTED, hosted
from plugins.crowdfunding.gateways.base import (
    Charge,
    Credentials,
    DisputeOutcome,
    DisputeStatus,
    Event,
    Forged,
    Instructions,
    Method,
    Order,
    Outcome,
    RefundOrder,
    RefundOutcome,
    RefundStatus,
    Refused,
    Status,
    Unknown,
    Unreachable,
)

NAME = "fake"
FEE = 29
GONE = "payment_method_detached"
"""The refusal of a method that was removed: no history may ever see it."""
TODAY = date(2026, 11, 20)


@dataclass
class Intent:
    """One payment as the provider sees it."""

    key: str
    session: str
    reference: str
    minor: int
    currency: str
    channel: str
    secure: bool = False
    status: Status = Status.OPEN
    failure: str = ""
    refunded: int = 0
    disputed: int = 0


class FakeProvider:
    """Everything a provider does, without a network."""

    name: ClassVar[str] = NAME
    channels: ClassVar[frozenset[str]] = frozenset({"card", "debit"})
    manual: ClassVar[bool] = False

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """An empty provider."""
        self.intents: list[Intent] = []
        self.refunds: dict[str, RefundOutcome] = {}
        self.disputes: dict[str, DisputeOutcome] = {}
        self.events: list[Event] = []
        self.methods: dict[str, str] = {}
        self.remembered: set[str] = set()
        self.detached: set[str] = set()
        self.breaks = ""
        self.fees = 0

    # What a test does at the provider.

    def pay(self, intent: Intent) -> None:
        """The donor finishes the page."""
        if intent.status != Status.OPEN:
            return
        if intent.secure:
            intent.status = Status.SECURED
        elif intent.channel == "debit":
            intent.status = Status.PROCESSING
        else:
            self._capture(intent)
        self._tell(intent)

    def decline(self, intent: Intent) -> None:
        """The donor leaves the page for good."""
        if intent.status == Status.OPEN:
            intent.status, intent.failure = Status.EXPIRED, "expired"
            self._tell(intent)

    def clear(self, intent: Intent, *, bounces: bool) -> None:
        """A direct debit comes or comes back."""
        if intent.status != Status.PROCESSING:
            return
        if bounces:
            intent.status, intent.failure = Status.FAILED, "insufficient_funds"
        else:
            self._capture(intent)
        self._tell(intent)

    def dispute(self, intent: Intent) -> None:
        """The donor contests what stands of a payment."""
        standing = intent.minor - intent.refunded
        if intent.status != Status.SETTLED or intent.disputed or standing <= 0:
            return
        intent.disputed = standing
        reference = f"dp_{len(self.disputes)}"  # a payment can be contested anew after a dispute was won
        amount = money(standing, intent.currency)
        self._say_dispute(DisputeOutcome(DisputeStatus.OPENED, reference, intent.reference, amount))

    def decide(self, reference: str, *, won: bool) -> None:
        """The bank decides a dispute."""
        known = self.disputes[reference]
        if known.status != DisputeStatus.OPENED:
            return
        if won:
            self.by_reference(known.payment).disputed = 0
        self._say_dispute(replace(known, status=DisputeStatus.WON if won else DisputeStatus.LOST))

    def forget(self) -> None:
        """A day has passed: the keys of what was asked are new again, as at Stripe."""
        self.remembered.clear()

    def bounce_refund(self, reference: str) -> None:
        """The bank refuses a refund that was on its way."""
        known = self.refunds[reference]
        if known.status == RefundStatus.FAILED:
            return
        self.by_reference(known.payment).refunded -= minor(known.amount)
        self.refunds[reference] = replace(known, status=RefundStatus.FAILED, failure="account_closed")
        self._event("refund", refund=self.refunds[reference])

    def balance(self) -> int:
        """What it holds for the organisation, in minor units."""
        there = (i for i in self.intents if i.status == Status.SETTLED)
        return sum(i.minor - i.refunded - i.disputed for i in there) - self.fees

    def by_reference(self, reference: str) -> Intent:
        return next(intent for intent in self.intents if intent.reference == reference)

    # The port.

    def start(self, order: Order) -> Instructions:
        self._break("before")
        known = [intent for intent in self.intents if intent.key == order.key]
        intent = known[0] if known else self._intent(order.key, order.amount, order.channel)
        intent.secure = order.secure_only
        self._break("after")
        return Instructions(
            order.channel, order.beneficiary, order.code, order.amount,
            redirect_url=f"https://fake.example/{intent.session}", session=intent.session,
        )  # fmt: skip

    def find(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        self._break("before")
        return self._outcome(self._found(session, reference))

    def void(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        self._break("before")
        intent = self._found(session, reference)
        if intent.status == Status.OPEN:
            intent.status, intent.failure = Status.EXPIRED, "expired"
            self._tell(intent)
        return self._outcome(intent)

    def charge(self, charge: Charge) -> Outcome:
        self._break("before")
        known = [intent for intent in self.intents if intent.key == charge.key]
        if self._counts(charge) and known:
            intent = known[0]
        else:
            intent = self._intent(charge.key, charge.amount, charge.method.channel)
            gone = charge.method.method in self.detached
            self._take(intent, GONE if gone else self.methods.get(charge.method.method, "ok"))
            self._tell(intent)
        self._break("after")
        return self._outcome(intent)

    def find_charge(self, key: str, credentials: Credentials) -> Outcome:
        self._break("before")
        known = {intent.key: intent for intent in self.intents}
        if key not in known:
            raise Unknown(key)
        return self._outcome(known[key])

    def detach(self, method: Method, credentials: Credentials) -> None:
        self._break("before")
        self.detached.add(method.method)
        self._break("after")

    def refund(self, order: RefundOrder) -> RefundOutcome:
        self._break("before")
        known = [made for made in self.refunds.values() if made.key == order.key]
        made = known[0] if self._counts(order) and known else self._give_back(order)
        self._break("after")
        return made

    def _give_back(self, order: RefundOrder) -> RefundOutcome:
        intent = self.by_reference(order.reference)
        if minor(order.amount) > intent.minor - intent.refunded - intent.disputed:
            raise Refused("more than is left")
        intent.refunded += minor(order.amount)
        reference = f"re_{len(self.refunds)}"
        made = RefundOutcome(RefundStatus.SENT, reference, order.reference, order.amount, order.key)
        self.refunds[reference] = made
        self._event("refund", refund=made)
        return made

    def find_refund(self, reference: str, credentials: Credentials) -> RefundOutcome:
        self._break("before")
        known = self.refunds.get(reference)
        if known is None:
            raise Unknown(reference)
        if known.status == RefundStatus.SENT:
            self.refunds[reference] = replace(known, status=RefundStatus.DONE)
        return self.refunds[reference]

    def read(self, body: bytes, headers: Mapping[str, str], credentials: Credentials) -> Event:
        if headers.get("X-Fake-Signature") != "signed":
            raise Forged("signature")
        return self.events[int(body)]

    # Within.

    def _take(self, intent: Intent, answer: str) -> None:
        if answer == "ok":
            self._capture(intent)
        elif answer == "debit":
            intent.status = Status.PROCESSING
        else:
            intent.status = Status.CONFIRM if answer == "authentication_required" else Status.FAILED
            intent.failure = answer

    def _capture(self, intent: Intent) -> None:
        intent.status = Status.SETTLED
        self.fees += FEE

    def _counts(self, order: Charge | RefundOrder) -> bool:
        """Whether an order counts as an earlier one of its key: the key is fresh, or it is asked to look for it."""
        fresh, self.remembered = order.key in self.remembered, self.remembered | {order.key}
        return fresh or order.again

    def _intent(self, key: str, amount: Money, channel: str) -> Intent:
        number = len(self.intents)
        made = Intent(key, f"cs_{number}", f"pi_{number}", minor(amount), amount.currency.code, channel)
        self.intents.append(made)
        return made

    def _found(self, session: str, reference: str) -> Intent:
        for intent in self.intents:
            if reference == intent.reference or (not reference and session == intent.session):
                return intent
        raise Unknown(session)

    def _outcome(self, intent: Intent) -> Outcome:
        settled = intent.status == Status.SETTLED
        stored = Method(f"cus_{intent.session}", f"pm_{intent.session}", "•••• 4242")
        return Outcome(
            status=intent.status, key=intent.key, session=intent.session, reference=intent.reference,
            amount=money(intent.minor, intent.currency), on=TODAY if settled else None, channel=intent.channel,
            method=stored if intent.status == Status.SECURED else None,
            fee=money(FEE, intent.currency) if settled else None, failure=intent.failure,
        )  # fmt: skip

    def _tell(self, intent: Intent) -> None:
        self._event("payment", payment=self._outcome(intent))

    def _say_dispute(self, outcome: DisputeOutcome) -> None:
        self.disputes[outcome.reference] = outcome
        self._event("dispute", dispute=outcome)

    def _event(self, kind: str, **about: Outcome | RefundOutcome | DisputeOutcome) -> None:
        number = len(self.events)
        self.events.append(Event(id=f"evt_{number}", type=kind, at=datetime.now(UTC), **about))

    def _break(self, when: str) -> None:
        if self.breaks == when:
            self.breaks = ""
            raise Unreachable(when)


def fake() -> FakeProvider:
    """The provider of this process, emptied and known to the site."""
    HOSTED[NAME] = f"{__name__}:FakeProvider"
    found = hosted(NAME)
    found.reset()
    return found
