"""The one client that fetches from other hosts: one deadline, few hops, small answers, public machines only."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpcore
from django.core.cache import cache

from core.conf import instance
from plugins.federation.domain import addresses, connections, hosts, keys, signatures
from plugins.federation.domain.addresses import Address, BadAddress

SECONDS = 8.0
"""One deadline over look-up, connection, every hop and the whole answer."""
MAX_BYTES = 512 * 1024
MAX_HOPS = 3
PER_HOST = 120
"""Requests to one host in a minute and process."""
FORGET_FAILURE_AFTER = 600
"""Seconds during which an address that failed is not asked again."""

AS2_PROFILE = "https://www.w3.org/ns/activitystreams"
ACCEPT = {
    "activity": f'application/activity+json, application/ld+json; profile="{AS2_PROFILE}"',
    "jrd": "application/jrd+json, application/json",
    "json": "application/json",
}


class FetchError(Exception):
    """Nothing was read; the message says why."""


class FetchRefused(FetchError):
    """We do not ask: the address, the host, the size or the kind of the answer is not allowed."""


class FetchFailed(FetchError):
    """The host did not answer as it should; later it may."""


class NotFound(FetchError):
    """The host says that there is nothing (404) or nothing any more (410)."""


class Answer(NamedTuple):
    """What one hop gave."""

    status: int
    headers: dict[str, str]
    body: bytes


class HostLimit:
    """Counts requests per host over the last minute, in this process; old hosts are forgotten."""

    def __init__(self, number: int, *, hosts_kept: int = 2000) -> None:
        self._number, self._kept = number, hosts_kept
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, host: str) -> bool:
        """Whether one more request to the host is within the limit."""
        now = time.monotonic()
        with self._lock:
            times = self._seen.setdefault(host, deque())
            self._seen.move_to_end(host)
            while len(self._seen) > self._kept:
                self._seen.popitem(last=False)
            while times and times[0] < now - 60:
                times.popleft()
            if len(times) >= self._number:
                return False
            times.append(now)
            return True


limit = HostLimit(PER_HOST)


@lru_cache(maxsize=2)
def pool(plain: bool) -> httpcore.ConnectionPool:
    """The process's connections for fetching."""
    return connections.pool(plain=plain)


def fetch_json(
    url: str, *, signed_as: str | None = None, accept: str = "activity", fresh: bool = False
) -> dict[str, Any]:
    """The JSON object at ``url``; ``accept`` is "activity", "jrd" or "json". Raises FetchError.

    ``signed_as`` is the local actor whose key signs the request. What failed is not asked again for ten
    minutes unless ``fresh``. Call it outside transactions: it may take eight seconds.
    """
    return _fetch(url, signed_as=signed_as, accept=accept, fresh=fresh)[1]


def fetch_object(url: str, *, signed_as: str | None = None, fresh: bool = False) -> dict[str, Any]:
    """An ActivityPub object whose ``id`` is the address it was read at. Raises FetchError.

    When ``url`` is another address of it on the same host, its id is asked once; what still calls itself otherwise
    is refused: nobody speaks for an address it does not answer at.
    """
    for _attempt in range(2):
        found_at, document = _fetch(url, signed_as=signed_as, accept="activity", fresh=fresh)
        stated = document.get("id")
        if not isinstance(stated, str):
            raise FetchRefused("The answer has no id.")
        if stated.split("#")[0] == found_at.split("#")[0]:
            return document
        if not addresses.same_origin(stated, found_at):
            break
        url = stated
    raise FetchRefused("The answer calls itself something else than its address.")


def _fetch(url: str, *, signed_as: str | None, accept: str, fresh: bool) -> tuple[str, dict[str, Any]]:
    missed = f"federation:missed:{accept}:{signatures.fingerprint(url)}"
    known = None if fresh else cache.get(missed)
    if known is not None:
        raise {"NotFound": NotFound, "FetchFailed": FetchFailed}.get(known[0], FetchRefused)(known[1])
    try:
        with connections.deadline(SECONDS):
            found_at, answer = _follow(url, signed_as=signed_as, accept=accept)
        return found_at, _read(answer, accept)
    except FetchError as error:
        cache.set(missed, (type(error).__name__, str(error)), FORGET_FAILURE_AFTER)
        raise


def _follow(url: str, *, signed_as: str | None, accept: str) -> tuple[str, Answer]:
    url = url.split("#")[0]
    for _hop in range(MAX_HOPS + 1):
        address = _allowed(url)
        answer = _ask(url, address, signed_as=signed_as, accept=accept)
        if answer.status not in {301, 302, 303, 307, 308}:
            return url, answer
        url = urljoin(url, answer.headers.get("location", "")).split("#")[0]
    raise FetchRefused("Too many redirects.")


def _allowed(url: str) -> Address:
    try:
        address = addresses.parse(url)
    except BadAddress as error:
        raise FetchRefused(str(error)) from error
    if addresses.is_ours(url):
        raise FetchRefused("That address is our own.")
    if hosts.is_blocked(url):
        raise FetchRefused(f"{address.host} is blocked here.")
    if not limit.spend(address.host):
        raise FetchFailed(f"{address.host} has been asked too often in a minute.")
    return address


def _ask(url: str, address: Address, *, signed_as: str | None, accept: str) -> Answer:
    headers = {
        "Host": address.host,
        "Accept": ACCEPT[accept],
        "Accept-Encoding": "identity",
        "User-Agent": user_agent(),
    }
    if signed_as:
        headers |= signatures.sign("GET", url, None, keys.signer(signed_as))
    try:
        with pool(address.scheme == "http").stream("GET", url, headers=list(headers.items())) as response:
            answer_headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
            }
            return Answer(response.status, answer_headers, _limited(answer_headers, response.iter_stream()))
    except connections.AddressRefused as error:
        raise FetchRefused(str(error)) from error
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise FetchFailed(f"{address.host} did not answer: {error or type(error).__name__}") from error


def user_agent() -> str:
    """Who asks, as other servers' administrators see it in their logs."""
    return f"Tiwizi/0.1 (+{instance().base_url}/)"


def _limited(headers: dict[str, str], chunks: Iterator[bytes]) -> bytes:
    if headers.get("content-encoding", "identity") != "identity":
        raise FetchRefused("A packed answer was not asked for.")
    if int(headers["content-length"]) > MAX_BYTES if headers.get("content-length", "").isdigit() else False:
        raise FetchRefused("The answer is too long.")
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_BYTES:
            raise FetchRefused("The answer is too long.")
    return bytes(body)


def _read(answer: Answer, accept: str) -> dict[str, Any]:
    if answer.status in {404, 410}:
        raise NotFound(f"The host answered {answer.status}.")
    if answer.status != 200:
        raise FetchFailed(f"The host answered {answer.status}.")
    if not _fits(answer.headers.get("content-type", ""), accept):
        raise FetchRefused("The answer is of another kind than what was asked for.")
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise FetchFailed("The answer is not JSON.") from error
    if not isinstance(document, dict):
        raise FetchRefused("The answer is not a JSON object.")
    return document


def _fits(content_type: str, accept: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    kind = kind.strip()
    if accept == "activity":
        return kind == "application/activity+json" or (
            kind == "application/ld+json" and AS2_PROFILE in parameters
        )
    return kind in {"application/json", "application/jrd+json"} and (
        accept == "jrd" or kind == "application/json"
    )
