"""Taking in and taking away objects of other instances, through the mappings of the plug-ins.

Taken in is what comes from a host we follow, what answers a subject of ours, and answers by others to what we
received, when the instance they answer passes them on. Never: what is ours, blocked, or not public.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.contract import Mapping, RemoteObject, SubjectRef
from core.registry import registry
from plugins.federation.domain import actors, hosts, outbound, peers, remote
from plugins.federation.models import ReceivedObject


class Ignored(Exception):
    """Nothing for us: final, no trace but the row of the activity."""


class Refused(Exception):
    """The sender may not do this: final."""


def is_wanted(document: dict[str, Any], *, via: str) -> bool:
    """Whether an object may come in, from what it says and who passes it on; before anything is fetched for it."""
    uri = remote.first_id(document)
    if not uri or actors.is_ours(uri) or hosts.is_blocked(uri) or not remote.is_public(document):
        return False
    if remote.kind_of(document) not in {
        mapping.object_type for mapping in registry.mappings() if mapping.accepts
    }:
        return False
    if ReceivedObject.objects.filter(uri=uri).exists() or peers.follows_host(remote.host(uri)):
        return True
    answered = remote.first_id(document.get("inReplyTo"))
    if not answered or remote.resolve(answered) is None:
        return False
    return actors.is_ours(answered) or (via != "" and peers.follows_host(remote.host(via)))


def take(
    document: dict[str, Any], *, via: str, at: datetime | None, activity: dict[str, Any] | None
) -> SubjectRef | None:
    """Store or update an object of another instance; raises Ignored when it is not for us.

    ``at`` is when its origin said so: what is older than what we hold changes nothing. ``activity`` (the ids of what
    was received, or None) is passed on to our followers when the object answers something of ours.
    """
    if not is_wanted(document, via=via):
        raise Ignored("not public, not wanted, or ours")
    try:
        found = remote.read(document)
    except remote.NotReadable as error:
        raise Ignored(str(error)) from error
    said = at or found.updated or found.published
    received = ReceivedObject.objects.select_for_update().filter(uri=found.uri).first()
    if received is not None and received.author_uri != found.author_uri:
        raise Refused("the object is someone else's")
    if received is not None and said < received.version:
        raise Ignored("older than what is known")
    mapping = taker(found)
    ref = mapping.receive(found) if mapping is not None and mapping.receive is not None else None
    if ref is None:
        raise Ignored("no part of this instance takes it")
    made = received is None or received.removed_at is not None
    ours = answers_ours(found)
    _note(found, ref, said, relayed=ours)
    if activity is not None and ours:
        outbound.relay(ref, activity=activity if made else activity | {"type": "Update"})
    return ref


def taker(found: RemoteObject) -> Mapping | None:
    """The mapping that takes a remote object."""
    for mapping in registry.mappings():
        if mapping.accepts is not None and mapping.receive is not None and mapping.accepts(found):
            return mapping
    return None


def answers_ours(found: RemoteObject) -> bool:
    """Whether an object is part of a discussion that stands here first."""
    root = found.context or found.in_reply_to
    if root is None:
        return False
    return not ReceivedObject.objects.filter(subject_type=root.type, subject_key=root.key).exists()


def _note(found: RemoteObject, ref: SubjectRef, said: datetime, *, relayed: bool) -> None:
    ReceivedObject.objects.update_or_create(
        uri=found.uri,
        defaults={
            "host": remote.host(found.uri),
            "author_uri": found.author_uri,
            "object_type": found.type,
            "subject_type": ref.type,
            "subject_key": ref.key,
            "version": said,
            "removed_at": None,
            "relayed": relayed,
        },
    )


def remove(received: ReceivedObject, *, at: datetime | None, relay: bool) -> None:
    """Withdraw what was received, as its origin did; a later Create of an older state does not bring it back."""
    if received.removed_at is not None:
        return
    said = at or timezone.now()
    if said < received.version:
        raise Ignored("older than what is known")
    received.removed_at, received.version = timezone.now(), said
    received.save(update_fields=["removed_at", "version"])
    mapping = outbound.mapping_of(received.subject_type)
    if mapping is None or mapping.remove is None:
        return
    mapping.remove(received.ref, received.author_uri)
    if relay and received.relayed:
        gone = {"id": received.uri, "type": "Delete", "actor": received.author_uri, "object": received.uri}
        outbound.relay(received.ref, activity=gone)
