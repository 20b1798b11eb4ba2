"""From a public object or an actor of ours to the JSON that other servers read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html

from core.conf import absolute
from core.contract import Mapping, PublicObject, SubjectRef
from core.text import plain
from plugins.federation.domain import actors, keys, proposals
from plugins.federation.domain.actors import LocalActor
from plugins.federation.models import ReceivedObject

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
PUBLIC = f"{ACTIVITYSTREAMS}#Public"
NAMESPACE = "https://tiwizi.example/ns#"
PROFILE = f'application/ld+json; profile="{ACTIVITYSTREAMS}"'
TERMS: dict[str, Any] = {
    "tw": NAMESPACE,
    "stage": "tw:stage",
    "territory": "tw:territory",
    "themes": {"@id": "tw:themes", "@container": "@set"},
    "place": {"@id": "tw:place", "@container": "@language"},
    "links": {"@id": "tw:links", "@type": "@json"},
    "number": "tw:number",
    "goal": {"@id": "tw:goalAmount", "@type": "@json"},
    "raised": {"@id": "tw:raisedAmount", "@type": "@json"},
    "needed": {"@id": "tw:neededAmount", "@type": "@json"},
    "backers": "tw:backersCount",
    "state": "tw:state",
    "kind": "tw:kind",
    "remote": "tw:remote",
    "starts": "tw:starts",
    "ends": "tw:ends",
    "hours": "tw:hours",
    "people": "tw:people",
    "skills": {"@id": "tw:skills", "@type": "@id", "@container": "@set"},
}
"""Our own words, documented in docs/FEDERATION.md and served at ``/ns``."""
NOT_EXTRA = {"proposal"}
"""Extra facts that are documents of their own rather than terms of the object."""
RESERVED = {
    "@context", "id", "type", "attributedTo", "to", "cc", "bto", "bcc", "audience", "published", "updated", "url",
    "name", "nameMap", "summary", "summaryMap", "content", "contentMap", "tag", "context", "inReplyTo", "preview",
    "actor", "object", "signature", "proof",
}  # fmt: skip
"""Names that facts of a plug-in cannot take."""


def stamp(moment: datetime) -> str:
    """A moment as ActivityStreams writes it: UTC, whole seconds would lose the order of quick edits."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def terms(names: Iterable[str]) -> dict[str, Any]:
    """The inline context for these facts: each document can be read without fetching anything of ours."""
    return {"Hashtag": "as:Hashtag", "tw": NAMESPACE} | {
        name: TERMS.get(name, f"tw:{name}") for name in names
    }


def uris(refs: Iterable[SubjectRef | None]) -> dict[SubjectRef, str]:
    """Ids of subjects: the origin's for those received, ours for the others; one query."""
    wanted = {ref for ref in refs if ref is not None}
    if not wanted:
        return {}
    found = {ref: actors.object_uri(ref) for ref in wanted}
    rows = ReceivedObject.objects.filter(subject_key__in={ref.key for ref in wanted})
    found.update({row.ref: row.uri for row in rows if row.ref in wanted})
    return found


def of_object(
    mapping: Mapping, public: PublicObject, *, actor_uri: str, ids: dict[SubjectRef, str]
) -> dict[str, Any]:
    """The document of a public object, published by one of our actors; ``ids`` as :func:`uris` gives them."""
    document: dict[str, Any] = {
        "@context": [ACTIVITYSTREAMS, terms(public.extra.keys() - NOT_EXTRA)],
        "id": actors.object_uri(public.subject),
        "type": mapping.object_type,
        "attributedTo": actor_uri,
        **audience(actor_uri),
        "published": stamp(public.published),
        "url": absolute(public.url),
        **texts(mapping.object_type, public),
    }
    if public.updated is not None:
        document["updated"] = stamp(public.updated)
    if public.in_reply_to is not None:
        document["inReplyTo"] = ids[public.in_reply_to]
    if public.context is not None:
        document["context"] = ids[public.context]
    document |= {name: value for name, value in public.extra.items() if name not in RESERVED | NOT_EXTRA}
    tags = [*hashtags(public), *proposals.tags(document["id"], public)]
    if tags:
        document["tag"] = tags
    return document


def audience(actor_uri: str) -> dict[str, Any]:
    """Everyone, then the followers of the author and of the instance."""
    followers = dict.fromkeys([f"{actor_uri}/followers", actors.instance_actor().followers])
    return {"to": [PUBLIC], "cc": list(followers)}


def texts(object_type: str, public: PublicObject) -> dict[str, Any]:
    """Texts in the object's first language and in all of them.

    A Note carries neither name nor summary (elsewhere they become a content warning): its title stands in the content.
    """
    in_note = object_type == "Note"
    contents = {
        code: (format_html("<p><strong>{}</strong></p>", text.title) if in_note and text.title else "")
        + text.content
        for code, text in public.texts.items()
    }
    found = _language_map("content", contents, public.language, always=True)
    if not in_note:
        names = {code: text.title for code, text in public.texts.items()}
        summaries = {code: text.summary for code, text in public.texts.items()}
        found |= _language_map("name", names, public.language) | _language_map(
            "summary", summaries, public.language
        )
        if found.get("summary"):
            found["preview"] = {"type": "Note", "content": f"<p>{format_html('{}', found['summary'])}</p>"}
    return found


def _language_map(
    name: str, values: dict[str, str], language: str, *, always: bool = False
) -> dict[str, Any]:
    """``name`` in one language and ``nameMap`` in all; the map holds the single value too, or its language is lost."""
    values = {code: str(value) for code, value in values.items() if value}
    if not values:
        return {name: ""} if always else {}
    return {name: values.get(language) or next(iter(values.values())), f"{name}Map": values}


def hashtags(public: PublicObject) -> list[dict[str, str]]:
    """A hashtag per theme."""
    with translation.override(public.language):
        listing = absolute(reverse("projects"))
    return [
        {
            "type": "Hashtag",
            "name": f"#{slug.replace('-', '')}",
            "href": f"{listing}?{urlencode({'theme': slug})}",
        }
        for slug in public.extra.get("themes", [])
    ]


def of_tombstone(uri: str, *, former_type: str, deleted: datetime) -> dict[str, Any]:
    """What stands where a withdrawn object stood."""
    return {
        "@context": ACTIVITYSTREAMS,
        "id": uri,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": stamp(deleted),
    }


def of_activity(
    kind: str,
    uri: str,
    *,
    actor_uri: str,
    target: dict[str, Any] | str,
    at: datetime,
    to: list[str] | None = None,
) -> dict[str, Any]:
    """An activity on an object; it takes over the object's audience, or goes ``to`` whom it concerns."""
    context: Any = ACTIVITYSTREAMS
    reach = audience(actor_uri) if to is None else {"to": to}
    if isinstance(target, dict):
        target = dict(target)
        context = target.pop("@context", ACTIVITYSTREAMS)
        reach = {"to": target["to"], "cc": target["cc"]} if to is None and "to" in target else reach
    return {
        "@context": context,
        "id": uri,
        "type": kind,
        "actor": actor_uri,
        "published": stamp(at),
        **reach,
        "object": target,
    }


def of_actor(actor: LocalActor) -> dict[str, Any]:
    """The document of one of our actors, with its public key."""
    key = keys.ensure(actor.uri)
    names, summaries = actor.names, actor.summaries
    document: dict[str, Any] = {
        "@context": [
            ACTIVITYSTREAMS,
            SECURITY,
            {"manuallyApprovesFollowers": "as:manuallyApprovesFollowers", "discoverable": "toot:discoverable"}
            | {"toot": "http://joinmastodon.org/ns#"},
        ],
        "id": actor.uri,
        "type": actor.type,
        "preferredUsername": actor.handle,
        "name": names.get("fr") or next(iter(names.values())),
        "nameMap": names,
        "url": actor.url,
        "inbox": f"{actor.uri}/inbox",
        "outbox": f"{actor.uri}/outbox",
        "followers": actor.followers,
        "manuallyApprovesFollowers": actor.kind == actors.INSTANCE,
        "discoverable": True,
        "endpoints": {"sharedInbox": actors.shared_inbox()},
        "publicKey": {"id": key.key_id, "owner": actor.uri, "publicKeyPem": key.pem},
    }
    if actor.kind == actors.INSTANCE:
        document["following"] = f"{actor.uri}/following"
    if summaries:
        washed = {code: plain(text) for code, text in summaries.items()}
        document |= _language_map("summary", washed, "fr")
    return document


def of_collection(uri: str, total: int) -> dict[str, Any]:
    """An ordered collection that is read by its pages."""
    return {
        "@context": ACTIVITYSTREAMS,
        "id": uri,
        "type": "OrderedCollection",
        "totalItems": total,
        "first": f"{uri}?page=1",
    }


def of_page(uri: str, items: list[Any], *, query: str, following: str | None) -> dict[str, Any]:
    """One page of a collection; ``following`` is the query of the next one, None on the last."""
    page: dict[str, Any] = {
        "@context": ACTIVITYSTREAMS,
        "id": f"{uri}?{query}",
        "type": "OrderedCollectionPage",
        "partOf": uri,
        "orderedItems": items,
    }
    if following is not None:
        page["next"] = f"{uri}?{following}"
    return page
