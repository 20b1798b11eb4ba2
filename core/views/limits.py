"""How often a stranger may do what costs others something; the rates stand in ``settings.RATE_LIMITS``."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited


def address(group: str, request: HttpRequest) -> str:
    """The reader's network: the address, or the /64 of an IPv6 one; behind a proxy, what the proxy says."""
    header = getattr(settings, "CLIENT_ADDRESS_HEADER", "REMOTE_ADDR")
    value = request.META.get(header, "").split(",")[-1].strip()
    try:
        known = ipaddress.ip_address(value)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)


def too_often(request: HttpRequest, group: str) -> bool:
    """Count one act of a group for this address; whether it is one too many."""
    return bool(
        is_ratelimited(
            request, group=f"core.{group}", key=address, rate=settings.RATE_LIMITS[group], increment=True
        )
    )


def sentence() -> str:
    """What a form says to who comes too often."""
    return _(
        "That is a lot in a short time from your connection. Wait a little and send again: what you typed is kept."
    )


def refused(request: HttpRequest) -> HttpResponse:
    """429, for acts that have no form to show again."""
    return render(request, "core/error_429.html", {"sentence": sentence()}, status=429)
