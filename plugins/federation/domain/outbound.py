"""What leaves: journal entries become events, events become activities, activities become deliveries.

An event is a row written in the transaction of the journal entry. The worker works each one through in one
transaction of its own: what the subject is *now* decides between Create, Update and Delete, so that a late or
repeated event says nothing wrong; killed at any moment, it is done wholly or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from core.contract import Mapping, PublicObject, SubjectRef
from core.domain import wakes
from core.models import JournalEntry
from core.models.subjects import SubjectModel
from core.registry import registry
from plugins.federation.domain import actors, documents, remote
from plugins.federation.domain.deliveries import deliver
from plugins.federation.models import OutboundEvent, PeerLink, ReceivedObject, SharedObject

logger = logging.getLogger(__name__)
Kind = OutboundEvent.Kind
RETRY = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
"""Waits after an event failed on our side (a plug-in's ``describe`` raised); then a human is asked."""


def mapping_of(subject_type: str) -> Mapping | None:
    """How a type of subject travels, or None when it does not."""
    return next((mapping for mapping in registry.mappings() if mapping.subject == subject_type), None)


def on_recorded(sender: Any, entry: JournalEntry, subject: SubjectModel, **kwargs: Any) -> None:
    """Reader of the journal: write an event when the verb travels; in the transaction of the change."""
    mapping = mapping_of(entry.subject_type)
    if mapping is None or entry.verb not in mapping.verbs:
        return
    OutboundEvent.objects.create(
        entry=entry,
        kind=mapping.verbs[entry.verb],
        subject_type=entry.subject_type,
        subject_key=entry.subject_key,
        made_at=entry.at,
    )
    wake()


def wake() -> None:
    """Tell a worker, once the transaction stands, that events wait."""
    from plugins.federation.chores import share_events

    wakes.wake(share_events)


def share_due(number: int = 50) -> int:
    """Work through events that are due, oldest first; gives how many were looked at."""
    events: list[Any] = list(OutboundEvent.objects.due().order_by("pk")[:number])
    for event in events:
        try:
            share(event)
        except Exception as error:
            logger.exception("The event %s could not be shared", event)
            event.refresh_from_db()
            event.attempts += 1
            event.save(update_fields=["attempts"])
            if event.attempts > len(RETRY):
                event.give_up(repr(error))
            else:
                event.postpone(RETRY[event.attempts - 1], repr(error))
    return len(events)


@transaction.atomic
def share(event: OutboundEvent) -> None:
    """Tell followers what an event says; once, whoever else is at it."""
    waiting = OutboundEvent.objects.filter(pk=event.pk, state=OutboundEvent.State.WAITING)
    if not waiting.update(state=OutboundEvent.State.DONE):
        return
    if event.kind == Kind.ANNOUNCE:
        _relay(event)
        return
    mapping = mapping_of(event.subject_type)
    if mapping is None:
        return
    shared = (
        SharedObject.objects.select_for_update()
        .filter(subject_type=event.subject_type, subject_key=event.subject_key)
        .first()
    )
    public = described(mapping, event.ref)
    if public is None:
        if shared is not None and shared.withdrawn_at is None:
            _withdraw(event, shared)
    elif shared is None or shared.withdrawn_at is not None:
        _create(event, mapping, public, shared)
    else:
        _send(event, Kind.UPDATE, shared, document(mapping, public, shared.actor_uri))


def described(mapping: Mapping, ref: SubjectRef) -> PublicObject | None:
    """The public view of a subject; None when it is gone, private, or not ours."""
    found = registry.resolve([ref]).get(ref)
    return describe(mapping, found) if found is not None else None


def describe(mapping: Mapping, found: Any) -> PublicObject | None:
    """The public view of an object, with the addresses of its own language: the same whoever asks."""
    language = getattr(found, "language", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return mapping.describe(found)


def document(mapping: Mapping, public: PublicObject, actor_uri: str) -> dict[str, Any]:
    """The document of one public object."""
    ids = documents.uris([public.in_reply_to, public.context])
    return documents.of_object(mapping, public, actor_uri=actor_uri, ids=ids)


def enrol(event: OutboundEvent, public: PublicObject, shared: SharedObject | None) -> SharedObject:
    """Remember that an object is out, who published it and whom it answers elsewhere."""
    if shared is None:
        shared = SharedObject(subject_type=public.subject.type, subject_key=public.subject.key)
        shared.actor_uri = actors.uri_of(public.author)
    shared.create_uid, shared.withdrawn_at = event.uid, None
    shared.reply_inbox = reply_inbox(public)
    shared.save()
    return shared


def reply_inbox(public: PublicObject) -> str:
    """The inbox of whom a reply answers, when that stands on another instance; of its context's author otherwise."""
    for ref in (public.in_reply_to, public.context):
        if ref is None:
            continue
        received = ReceivedObject.objects.filter(
            subject_type=ref.type, subject_key=ref.key, removed_at=None
        ).first()
        author = remote.known(received.author_uri) if received is not None else None
        if author is not None:
            return remote.inbox_of(author)
    return ""


def _create(
    event: OutboundEvent, mapping: Mapping, public: PublicObject, shared: SharedObject | None
) -> None:
    shared = enrol(event, public, shared)
    what = document(mapping, public, shared.actor_uri)
    _send(event, Kind.CREATE, shared, what)
    if shared.actor_uri != actors.instance_uri():
        _boost(shared, what["id"], event.made_at)


def _withdraw(event: OutboundEvent, shared: SharedObject) -> None:
    shared.withdrawn_at = timezone.now()
    shared.save(update_fields=["withdrawn_at"])
    _send(event, Kind.DELETE, shared, tombstone(mapping_of(shared.subject_type), shared))


def _send(event: OutboundEvent, kind: Kind, shared: SharedObject, what: dict[str, Any]) -> None:
    """Hand an activity to the deliveries: to the followers of its author and of the instance, and to whom it answers."""
    OutboundEvent.objects.filter(pk=event.pk).update(kind=kind)
    activity = documents.of_activity(
        kind, actors.activity_uri(event.uid), actor_uri=shared.actor_uri, target=what, at=event.made_at
    )
    inboxes = followers_inboxes({shared.actor_uri, actors.instance_uri()})
    if shared.reply_inbox:
        inboxes.append(shared.reply_inbox)
    deliver(activity, sender_uri=shared.actor_uri, inboxes=dict.fromkeys(inboxes))


def followers_inboxes(of: Iterable[str], *, instances: bool | None = None, but_host: str = "") -> list[str]:
    """The distinct inboxes of those who follow one of our actors; one query."""
    return list(inboxes_of(of, instances=instances, but_host=but_host))


def inboxes_of(
    of: Iterable[str], *, instances: bool | None = None, but_host: str = ""
) -> QuerySet[PeerLink, str]:
    """Where what our actors do is sent; ``instances`` keeps one sort of follower."""
    links = PeerLink.objects.incoming().accepted().filter(local_uri__in=of)
    if instances is not None:
        links = links.filter(is_instance=instances)
    if but_host:
        links = links.exclude(host=but_host)
    return links.order_by("inbox").values_list("inbox", flat=True).distinct()


def _boost(shared: SharedObject, object_id: str, at: datetime) -> None:
    """Readers of the social web who follow the instance see what others publish here as a boost of it."""
    inboxes = followers_inboxes([actors.instance_uri()], instances=False)
    if inboxes:
        deliver(boost(shared, object_id, at), sender_uri=actors.instance_uri(), inboxes=inboxes)


def boost(shared: SharedObject, target: dict[str, Any] | str, at: datetime) -> dict[str, Any]:
    """The instance announces what one of its organisations or people published."""
    instance = actors.instance_uri()
    uri = actors.activity_uri(f"{shared.create_uid}-boost")
    activity = documents.of_activity("Announce", uri, actor_uri=instance, target=target, at=at)
    return activity | documents.audience(instance)


def activity_of(event: OutboundEvent) -> dict[str, Any] | None:
    """The activity of an event as it reads now; None for one that said nothing."""
    uri = actors.activity_uri(event.uid)
    instance = actors.instance_uri()
    if event.kind == Kind.ANNOUNCE:
        return documents.of_activity(
            event.kind, uri, actor_uri=instance, target=event.relayed or {}, at=event.made_at
        )
    mapping = mapping_of(event.subject_type)
    rows = SharedObject.objects.filter(subject_type=event.subject_type, subject_key=event.subject_key)
    shared = rows.first()
    if mapping is None or shared is None:
        return None
    public = described(mapping, event.ref)
    if event.kind == Kind.DELETE or public is None:
        what = tombstone(mapping, shared)
    else:
        what = document(mapping, public, shared.actor_uri)
    return documents.of_activity(event.kind, uri, actor_uri=shared.actor_uri, target=what, at=event.made_at)


def tombstone(mapping: Mapping | None, shared: SharedObject) -> dict[str, Any]:
    """What stands where a withdrawn object stood."""
    return documents.of_tombstone(
        actors.object_uri(shared.ref),
        former_type=mapping.object_type if mapping is not None else "Object",
        deleted=shared.withdrawn_at or shared.shared_at,
    )


def relay(subject: SubjectRef, *, activity: dict[str, Any]) -> None:
    """Tell our followers of what someone elsewhere said in a discussion of ours (FEP-1b12); an event like any other.

    ``activity`` holds the ids ``id``, ``type``, ``actor``, ``object`` of what was received.
    """
    OutboundEvent.objects.create(
        kind=Kind.ANNOUNCE, subject_type=subject.type, subject_key=subject.key, relayed=activity
    )
    wake()


def _relay(event: OutboundEvent) -> None:
    inner = event.relayed or {}
    inboxes = followers_inboxes([actors.instance_uri()], but_host=remote.host(inner["actor"]))
    if not inboxes:
        return
    activity = documents.of_activity(
        Kind.ANNOUNCE,
        actors.activity_uri(event.uid),
        actor_uri=actors.instance_uri(),
        target=inner,
        at=event.made_at,
    )
    deliver(activity, sender_uri=actors.instance_uri(), inboxes=inboxes)


def catch_up() -> int:
    """Enrol what was public before federation was on, so that outboxes hold it; nothing is sent. Gives how many."""
    made = 0
    for mapping in registry.mappings():
        if mapping.public is None:
            continue
        known = set(
            SharedObject.objects.filter(subject_type=mapping.subject).values_list("subject_key", flat=True)
        )
        for row in mapping.public().iterator(chunk_size=200):
            public = describe(mapping, row) if row.subject_key not in known else None
            if public is not None:
                _enrol_quietly(public)
                made += 1
    return made


@transaction.atomic
def _enrol_quietly(public: PublicObject) -> None:
    event = OutboundEvent.objects.create(
        kind=Kind.CREATE,
        subject_type=public.subject.type,
        subject_key=public.subject.key,
        made_at=public.published,
        state=OutboundEvent.State.DONE,
    )
    enrol(event, public, None)
