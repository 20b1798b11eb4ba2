"""The port to whoever moves the money: plain values in and out, expected failures as named exceptions.

A gateway never touches the database. The domain asks it how to pay (``start``), whether and how much came
(``settle``) and to give back (``reverse``); the same three questions fit a bank transfer and a card provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from moneyed import Money


class GatewayError(Exception):
    """Something a gateway expects to happen; each kind has its own sentence for people."""


class CurrencyNotTaken(GatewayError):
    """The account cannot be paid in this currency."""


class ChannelNotTaken(GatewayError):
    """The gateway does not handle this way of giving."""


class ImpossibleAmount(GatewayError):
    """Zero, negative, in another currency, or more than was paid."""


class ImpossibleDate(GatewayError):
    """Money cannot have come in the future."""


class Unreachable(GatewayError):
    """The provider did not answer; asking again later is safe."""


class Refused(GatewayError):
    """The provider or the bank said no."""


class ConfirmationNeeded(GatewayError):
    """The donor has to confirm at the bank; a normal answer with its own path."""


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


@dataclass(frozen=True)
class Instructions:
    """How to pay: either an address to go to, or account details with a text for a QR code."""

    channel: str
    beneficiary: Beneficiary
    reference: str
    amount: Money
    qr_text: str = ""
    qr_scheme: str = ""
    redirect_url: str = ""


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


class Gateway(Protocol):
    """One way to move money. Raises only GatewayError for what it expects."""

    name: ClassVar[str]
    channels: ClassVar[frozenset[str]]
    manual: ClassVar[bool]
    """Whether a human establishes what came, instead of a provider."""

    def start(self, order: Order) -> Instructions:
        """How to pay an order."""

    def settle(self, claim: Claim) -> Settlement:
        """What really came, checked; raises ImpossibleAmount, ImpossibleDate, ChannelNotTaken…"""

    def reverse(self, settlement: Settlement, amount: Money) -> Reversal:
        """Take back what came, wholly or in part."""
