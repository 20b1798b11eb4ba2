"""What the demonstration's provider sends by itself: signed like a real one's, posted to the address it was given.

An event is a row first. Right after the commit a thread delivers what is due, so that a site of one process needs no
worker for it; what was not delivered (nobody answered, the process ended) is tried again by the scheduled work.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from core.conf import absolute
from plugins.crowdfunding.gateways.base import Forged
from plugins.crowdfunding.models import DemoEvent, DemoPayment

logger = logging.getLogger(__name__)
HEADER = "Demo-Signature"
TOLERANCE = 300
"""Seconds: an older signature may have been overheard."""
TRIES = 12
LATE = timedelta(seconds=4)
"""How long an event takes that comes late."""
Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body to an address with headers, gives the status of the answer; raises OSError."""


def secret_of(account: str) -> str:
    """What events to an account are signed with: the demonstration's provider needs no keys to be typed."""
    text = f"demonstration provider {account}"
    return hmac.new(str(settings.SECRET_KEY).encode(), text.encode(), hashlib.sha256).hexdigest()


def signature(body: bytes, account: str, at: int) -> str:
    """The value of the header: the moment and the seal of moment and body."""
    sealed = hmac.new(secret_of(account).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={sealed}"


def verify(body: bytes, headers: Mapping[str, str], account: str) -> dict[str, Any]:
    """The event in a body that this provider signed lately; raises Forged."""
    given = next((value for name, value in headers.items() if name.lower() == HEADER.lower()), "")
    moment = given.partition(",")[0].removeprefix("t=")
    if not moment.isascii() or not moment.isdecimal() or len(moment) > 12:
        raise Forged("no signature")
    if not hmac.compare_digest(given.encode(), signature(body, account, int(moment)).encode()):
        raise Forged("wrong signature")
    if abs(time.time() - int(moment)) > TOLERANCE:
        raise Forged("signed too long ago")
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Forged("no JSON") from error
    if not isinstance(found, dict) or found.get("account") != account:
        raise Forged("not for this account")
    return found


def tell(
    payment: DemoPayment, kind: str, data: dict[str, Any], *, times: int = 1, at: datetime | None = None
) -> None:
    """Write an event about a payment and have it delivered after the commit, or at a moment."""
    now = timezone.now()
    row = DemoEvent(payment=payment, times=times, due_at=at or now)
    row.body = json.dumps(
        {
            "id": row.event,
            "type": kind,
            "created": int(now.timestamp()),
            "account": payment.account,
            "data": data,
        }
    )
    row.save()
    transaction.on_commit(lambda: wake(row.due_at))


def wake(due: datetime) -> None:
    """Deliver in a thread of its own what is due at a moment; whatever goes wrong is left to the scheduled work."""
    threading.Thread(target=_wait_and_deliver, args=(due,), name="demo-provider", daemon=True).start()


def _wait_and_deliver(due: datetime) -> None:
    time.sleep(max(0.0, (due - timezone.now()).total_seconds()))
    try:
        deliver()
    except Exception as error:  # a thread has nobody to raise to; the rows wait for the next run
        logger.info("The demonstration's provider could not deliver: %s", error)
    finally:
        connections.close_all()


def deliver(post: Post | None = None, *, now: datetime | None = None, limit: int = 50) -> int:
    """Deliver the events that are due, each as often as it should come; gives the number of deliveries answered."""
    now = now or timezone.now()
    answered = 0
    for row in list(
        DemoEvent.objects.filter(due_at__lte=now).select_related("payment").order_by("pk")[:limit]
    ):
        while row.times and _claim(row, now):
            if not _sent(row, post or send, now):
                break
            answered += 1
            row.times -= 1
    return answered


def _claim(row: DemoEvent, now: datetime) -> bool:
    """Make the row this process's own for a minute; gone when nobody answered for long."""
    if row.tries >= TRIES:
        DemoEvent.objects.filter(pk=row.pk).delete()
        return False
    wait = timedelta(minutes=1) * (row.tries + 1)
    mine = DemoEvent.objects.filter(pk=row.pk, times=row.times, tries=row.tries, due_at__lte=now)
    won = bool(mine.update(due_at=now + wait, tries=F("tries") + 1))
    row.tries += 1
    return won


def _sent(row: DemoEvent, post: Post, now: datetime) -> bool:
    """Post one delivery and take it off the row; False when the address did not answer well."""
    body, account = row.body.encode(), row.payment.account
    headers = {
        "Content-Type": "application/json",
        HEADER: signature(body, account, int(time.time())),
    }
    address = absolute(reverse("crowdfunding_machine:webhook", args=["demo", account]))
    try:
        status = post(address, body, headers)
    except (OSError, HTTPException) as error:
        logger.info("The demonstration's provider found nobody at %s: %s", address, error)
        return False
    if not 200 <= status < 300:
        logger.info("The demonstration's provider was answered %s", status)
        return False
    if row.times > 1:
        DemoEvent.objects.filter(pk=row.pk).update(times=row.times - 1, tries=0, due_at=now)
        row.tries = 0
    else:
        DemoEvent.objects.filter(pk=row.pk).delete()
    return True


def send(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post to an address of this instance; gives the status."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    door = (HTTPSConnection if secure else HTTPConnection)(parts.netloc, timeout=10)
    try:
        door.request("POST", parts.path, body, dict(headers))
        return door.getresponse().status
    finally:
        door.close()


def moment(created: Any) -> datetime:
    """When an event happened."""
    return datetime.fromtimestamp(int(created), UTC)
