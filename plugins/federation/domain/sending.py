"""The worker's half of deliveries: signing, posting over kept connections, and what follows from each answer."""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

import httpcore
from django.db import transaction
from django.utils import timezone

from plugins.federation.domain import addresses, connections, fetching, hosts, keys, signatures
from plugins.federation.domain.keys import Signer
from plugins.federation.models import Delivery, Outgoing

log = logging.getLogger(__name__)
BATCH = 50
LEASE = timedelta(seconds=45)
SECONDS = 10.0
"""Deadline of one post, from look-up to the end of the answer."""
BATCH_SECONDS = 20.0
"""After so long no post of the batch is begun any more; it must end before its lease does."""
RUN_SECONDS = 30.0
"""After so long the run gives way to other work of the same worker, and wakes itself again."""
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 1440, 2880)]
GIVE_UP_AFTER = timedelta(days=7)
ANSWER_BYTES = 64 * 1024
FINAL = {400, 405, 406, 410, 411, 413, 414, 415, 422, 501}
"""Answers that no repetition changes; 410 says that the inbox is gone."""


class Message(NamedTuple):
    """An activity ready to be posted: its body, the digest of it, and who signs."""

    body: bytes
    digest: str
    signer: Signer


class Outcome(NamedTuple):
    """What came of one delivery; ``status`` 0 means that nobody answered."""

    delivery: Delivery
    status: int
    reason: str = ""
    begun: bool = True


@lru_cache(maxsize=2)
def pool(plain: bool) -> httpcore.ConnectionPool:
    """The process's connections for deliveries."""
    return connections.pool(plain=plain, connections=20)


def send_due() -> int:
    """Send what is due until nothing is left or the run has lasted its time; gives how many were tried."""
    begun, tried = time.monotonic(), 0
    while True:
        with transaction.atomic():
            batch: list[Delivery] = list(Delivery.objects.take(BATCH, lease=LEASE))  # type: ignore[arg-type]
        if batch:
            messages = _messages(batch)
            signed = [delivery for delivery in batch if delivery.outgoing_id in messages]
            unsigned = [delivery for delivery in batch if delivery.outgoing_id not in messages]
            settle(_post_all(signed, messages), unsigned=unsigned)
        tried += len(batch)
        if len(batch) < BATCH:
            return tried
        if time.monotonic() - begun > RUN_SECONDS:
            from plugins.federation.domain.deliveries import wake

            wake()
            return tried


def _messages(batch: list[Delivery]) -> dict[int, Message]:
    """What can be signed; an activity of someone without a key of ours is left out and must not stop the others."""
    rows = Outgoing.objects.in_bulk({delivery.outgoing_id for delivery in batch})
    signers: dict[str, Signer] = {}
    for uri in {row.sender_uri for row in rows.values()}:
        try:
            signers[uri] = keys.signer(uri)
        except (keys.NotOurs, keys.SealBroken):
            log.exception("deliveries of %s cannot be signed", uri)
    found = {}
    for pk, row in rows.items():
        if row.sender_uri in signers:
            body = bytes(row.body)
            found[pk] = Message(body, signatures.digest_of(body), signers[row.sender_uri])
    return found


def _post_all(batch: list[Delivery], messages: dict[int, Message]) -> list[Outcome]:
    """Hosts side by side, each host's deliveries one after the other over one connection."""
    by_host: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in batch:
        by_host[delivery.host].append(delivery)
    until = time.monotonic() + BATCH_SECONDS
    if len(by_host) <= 1:
        return _post_to_host(batch, messages, until)
    with ThreadPoolExecutor(max_workers=min(8, len(by_host)), thread_name_prefix="deliveries") as threads:
        futures = [threads.submit(_post_to_host, group, messages, until) for group in by_host.values()]
        return [outcome for future in futures for outcome in future.result()]


def _post_to_host(group: list[Delivery], messages: dict[int, Message], until: float) -> list[Outcome]:
    """Stops at the first time nobody answers: the rest of the host's deliveries would wait just as long."""
    outcomes: list[Outcome] = []
    silent = False
    for delivery in group:
        if silent or time.monotonic() > until:
            outcomes.append(Outcome(delivery, 0, "not tried: the host does not answer", begun=False))
            continue
        outcome = _post(delivery, messages[delivery.outgoing_id])
        silent = outcome.status == 0
        outcomes.append(outcome)
    return outcomes


def _post(delivery: Delivery, message: Message) -> Outcome:
    try:
        address = addresses.parse(delivery.inbox)
        headers = {
            "Host": address.host,
            "Content-Type": "application/activity+json",
            "Content-Length": str(len(message.body)),
            "Accept-Encoding": "identity",
            "User-Agent": fetching.user_agent(),
            **signatures.sign("POST", delivery.inbox, message.body, message.signer, digest=message.digest),
        }
        with connections.deadline(SECONDS):
            return Outcome(
                delivery, *_exchange(delivery.inbox, address.scheme == "http", headers, message.body)
            )
    except (addresses.BadAddress, connections.AddressRefused) as error:
        return Outcome(delivery, 410, str(error))
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        return Outcome(delivery, 0, f"{type(error).__name__}: {error}")


def _exchange(inbox: str, plain: bool, headers: dict[str, str], body: bytes) -> tuple[int, str]:
    with pool(plain).stream("POST", inbox, headers=list(headers.items()), content=body) as response:
        answer = bytearray()
        for chunk in response.iter_stream():
            answer += chunk
            if len(answer) > ANSWER_BYTES:
                break
        return response.status, "" if response.status < 300 else bytes(answer[:200]).decode(
            "utf-8", "replace"
        )


@transaction.atomic
def settle(outcomes: list[Outcome], *, unsigned: Iterable[Delivery] = ()) -> None:
    """Write what came of a batch: arrivals at once, the others each with its next attempt or its end."""
    for delivery in unsigned:
        _after_failure(Outcome(delivery, 0, "it could not be signed"))
    arrived = [outcome.delivery for outcome in outcomes if 200 <= outcome.status < 300]
    now = timezone.now()
    if arrived:
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in arrived]).update(
            state=Delivery.State.DONE, leased_until=None, last_error="", finished_at=now
        )
    for outcome in outcomes:
        if not outcome.begun:
            _release(outcome.delivery)
        elif not 200 <= outcome.status < 300:
            _after_failure(outcome)
    for name in sorted({outcome.delivery.host for outcome in outcomes}):
        statuses = [outcome.status for outcome in outcomes if outcome.delivery.host == name and outcome.begun]
        if any(0 < status < 500 and status != 429 for status in statuses):
            hosts.answered(name)
        elif statuses:
            hosts.failed(name)


def _release(delivery: Delivery) -> None:
    """Not its turn after all: the attempt does not count."""
    later = timezone.now() + BACKOFF[0]
    Delivery.objects.filter(pk=delivery.pk).update(
        leased_until=None, attempts=delivery.attempts - 1, next_attempt_at=later
    )


def _after_failure(outcome: Outcome) -> None:
    delivery, reason = outcome.delivery, f"{outcome.status or 'no answer'}: {outcome.reason}"
    pause = BACKOFF[min(delivery.attempts, len(BACKOFF)) - 1] * random.uniform(1, 1.2)  # noqa: S311  spreads load
    if outcome.status in FINAL or timezone.now() + pause > delivery.created_at + GIVE_UP_AFTER:
        log.info("delivery to %s given up: %s", delivery.inbox, reason)
        delivery.finished_at = timezone.now()
        delivery.save(update_fields=["finished_at"])
        delivery.give_up(reason)
    else:
        delivery.postpone(pause, reason)
