"""Events: recorded, signed, and delivered to the endpoint as a test wants them delivered."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from urllib.parse import urlsplit

API_VERSION = "2026-10-28.endive"


def signature(body: bytes, secret: str, at: int | None = None) -> str:
    """The Stripe-Signature header: HMAC-SHA256 over ``t.body``."""
    moment = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest},v0={'0' * 64}"


class Courier:
    """An account's events. ``held`` (the default) keeps them until ``deliver``; otherwise each goes out at once."""

    def __init__(self, account) -> None:
        self.account = account
        self.url = self.secret = ""
        self.held = True
        self.types: frozenset[str] = frozenset()
        """What the endpoint subscribed to; empty: everything."""
        self.waiting: list[dict] = []
        self.log: list[tuple[str, int]] = []
        """Each delivery: the event's type and what the endpoint answered (0: nothing)."""
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()

    def record(self, type_: str, thing: dict) -> dict:
        """An event with a picture of the object as it is now."""
        event = self.account.make("event", type=type_, api_version=API_VERSION, pending_webhooks=1)
        event["data"] = {"object": deepcopy(thing)}
        event["request"] = {"id": None, "idempotency_key": None}
        if self.types and type_ not in self.types:
            return event
        if self.url and not self.held:
            thread = threading.Thread(target=self._insist, args=(event,), daemon=True)
            self._threads.append(thread)
            thread.start()
        else:
            self.waiting.append(event)
        return event

    def _insist(self, event: dict) -> None:
        """Tries again, each time later, as the real one does for three days."""
        for pause in (0.2, 0.5, 1, 2, 4, 8):
            if self._stop.wait(pause) or 200 <= self.send(event) < 300:
                return

    def send(self, event: dict, *, at: int | None = None, body: bytes = b"", secret: str = "") -> int:
        """One delivery; the status the endpoint answered, 0 when it did not."""
        body = body or json.dumps(event).encode()
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=30)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, secret or self.secret, at),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            connection.request("POST", parts.path or "/", body, headers)
            status = connection.getresponse().status
        except OSError:
            status = 0
        finally:
            connection.close()
        self.log.append((event["type"], status))
        return status

    def deliver(
        self,
        types: str = "",
        *,
        times: int = 1,
        reverse: bool = False,
        at_once: bool = False,
        drop: bool = False,
    ) -> list[int]:
        """Delivers what waits (of these types): repeated, in reverse, concurrently; what is not accepted waits on.

        ``drop`` loses the events instead: the endpoint never hears of them.
        """
        with self.account.fake.lock:
            chosen = [event for event in self.waiting if not types or event["type"] in types.split()]
            self.waiting = [event for event in self.waiting if event not in chosen]
        if drop:
            return []
        work = [event for event in chosen for _ in range(times)]
        if reverse:
            work.reverse()
        if at_once:
            with ThreadPoolExecutor(max_workers=16) as pool:
                answers = list(pool.map(self.send, work))
        else:
            answers = [self.send(event) for event in work]
        taken = {event["id"] for event, status in zip(work, answers, strict=True) if 200 <= status < 300}
        with self.account.fake.lock:
            self.waiting = [event for event in chosen if event["id"] not in taken] + self.waiting
        return answers

    def again(self, types: str = "") -> list[int]:
        """Delivers all events of these types once more, as the provider's dashboard can."""
        return [self.send(e) for e in self.account.all("event") if not types or e["type"] in types.split()]

    def close(self) -> None:
        """Ends what is still being tried."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
