"""Collections of our actors: what they published, who follows them; a constant number of queries per page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core.contract import Mapping, PublicObject, SubjectRef
from core.registry import registry
from plugins.federation.domain import actors, documents, outbound
from plugins.federation.domain.actors import LocalActor
from plugins.federation.models import PeerLink, SharedObject

PAGE = 20


class Page(NamedTuple):
    """Items of a page, and the id before which the next one starts (None on the last)."""

    items: list[Any]
    before: int | None


def shared_by(actor: LocalActor) -> QuerySet[SharedObject]:
    """What an actor published and has not withdrawn; of the instance, everything published here."""
    rows = SharedObject.objects.filter(withdrawn_at=None)
    return rows if actor.kind == actors.INSTANCE else rows.filter(actor_uri=actor.uri)


def followers_of(actor: LocalActor) -> QuerySet[PeerLink]:
    """Who follows an actor, admitted."""
    return PeerLink.objects.incoming().accepted().filter(local_uri=actor.uri)


def outbox(actor: LocalActor, before: int | None) -> Page:
    """One page of activities, newest first. The instance announces what its organisations and people created."""
    rows = shared_by(actor).order_by("-id")
    shown = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    publics = described(row.ref for row in shown[:PAGE])
    ids = documents.uris(
        ref for _m, public in publics.values() for ref in (public.in_reply_to, public.context)
    )
    items = []
    for row in shown[:PAGE]:
        if row.ref in publics:
            mapping, public = publics[row.ref]
            what = documents.of_object(mapping, public, actor_uri=row.actor_uri, ids=ids)
            items.append(_activity(actor, row, public, what))
    return Page(items, shown[PAGE - 1].pk if len(shown) > PAGE else None)


def _activity(
    actor: LocalActor, row: SharedObject, public: PublicObject, what: dict[str, Any]
) -> dict[str, Any]:
    create = documents.of_activity(
        "Create",
        actors.activity_uri(row.create_uid),
        actor_uri=row.actor_uri,
        target=what,
        at=public.updated or public.published,
    )
    return create if row.actor_uri == actor.uri else outbound.boost(row, create, public.published)


def described(refs: Iterable[SubjectRef]) -> dict[SubjectRef, tuple[Mapping, PublicObject]]:
    """Public views of subjects with their mappings; the mapping's own query where it gives one, else one per type."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        wanted[ref.type].append(ref.key)
    found = {}
    for type_, keys in wanted.items():
        mapping, subject = outbound.mapping_of(type_), registry.subject(type_)
        if mapping is None or subject is None:
            continue
        rows: Iterable[Any] = (
            mapping.public().filter(**{f"{subject.key}__in": keys})
            if mapping.public is not None
            else registry.resolve([SubjectRef(type_, key) for key in keys]).values()
        )
        for row in rows:
            public = outbound.describe(mapping, row)
            if public is not None:
                found[public.subject] = (mapping, public)
    return found


def followers(actor: LocalActor, before: int | None) -> Page:
    """One page of followers: other instances by their id; single readers are counted, not listed."""
    rows = followers_of(actor).filter(is_instance=True).order_by("-id")
    return _links(rows, before)


def following(before: int | None) -> Page:
    """One page of the instances that ours follows."""
    rows = PeerLink.objects.outgoing().accepted().order_by("-id")
    return _links(rows, before)


def _links(rows: QuerySet[PeerLink], before: int | None) -> Page:
    rows = rows.select_related("actor__reference")
    shown = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    return Page([link.actor.uri for link in shown[:PAGE]], shown[PAGE - 1].pk if len(shown) > PAGE else None)
