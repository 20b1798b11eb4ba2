"""Limits on what strangers may post."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited

from core.views.limits import address

PER_ADDRESS = "40/h"
PER_EMAIL = "8/h"


def too_many(request: HttpRequest, group: str, *, email: str = "") -> bool:
    """Whether this network address, or this e-mail address, asked too often in the last hour; counts this time."""
    if is_ratelimited(request, group=f"crowdfunding.{group}", key=address, rate=PER_ADDRESS, increment=True):
        return True
    digest = hashlib.sha256(email.encode()).hexdigest()
    return bool(
        email
        and is_ratelimited(
            request,
            group=f"crowdfunding.{group}.email",
            key=lambda _group, _request: digest,
            rate=PER_EMAIL,
            increment=True,
        )
    )
