"""Public keys of remote actors: fetched where they are said to be, believed only when the actor lists them."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from django.core.cache import cache
from django.utils import timezone

from plugins.federation.domain import actors, addresses, connections, fetching, signatures
from plugins.federation.models import RemoteKey

REMEMBERED = 600
"""Seconds during which the answer about a key, good or bad, is not asked for again."""

_fetching = threading.BoundedSemaphore(4)


class KeyRefused(Exception):
    """There is no such key of such an actor; the message says what does not fit."""


class TooBusy(Exception):
    """Too many keys are being fetched by this process: the sender may try again later."""


class Found(NamedTuple):
    """A key whose owner lists it; ``is_stored`` when the row already says so."""

    key_id: str
    owner: str
    pem: str
    is_stored: bool = False


def known(key_id: str) -> Found | None:
    """The key as stored with an activity that it verified, or as fetched in the last minutes."""
    row = RemoteKey.objects.filter(key_id=key_id).first()
    if row is not None:
        return Found(row.key_id, row.owner, row.pem, True)
    cached = cache.get(_name("key", key_id))
    return Found(*cached) if cached else None


def fetch(key_id: str, *, actor_uri: str, fresh: bool = False) -> Found:
    """The key from its document and its actor's; raises KeyRefused, FetchError or TooBusy. Nothing is stored."""
    refused = None if fresh else cache.get(_name("refused", key_id))
    if refused is not None:
        raise KeyRefused(refused)
    if not _fetching.acquire(blocking=False):
        raise TooBusy
    try:
        with connections.deadline(fetching.SECONDS):
            found = _fetch(key_id, actor_uri, fresh)
    except KeyRefused as error:
        cache.set(_name("refused", key_id), str(error), REMEMBERED)
        raise
    finally:
        _fetching.release()
    cache.set(_name("key", key_id), tuple(found[:3]), REMEMBERED)
    return found


def may_ask_again(key_id: str) -> bool:
    """Whether a key that did not fit may be fetched anew: once in some minutes."""
    return bool(cache.add(_name("again", key_id), 1, REMEMBERED))


def store(found: Found) -> None:
    """Keep a key that has just verified an activity; call inside the transaction that stores the activity."""
    if not found.is_stored:
        facts = {"owner": found.owner, "pem": found.pem, "fetched_at": timezone.now()}
        RemoteKey.objects.update_or_create(key_id=found.key_id, defaults=facts)


def _name(kind: str, key_id: str) -> str:
    return f"federation:{kind}:{signatures.fingerprint(key_id)}"


def _fetch(key_id: str, actor_uri: str, fresh: bool) -> Found:
    if not addresses.same_origin(key_id, actor_uri):
        raise KeyRefused("The key is on another host than the actor.")
    actor = fetching.fetch_object(actor_uri, signed_as=actors.instance_uri(), fresh=fresh)
    if actor.get("id") != actor_uri:
        raise KeyRefused("The actor's document is of another actor.")
    listed = _listed(actor, key_id)
    if key_id.split("#")[0] != actor_uri:
        listed = _own_document(key_id, listed, fresh)
    if not isinstance(listed, dict) or listed.get("id") != key_id or listed.get("owner") != actor_uri:
        raise KeyRefused("The key's document is of another key or owner.")
    pem = listed.get("publicKeyPem")
    if not isinstance(pem, str) or signatures.load_public(pem) is None:
        raise KeyRefused("The key is not an RSA key of 2048 bits or more.")
    return Found(key_id, actor_uri, pem)


def _listed(actor: dict[str, Any], key_id: str) -> Any:
    keys = actor.get("publicKey")
    for entry in keys if isinstance(keys, list) else [keys]:
        if entry == key_id or (isinstance(entry, dict) and entry.get("id") == key_id):
            return entry
    raise KeyRefused("The actor does not list this key.")


def _own_document(key_id: str, listed: Any, fresh: bool) -> dict[str, Any]:
    """A key that has a document of its own: what the actor embeds must not contradict it."""
    document = fetching.fetch_object(key_id, signed_as=actors.instance_uri(), fresh=fresh)
    if document.get("id") != key_id and isinstance(document.get("publicKey"), dict):
        document = document["publicKey"]
    if isinstance(listed, dict) and listed.get("publicKeyPem") not in {None, document.get("publicKeyPem")}:
        raise KeyRefused("The actor and the key's document show different keys.")
    return document
