"""What gateways expect to happen; each kind has its own sentence for people."""

from __future__ import annotations


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


class Forged(GatewayError):
    """The message was not signed by the provider, or too long ago."""


class Unknown(GatewayError):
    """The provider does not know this reference in this account."""
