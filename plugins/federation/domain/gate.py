"""The gate: every posted activity passes it, cheap checks first, nothing written before the last step.

Steps are numbered as in docs/FEDERATION.md: 1 size and content type, 2 shape, 3 depth and lengths, 4 contexts,
5 origins and blocks, 6 object rules, 7 signature, 8 store. 400, 413 and 415 say that the document is wrong, 401
that it is not proven or speaks for others, 403 that its host is not let in.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from plugins.federation.domain import activities, fetching, hosts, inbox, remote_keys, signatures
from plugins.federation.domain.remote_keys import Found
from plugins.federation.models import InboxActivity

log = logging.getLogger(__name__)
CONTENT_TYPES = {"application/activity+json", "application/ld+json"}


class Refused(Exception):
    """The gate stays shut: an HTTP status and a sentence."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Proven(NamedTuple):
    """An activity that its actor has signed: what may be stored."""

    document: dict[str, Any]
    key: Found
    host: str
    standing: hosts.Standing


def receive(request: HttpRequest) -> HttpResponse:
    """Store a posted activity that is proven and answer 202, or refuse it and leave no trace."""
    try:
        body = read_body(request)
        proven = verify(request, body)
    except Refused as refused:
        log.info("inbox: %s %s", refused.status, refused)
        answer = JsonResponse({"error": str(refused)}, status=refused.status)
        if refused.status == 503:
            answer["Retry-After"] = "60"
        return answer
    if proven is not None:
        store(proven)
    return HttpResponse(status=202)


def read_body(request: HttpRequest) -> bytes:
    """Step 1: the body of a small enough post of the right kind."""
    if request.content_type not in CONTENT_TYPES:
        raise Refused(415, "Post activities as application/activity+json.")
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > activities.MAX_BYTES:
        raise Refused(413, "An activity is at most 256 kB.")
    body = request.read(activities.MAX_BYTES + 1)
    if len(body) > activities.MAX_BYTES:
        raise Refused(413, "An activity is at most 256 kB.")
    return bytes(body)


def verify(request: HttpRequest, body: bytes) -> Proven | None:
    """Steps 2 to 7: the activity as its sender may mean it with what proves it, or None when it can be dropped."""
    try:
        document = activities.read(body)
        actor = activities.check_origin(document)
        standing = hosts.standing(actor.host)
        if standing.refusal is not None:
            raise Refused(403, standing.refusal)
        document = activities.apply_object_rules(document)
        presented = signatures.read(request.method or "", request.get_full_path(), request.headers, body)
    except activities.Malformed as error:
        raise Refused(400, str(error)) from error
    except (activities.Forged, signatures.SignatureRefused) as error:
        raise Refused(401, str(error)) from error
    found = prove(document, presented)
    return Proven(document, found, actor.host, standing) if found is not None else None


def prove(document: dict[str, Any], presented: signatures.Presented) -> Found | None:
    """Step 7: the actor's own key that made the signature, or None for the farewell of someone never met."""
    actor = document["actor"]
    found = remote_keys.known(presented.key_id)
    if found is None:
        if document["type"] == "Delete" and document["object"] == actor:
            return None
        found = _fetch(presented.key_id, actor, fresh=False)
        return _must_match(found, presented, actor)
    if found.owner == actor and signatures.matches(presented, found.pem):
        return found
    if found.owner == actor and remote_keys.may_ask_again(presented.key_id):
        found = _fetch(presented.key_id, actor, fresh=True)
    return _must_match(found, presented, actor)


def _must_match(found: Found, presented: signatures.Presented, actor: str) -> Found:
    if found.owner != actor:
        raise Refused(401, "The key is of another actor.")
    if not signatures.matches(presented, found.pem):
        raise Refused(401, "The signature is not true.")
    return found


def _fetch(key_id: str, actor: str, *, fresh: bool) -> Found:
    try:
        return remote_keys.fetch(key_id, actor_uri=actor, fresh=fresh)
    except remote_keys.TooBusy as error:
        raise Refused(503, "Too many new senders at once.") from error
    except (remote_keys.KeyRefused, fetching.FetchError) as error:
        raise Refused(401, f"The key could not be had: {error}") from error


def store(proven: Proven) -> None:
    """Step 8: keep the activity and who sent it in one short transaction, and wake the worker; once per activity."""
    document = proven.document
    try:
        with transaction.atomic():
            InboxActivity.objects.create(
                actor_uri=document["actor"], uri=document["id"], type=document["type"], raw=document
            )
            remote_keys.store(proven.key)
            hosts.heard_from(proven.host, proven.standing)
            inbox.wake()
    except IntegrityError:
        log.info("inbox: %s came again", document["id"])
