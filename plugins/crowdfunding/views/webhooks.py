"""What providers send by themselves: taken in whole or not at all, so that what failed here is sent again."""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_ratelimit.core import is_ratelimited

from core.secrets import SealBroken
from core.views.limits import address
from plugins.crowdfunding.domain import events
from plugins.crowdfunding.gateways.base import Forged, Unreachable
from plugins.crowdfunding.models import GatewayAccount

logger = logging.getLogger(__name__)
LARGEST = 256 * 1024
"""Bytes: a provider's event is some kilobytes."""
RATE = "3000/m"
"""A close of a large campaign tells thousands of charges within minutes; only a flood is more."""


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


@csrf_exempt
@never_cache
@require_POST
def webhook(request: HttpRequest, gateway: str, account: str) -> HttpResponse:
    """Verify and do one event; 2xx only when it is stored with its effect."""
    if is_ratelimited(request, group="crowdfunding.webhook", key=address, rate=RATE, increment=True):
        return _plain(429, "too many")
    body = _body(request)
    if body is None:
        return _plain(413, "too large")
    try:
        row = GatewayAccount.objects.filter(uid=account, gateway=gateway).first()
        if row is None:
            return _plain(404, "no such account")
        done = events.handle(row, body, request.headers)
    except Forged:
        return _plain(400, "not signed by the provider")
    except (DatabaseError, SealBroken, Unreachable) as error:
        logger.exception("An event for %s was not stored: %s", account, type(error).__name__)
        return _plain(503, "try again")
    return _plain(200, str(done.state))


def _body(request: HttpRequest) -> bytes | None:
    """What was sent, or None when it is too large or broke off."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return None
    if length > LARGEST:
        return None
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return None
    return body if len(body) <= LARGEST else None
