"""Stripe's library: loaded when first needed, one version of the API, its errors as the port's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from plugins.crowdfunding.gateways.base import (
    Credentials,
    GatewayError,
    ImpossibleAmount,
    Refused,
    Unknown,
    Unreachable,
)

if TYPE_CHECKING:
    from stripe import StripeClient

VERSION = "2026-10-28.endive"
"""The API's version whose answers this package reads; the library's default may move, this does not."""
TIMEOUT = (5, 25)
RETRIES = 1
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
AMOUNTS = frozenset({"amount_too_small", "amount_too_large"})


@lru_cache(maxsize=1)
def library() -> ModuleType:
    """Stripe's library: 0.15 s, 480 modules and 30 MB, so not before somebody pays."""
    import stripe

    return stripe


@lru_cache(maxsize=1)
def _http() -> Any:
    """One pool of connections for all accounts; each thread has its own connection in it."""
    return library().RequestsClient(timeout=TIMEOUT)


def api_base() -> str:
    """Where the API is: Stripe's own address unless STRIPE_API_BASE names a stand-in for tests."""
    base = getattr(settings, "STRIPE_API_BASE", "") or os.environ.get("STRIPE_API_BASE", "")
    parts = urlsplit(base)
    if base and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured("STRIPE_API_BASE must be https, or on this machine: keys travel to it.")
    return base.rstrip("/")


def client(credentials: Credentials) -> StripeClient:
    """The library, speaking for one organisation; raises Unreachable without a key."""
    if not credentials.secret:
        raise Unreachable("no_key")
    base = api_base()
    found: StripeClient = library().StripeClient(
        credentials.secret,
        stripe_version=VERSION,
        max_network_retries=RETRIES,
        http_client=_http(),
        base_addresses={"api": base} if base else {},
    )
    return found


def translated(error: Exception) -> GatewayError:
    """The port's name for an error of the library.

    Wrong keys count as unreachable: they are the organisation's trouble, never the donor's, and pass when mended.
    """
    stripe = library()
    code = str(getattr(error, "code", "") or type(error).__name__)
    if isinstance(error, stripe.IdempotencyError):
        return Refused("idempotency")
    if isinstance(error, stripe.CardError):
        return Refused(code)
    if isinstance(error, stripe.InvalidRequestError):
        if error.http_status == 404 or code == "resource_missing":
            return Unknown(code)
        return ImpossibleAmount(code) if code in AMOUNTS else Refused(code)
    return Unreachable(code)


def unsure(error: Exception) -> bool:
    """Whether the work may have been done although the answer says otherwise, and a retry would say the same.

    A crash is kept under its idempotency key; so is what a request with other facts did before.
    """
    stripe = library()
    crashed = isinstance(error, stripe.APIError) and (error.http_status or 0) >= 500
    return crashed or isinstance(error, stripe.IdempotencyError)


@contextmanager
def asking() -> Iterator[None]:
    """Calls inside raise the port's errors only."""
    try:
        yield
    except library().StripeError as error:
        raise translated(error) from error
