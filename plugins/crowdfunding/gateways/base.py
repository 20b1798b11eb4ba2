"""The port to whoever moves the money: plain values in and out, expected failures as named exceptions.

A gateway never touches the database. A manual one is asked how to pay (``start``), whether what a human saw can be
(``settle``) and to take it back (``reverse``). A hosted one has a page of its own: ``start`` leads there, ``find`` reads
again what became of it, ``charge`` collects with a stored mandate, ``detach`` makes the provider forget it, ``refund``
gives back and ``read`` checks and translates what the provider sends by itself. What became of a payment is always told
by an ``Outcome``, so that the browser's return, an event and the sweeper say the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from moneyed import Money

# Named again here as part of the port; isort would make nine imports of it.
# isort: off
from plugins.crowdfunding.gateways.errors import (
    ChannelNotTaken as ChannelNotTaken,
    CurrencyNotTaken as CurrencyNotTaken,
    Forged as Forged,
    GatewayError as GatewayError,
    ImpossibleAmount as ImpossibleAmount,
    ImpossibleDate as ImpossibleDate,
    Refused as Refused,
    Unknown as Unknown,
    Unreachable as Unreachable,
)

# isort: on


@dataclass(frozen=True)
class Credentials:
    """An organisation's own access to a provider; ``repr`` never shows a secret."""

    account: str = ""
    secret: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)


class Status(StrEnum):
    """What became of a payment at its provider. SETTLED is final but for refunds and disputes."""

    OPEN = "open"
    """The donor is still on the provider's page, or left it."""
    PROCESSING = "processing"
    """The bank has it: a direct debit settles days later."""
    SECURED = "secured"
    """A payment method is stored; nothing was charged."""
    SETTLED = "settled"
    CONFIRM = "confirm"
    """The donor has to confirm at the bank; a normal answer with its own path."""
    FAILED = "failed"
    EXPIRED = "expired"
    """The provider's page was never finished and no longer can be."""


@dataclass(frozen=True)
class Beneficiary:
    """Where the money goes: the collecting organisation's own account."""

    holder: str
    iban: str = ""
    bic: str = ""
    rib: str = ""


@dataclass(frozen=True)
class Order:
    """A pledge that wants to be paid. ``key`` is the row plus the attempt, so that a retry is a new order."""

    key: str
    code: str
    amount: Money
    beneficiary: Beneficiary
    channel: str
    language: str
    return_url: str
    cancel_url: str = ""
    title: str = ""
    email: str = ""
    secure_only: bool = False
    """Store the payment method now and charge later, with ``charge``."""
    credentials: Credentials = Credentials()


@dataclass(frozen=True)
class Instructions:
    """How to pay: either an address to go to (with the provider's ``session``), or account details with a QR text."""

    channel: str
    beneficiary: Beneficiary
    reference: str
    amount: Money
    qr_text: str = ""
    qr_scheme: str = ""
    redirect_url: str = ""
    session: str = ""


@dataclass(frozen=True)
class Claim:
    """That money came: said by a treasurer, a bank statement or a provider's event."""

    key: str
    channel: str
    promised: Money
    amount: Money
    received_on: date
    today: date
    reference: str = ""


@dataclass(frozen=True)
class Settlement:
    """Money that came, as the gateway established it."""

    gateway: str
    channel: str
    amount: Money
    received_on: date
    reference: str = ""


@dataclass(frozen=True)
class Reversal:
    """Money that is no longer there, with the amount taken back."""

    gateway: str
    amount: Money
    reference: str = ""


@dataclass(frozen=True)
class Method:
    """A stored payment method: the provider's customer and method, and what the donor recognises it by."""

    customer: str
    method: str
    label: str = ""
    channel: str = "card"
    expires: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What a provider says of one payment now. ``key`` is ours, ``session`` and ``reference`` are the provider's."""

    status: Status
    key: str = ""
    session: str = ""
    reference: str = ""
    amount: Money | None = None
    on: date | None = None
    channel: str = ""
    method: Method | None = None
    fee: Money | None = None
    failure: str = ""
    """The provider's code: ``card_declined``, ``insufficient_funds``, ``authentication_required``…"""


@dataclass(frozen=True)
class Charge:
    """Money to be taken off-session with a stored method; ``key`` is the row plus the attempt.

    ``again``: asked for before and the answer was lost, maybe days ago; a provider that forgets keys looks for it first.
    """

    key: str
    code: str
    amount: Money
    method: Method
    title: str = ""
    credentials: Credentials = Credentials()
    again: bool = False


@dataclass(frozen=True)
class RefundOrder:
    """Money to be given back of the payment ``reference``; ``key`` is the refund's row plus its attempt; ``again`` as for a charge."""

    key: str
    reference: str
    amount: Money
    credentials: Credentials = Credentials()
    again: bool = False


class RefundStatus(StrEnum):
    """What became of a refund at its provider."""

    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RefundOutcome:
    """What a provider says of one refund now; an empty ``key`` means that we did not ask for it."""

    status: RefundStatus
    reference: str
    payment: str
    """The provider's reference of the payment."""
    amount: Money
    key: str = ""
    failure: str = ""


class DisputeStatus(StrEnum):
    """What became of a contested payment."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True)
class DisputeOutcome:
    """A donor contested a payment at the bank: the provider took the money back, for now or for good."""

    status: DisputeStatus
    reference: str
    payment: str
    amount: Money
    fee: Money | None = None
    answer_by: date | None = None


@dataclass(frozen=True)
class Event:
    """What a provider sent by itself, verified; what is not about money of ours has neither of the three."""

    id: str
    type: str
    at: datetime
    account: str = ""
    payment: Outcome | None = None
    refund: RefundOutcome | None = None
    dispute: DisputeOutcome | None = None


class Gateway(Protocol):
    """One way to move money. Raises only GatewayError for what it expects."""

    name: ClassVar[str]
    channels: ClassVar[frozenset[str]]
    manual: ClassVar[bool]
    """Whether a human establishes what came, instead of a provider."""

    def start(self, order: Order) -> Instructions:
        """How to pay an order."""


class ManualGateway(Gateway, Protocol):
    """Money that moves without us and is entered by a human."""

    def settle(self, claim: Claim) -> Settlement:
        """What really came, checked; raises ImpossibleAmount, ImpossibleDate, ChannelNotTaken…"""

    def reverse(self, settlement: Settlement, amount: Money) -> Reversal:
        """Take back what came, wholly or in part."""


class HostedGateway(Gateway, Protocol):
    """A provider with a page of its own. Each call may raise Unreachable: the same call again is safe."""

    events: ClassVar[tuple[str, ...]]
    """What the organisation chooses at the provider to be sent."""

    def find(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        """What became of a payment, read again; by its reference when known, else by its session. Raises Unknown."""

    def charge(self, charge: Charge) -> Outcome:
        """Collect with a stored method; a refusal is an Outcome (FAILED, CONFIRM), not an exception."""

    def find_charge(self, key: str, credentials: Credentials) -> Outcome:
        """What became of a charge that was asked for, looked for by its key and never made; raises Unknown."""

    def detach(self, method: Method, credentials: Credentials) -> None:
        """Make the provider forget a stored method for good; one it forgot before, or never knew, is no error."""

    def void(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        """Make an unfinished payment impossible; gives SETTLED or PROCESSING when it came first."""

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give back; raises Refused when more would go back than came."""

    def find_refund(self, reference: str, credentials: Credentials) -> RefundOutcome:
        """What became of a refund, read again; raises Unknown."""

    def read(self, body: bytes, headers: Mapping[str, str], credentials: Credentials) -> Event:
        """Verify and translate what the provider sent; raises Forged."""
