"""Another instance as its documents: actors, articles, notes, and the activities they come in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.models import Person
from plugins.federation.domain import actors, outbound, peers, processing, remote
from plugins.federation.domain.documents import PUBLIC, stamp
from plugins.federation.models import InboxActivity, Outgoing, PeerLink, RemoteActor
from tests.factories import PersonFactory

THERE = "https://argenteuil.example"
ELSEWHERE = "https://lyon.example"
_number = iter(range(1, 10**9))


def actor_document(uri: str = f"{THERE}/ap/instance", **fields: Any) -> dict[str, Any]:
    """The document of a remote actor."""
    host = remote.origin(uri)
    return {
        "id": uri,
        "type": "Application",
        "preferredUsername": uri.rsplit("/", 1)[1],
        "name": "Tiwizi Argenteuil",
        "summary": "<p>Vingt-cinq associations</p>",
        "url": f"{host}/fr/",
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "endpoints": {"sharedInbox": f"{host}/ap/inbox"},
        **fields,
    }


def remote_actor(uri: str = f"{THERE}/ap/instance", **fields: Any) -> RemoteActor:
    """A remote actor that is known here."""
    return remote.remember(actor_document(uri, **fields))


def person_there(name: str = "Mbarka", *, host: str = THERE) -> RemoteActor:
    """Somebody of another instance."""
    return remote_actor(f"{host}/ap/person/{name.lower()}", type="Person", name=name)


def follower(actor: RemoteActor | None = None, *, of: str = "", by: Person | None = None) -> PeerLink:
    """A link of someone who follows us, admitted."""
    actor = actor or remote_actor()
    link = peers.asked(
        actor, followed=of or actors.instance_uri(), activity=f"{actor.uri}/follow/{next(_number)}"
    )
    if link.state == PeerLink.State.ASKED:
        link = peers.admit(link, by=by or PersonFactory(is_animator=True))
    Outgoing.objects.all().delete()
    return link


def followed(actor: RemoteActor | None = None) -> PeerLink:
    """A link of someone we follow, accepted."""
    actor = actor or remote_actor()
    link = peers.ask(actor, by=PersonFactory(is_animator=True))
    with transaction.atomic():
        assert peers.answered(actor.uri, link.request.activity.uri, accepted=True)
    Outgoing.objects.all().delete()
    link.refresh_from_db()
    return link


def article(number: int = 1, *, host: str = THERE, **fields: Any) -> dict[str, Any]:
    """A project of another instance."""
    author = f"{host}/ap/instance"
    return {
        "id": f"{host}/ap/object/core.project/p{number}",
        "type": "Article",
        "attributedTo": author,
        "to": [PUBLIC],
        "cc": [f"{author}/followers"],
        "published": stamp(timezone.now() - timedelta(hours=1)),
        "url": f"{host}/fr/projects/p{number}/",
        "name": f"Eau {number}",
        "nameMap": {"fr": f"Eau {number}", "ar": f"ماء {number}"},
        "summaryMap": {"fr": "Un réseau", "ar": "شبكة"},
        "content": "<p>Le récit</p>",
        "contentMap": {"fr": "<p>Le récit</p>", "ar": "<p>الحكاية</p>"},
        "stage": "seeking",
        "links": {
            "read": {"fr": f"{host}/fr/projects/p{number}/"},
            "give": {"fr": f"{host}/fr/projects/p{number}/#give"},
        },
        **fields,
    }


def note(text: str = "Bonjour", *, to: str, by: RemoteActor, **fields: Any) -> dict[str, Any]:
    """A message of another instance that answers something."""
    number = next(_number)
    host = remote.origin(by.uri)
    return {
        "id": f"{host}/ap/object/forum.post/n{number}",
        "type": "Note",
        "attributedTo": by.uri,
        "to": [PUBLIC],
        "published": stamp(timezone.now()),
        "url": f"{host}/fr/forum/n{number}/",
        "content": f"<p>{text}</p>",
        "contentMap": {"fr": f"<p>{text}</p>"},
        "inReplyTo": to,
        **fields,
    }


def activity(kind: str, thing: Any, *, actor: str = "", at: Any = None, **fields: Any) -> InboxActivity:
    """A verified activity as the gate stores it."""
    actor = actor or (thing.get("attributedTo") if isinstance(thing, dict) else "") or f"{THERE}/ap/instance"
    uri = f"{remote.origin(actor)}/ap/activity/{next(_number)}"
    raw = {
        "id": uri,
        "type": kind,
        "actor": actor,
        "published": stamp(at or timezone.now()),
        "object": thing,
        **fields,
    }
    return InboxActivity.objects.create(actor_uri=actor, uri=uri, type=kind, raw=raw)


def receive(kind: str, thing: Any, **fields: Any) -> InboxActivity:
    """Take a verified activity through preparing and processing; raises what they raise."""
    row = activity(kind, thing, **fields)
    processing.prepare(row)
    with transaction.atomic():
        processing.process(row)
    return row


def ask_us(uri: str = f"{THERE}/ap/instance") -> PeerLink:
    """Another instance's Follow arrives."""
    receive("Follow", actors.instance_uri(), actor=uri)
    return PeerLink.objects.get(direction=PeerLink.Direction.IN, actor__reference__uri=uri)


def sent() -> list[tuple[dict[str, Any], list[str]]]:
    """Activities handed to the deliveries since the start, each with its inboxes."""
    return [
        (json.loads(bytes(row.body)), sorted(row.deliveries.values_list("inbox", flat=True)))
        for row in Outgoing.objects.order_by("pk")
    ]


def share_all() -> list[tuple[dict[str, Any], list[str]]]:
    """Work through all events and give what was sent by that."""
    before = Outgoing.objects.count()
    while outbound.share_due():
        continue
    return sent()[before:]
