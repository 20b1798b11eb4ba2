"""From what a person types to the actor of another instance, and what it shares."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from core.models.languages import best
from core.text import plain
from plugins.federation.domain import actors, remote
from plugins.federation.domain.fetching import FetchError, fetch_json, fetch_object
from plugins.federation.models import RemoteActor

SHOWN = 5
_HANDLE = re.compile(r"@?([^@/\s]+)@([^@/\s]+)")
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?")
LOOPBACK = {"127.0.0.1", "localhost"}


class NotAnAddress(ValueError):
    """The text is neither an address nor a handle of an instance."""


class NobodyThere(LookupError):
    """There is no instance that can be followed at the address."""


@dataclass(frozen=True)
class Found:
    """An actor of another instance and what it shows of what it shares."""

    actor: RemoteActor
    total: int = 0
    titles: list[str] = field(default_factory=list)


def actor_at(typed: str) -> RemoteActor:
    """The actor behind an address, a host or a handle; raises NotAnAddress or NobodyThere. Asks other hosts."""
    typed = typed.strip()
    handle = _HANDLE.fullmatch(typed.removeprefix("acct:"))
    try:
        if handle is not None and _HOST.fullmatch(handle[2]):
            return remote.remember(fetch_object(by_webfinger(handle[1], handle[2]), fresh=True))
        base = base_of(typed)
        path = urlsplit(typed).path if "://" in typed else ""
        try:
            return remote.remember(fetch_object(base + (path or "/"), fresh=True))
        except (FetchError, remote.NotReadable):
            host = urlsplit(base).netloc
            return remote.remember(fetch_object(by_webfinger(host, host), fresh=True))
    except (FetchError, remote.NotReadable) as error:
        raise NobodyThere(str(error)) from error


def base_of(typed: str) -> str:
    """Scheme and host of what was typed; http only on loopback where that is allowed. Raises NotAnAddress, also for us."""
    parts = urlsplit(typed if "://" in typed else f"//{typed}")
    try:
        known = (
            parts.scheme in ("", "http", "https") and parts.hostname and (parts.port is None or parts.port)
        )
    except ValueError as error:
        raise NotAnAddress(typed) from error
    if not known or not _HOST.fullmatch(parts.netloc):
        raise NotAnAddress(typed)
    near = settings.FEDERATION_INSECURE_LOOPBACK and parts.hostname in LOOPBACK
    base = f"{'http' if near else 'https'}://{parts.netloc.lower()}"
    if actors.is_ours(base):
        raise NotAnAddress(typed)
    return base


def by_webfinger(name: str, host: str) -> str:
    """The id of an actor from its handle; raises FetchError, NotAnAddress or NobodyThere."""
    base = base_of(host)
    account = f"acct:{name}@{host}"
    found = fetch_json(
        f"{base}/.well-known/webfinger?resource={quote(account, safe=':@')}", accept="jrd", fresh=True
    )
    links = found.get("links")
    for link in links if isinstance(links, list) else []:
        address = link.get("href") if isinstance(link, dict) and link.get("rel") == "self" else None
        if (
            isinstance(address, str)
            and "activity" in str(link.get("type"))
            and remote.origin(address) == base
        ):
            return address
    raise NobodyThere(account)


def what_it_shares(actor: RemoteActor) -> Found:
    """How much stands in an actor's outbox, and the first titles; nothing rather than an error."""
    if actor.outbox is None:
        return Found(actor)
    us = actors.instance_uri()
    try:
        box = fetch_json(actor.outbox.uri, signed_as=us, fresh=True)
        page = box.get("first")
        if isinstance(page, str) and remote.origin(page) == remote.origin(actor.uri):
            page = fetch_json(page, signed_as=us, fresh=True)
    except FetchError:
        return Found(actor)
    total = box.get("totalItems")
    items = page.get("orderedItems") if isinstance(page, dict) else None
    titles = [title_of(item) for item in (items if isinstance(items, list) else [])]
    return Found(
        actor,
        total if isinstance(total, int) and 0 <= total < 10**9 else 0,
        [title for title in titles if title][:SHOWN],
    )


def title_of(item: Any) -> str:
    """The title of the object in an activity, in the reader's language; empty for messages, which have none."""
    for _depth in range(3):
        if not isinstance(item, dict):
            return ""
        names = remote.languages(item, "name", remote.NO_LANGUAGE)
        if names:
            return plain(names.get(best(dict(names)) or "", ""))[:160]
        item = item.get("object")
    return ""
