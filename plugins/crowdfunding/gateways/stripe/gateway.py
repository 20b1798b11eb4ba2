"""Stripe behind the port: its hosted page, charges with a stored method, refunds, and what it sends by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from core.money import CURRENCIES, minor
from plugins.crowdfunding.gateways.base import (
    ChannelNotTaken,
    Charge,
    Credentials,
    CurrencyNotTaken,
    Event,
    Forged,
    ImpossibleAmount,
    Instructions,
    Method,
    Order,
    Outcome,
    RefundOrder,
    RefundOutcome,
    Refused,
    Status,
    Unknown,
    Unreachable,
)
from plugins.crowdfunding.gateways.stripe import pages, reading
from plugins.crowdfunding.gateways.stripe.library import asking, client, library, translated, unsure

_T = TypeVar("_T")
SESSION = ["payment_intent.latest_charge.balance_transaction", "setup_intent.payment_method"]
INTENT = ["latest_charge.balance_transaction"]
TOLERANCE = 300
"""Seconds a signature is good for; each delivery is signed anew, so a late event is not an old signature."""
EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
)
"""What an organisation's endpoint at Stripe has to send."""


class Stripe:
    """Cards and direct debits on an organisation's own Stripe account."""

    name: ClassVar[str] = "stripe"
    channels: ClassVar[frozenset[str]] = frozenset(pages.METHODS)
    manual: ClassVar[bool] = False
    events: ClassVar[tuple[str, ...]] = EVENTS

    def start(self, order: Order) -> Instructions:
        """Stripe's page for an order; the same order again is the same page."""
        if order.channel not in self.channels:
            raise ChannelNotTaken(order.channel)
        currency = order.amount.currency.code
        if currency not in CURRENCIES or (order.channel == "debit" and currency != "EUR"):
            raise CurrencyNotTaken(currency)
        if minor(order.amount) <= 0:
            raise ImpossibleAmount(str(order.amount))
        with asking():
            made = client(order.credentials).v1.checkout.sessions.create(
                pages.params(order), {"idempotency_key": order.key}
            )
        return Instructions(
            channel=order.channel,
            beneficiary=order.beneficiary,
            reference=order.code,
            amount=order.amount,
            redirect_url=made.url or "",
            session=made.id,
        )

    def find(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        """What became of a payment: a page's session knows most; a charge has its reference only."""
        with asking():
            v1 = client(credentials).v1
            if session:
                found = v1.checkout.sessions.retrieve(session, {"expand": SESSION})
                return reading.session(found.to_dict())
            if not reference:
                raise Unknown("nothing to look for")
            return reading.intent(v1.payment_intents.retrieve(reference, {"expand": INTENT}).to_dict())

    def charge(self, charge: Charge) -> Outcome:
        """Collect without the donor; refusals are outcomes. The body holds only what never changes for its key.

        Stripe forgets a key after a day: what was asked before is looked for first.
        """
        if charge.again and (made_before := self._sought(charge.key, charge.credentials)) is not None:
            return made_before
        v1 = client(charge.credentials).v1
        try:
            made = v1.payment_intents.create(pages.charge_params(charge), {"idempotency_key": charge.key})
        except library().CardError as error:
            return _refused(charge, error)
        except library().StripeError as error:
            if unsure(error):
                return _certain(self._sought(charge.key, charge.credentials))
            said = translated(error)
            if isinstance(said, Unreachable):
                raise said from error
            return Outcome(Status.FAILED, key=charge.key, failure=str(said))
        return reading.intent(made.to_dict())

    def find_charge(self, key: str, credentials: Credentials) -> Outcome:
        """What became of a charge, looked for by our key."""
        found = self._sought(key, credentials)
        if found is None:
            raise Unknown(key)
        return found

    def _sought(self, key: str, credentials: Credentials) -> Outcome | None:
        """A charge of which nobody can say whether it was made, looked for by our key."""
        query: Any = {
            "query": f"metadata['key']:'{key}'",
            "expand": [f"data.{path}" for path in INTENT],
        }
        with asking():
            found = client(credentials).v1.payment_intents.search(query).data
        return reading.intent(found[0].to_dict()) if found else None

    def detach(self, method: Method, credentials: Credentials) -> None:
        """Take a payment method off its customer: Stripe never lets it be charged or attached again."""
        methods = client(credentials).v1.payment_methods
        try:
            with asking():
                methods.detach(method.method)
        except Unknown:
            return
        except Refused:
            # Stripe refuses to detach what is detached, under no code of its own: look whether it is.
            with asking():
                if methods.retrieve(method.method).customer is not None:
                    raise

    def void(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        """Close the page or cancel the charge; what came first stands."""
        found = self.find(session, reference, credentials)
        if found.status not in {Status.OPEN, Status.CONFIRM, Status.FAILED}:
            return found
        v1 = client(credentials).v1
        try:
            with asking():
                if session and found.status == Status.OPEN:
                    v1.checkout.sessions.expire(session)
                elif not session:
                    v1.payment_intents.cancel(reference)
        except Refused:
            pass  # it was finished or ended that very moment: read again
        return self.find(session, reference, credentials)

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give back; the same order again is the same refund, however late."""
        if minor(order.amount) <= 0:
            raise ImpossibleAmount(str(order.amount))
        if order.again and (made_before := self._sought_refund(order)) is not None:
            return made_before
        facts: Any = {
            "payment_intent": order.reference,
            "amount": minor(order.amount),
            "metadata": {"key": order.key},
        }
        v1 = client(order.credentials).v1
        try:
            made = v1.refunds.create(facts, {"idempotency_key": order.key})
        except library().StripeError as error:
            if unsure(error):
                return _certain(self._sought_refund(order))
            said = translated(error)
            raise said if isinstance(said, Unreachable) else Refused(str(said)) from error
        return _refund(made.to_dict())

    def _sought_refund(self, order: RefundOrder) -> RefundOutcome | None:
        """A refund of which nobody can say whether it was made, looked for by our key."""
        with asking():
            listed = client(order.credentials).v1.refunds.list(
                {"payment_intent": order.reference, "limit": 100}
            )
        for found in listed.data:
            data = found.to_dict()
            if reading.key(data) == order.key:
                return _refund(data)
        return None

    def find_refund(self, reference: str, credentials: Credentials) -> RefundOutcome:
        """What became of a refund."""
        with asking():
            return _refund(client(credentials).v1.refunds.retrieve(reference).to_dict())

    def read(self, body: bytes, headers: Mapping[str, str], credentials: Credentials) -> Event:
        """Verify a webhook with the library, then read again what it speaks of: pictures in events grow old."""
        data = _verified(body, headers, credentials)
        event = Event(
            str(data["id"]),
            str(data["type"]),
            datetime.fromtimestamp(int(data["created"]), UTC),
            str(data.get("account") or ""),
        )
        thing = data["data"]["object"]
        try:
            if event.type.startswith("checkout.session."):
                return replace(event, payment=self._page_now(thing, credentials))
            if event.type.startswith("payment_intent."):
                return replace(event, payment=self._intent_now(thing, credentials))
        except Unknown:
            # Signed for this endpoint but unknown to this key: two accounts were mixed up. A person must look.
            key, id_ = reading.key(thing), reading.reference(thing)
            return replace(event, account="another", payment=Outcome(Status.SETTLED, key=key, reference=id_))
        if thing.get("object") == "refund":
            return replace(event, refund=reading.refund(thing))
        if thing.get("object") == "dispute":
            return replace(event, dispute=reading.dispute(thing))
        return event

    def _page_now(self, thing: Mapping[str, Any], credentials: Credentials) -> Outcome | None:
        """A session as it is now; None for one that is not ours."""
        if not reading.key(thing):
            return None
        return self.find(reading.reference(thing), "", credentials)

    def _intent_now(self, thing: Mapping[str, Any], credentials: Credentials) -> Outcome | None:
        if not reading.key(thing):
            return None
        return self.find("", reading.reference(thing), credentials)


def _verified(body: bytes, headers: Mapping[str, str], credentials: Credentials) -> dict[str, Any]:
    """The event, when Stripe signed it for this endpoint and lately; raises Forged."""
    given = {name.lower(): value for name, value in headers.items()}
    stripe = library()
    try:
        stripe.WebhookSignature.verify_header(
            body, given.get("stripe-signature"), credentials.webhook_secret, TOLERANCE
        )
        data = json.loads(body)
        if data["object"] != "event" or not isinstance(data["data"]["object"], dict) or not data["id"]:
            raise Forged("not an event")
        datetime.fromtimestamp(int(data["created"]), UTC)
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise Forged(type(error).__name__) from error
    return dict(data)


def _certain(found: _T | None) -> _T:
    """What was looked for; raises Unreachable when it is not there yet: it may still come."""
    if found is None:
        raise Unreachable("unsure")
    return found


def _refused(charge: Charge, error: Any) -> Outcome:
    """A card error's outcome: its body carries the intent it was about."""
    told = error.error.to_dict() if error.error is not None else {}
    intent = told.get("payment_intent")
    if intent:
        return reading.intent(intent)
    return Outcome(Status.FAILED, key=charge.key, failure=str(error.code or "card_declined"))


def _refund(data: dict[str, Any]) -> RefundOutcome:
    found = reading.refund(data)
    if found is None:
        raise Refused("amount")
    return found
