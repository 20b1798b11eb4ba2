"""Remote actors and objects: from the JSON of another instance to the toolkit's rows and to :class:`RemoteObject`.

``remember(document)`` writes an actor document that was read at its own id; ``known(uri)`` reads it back without
network; ``actor(uri)`` fetches it when it is unknown. The toolkit's own loader (a graph per document, about
10 kB of rows and 100 ms each) is not used: the few fields we read are copied from the plain JSON.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from activitypub.core.models import Domain, EndpointContext, Reference
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.contract import RemoteObject, SubjectRef, Text
from core.registry import registry
from core.text import clean, plain
from plugins.federation.domain import actors
from plugins.federation.domain.documents import PUBLIC, RESERVED
from plugins.federation.domain.fetching import fetch_object
from plugins.federation.models import PeerLink, ReceivedObject, RemoteActor

ACTOR_TYPES = {"Person", "Group", "Service", "Organization", "Application"}
NAMESPACE = "https://www.w3.org/ns/activitystreams#"
FRESH = timedelta(days=1)
LANGUAGES = 10
NO_LANGUAGE = "und"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_FACT = re.compile(r"(?:tw:)?([A-Za-z][A-Za-z0-9_]{0,39})")


class NotReadable(ValueError):
    """The document lacks what an actor or an object must have."""


def origin(uri: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def host(uri: str) -> str:
    """Host and port of an address, as in the rows of Host."""
    return urlsplit(uri).netloc.lower()


def first_id(value: Any) -> str:
    """The address in a value that may be a string, an object with an id, or a list of these."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("id", "")
    return value if isinstance(value, str) and len(value) <= 500 else ""


def ids(value: Any) -> list[str]:
    """All addresses in such a value."""
    values = value if isinstance(value, list) else [value]
    return [uri for uri in (first_id(item) for item in values) if uri]


def kind_of(document: dict[str, Any]) -> str:
    """The one type of a document; empty for several, which other servers cannot show either."""
    kind = document.get("type")
    return kind if isinstance(kind, str) else ""


def known(uri: str) -> RemoteActor | None:
    """A remote actor we hold; one query."""
    return (
        RemoteActor.objects.filter(reference__uri=uri)
        .select_related("reference", "inbox", "endpoints")
        .first()
    )


def actor(uri: str, *, fresh: bool = False) -> RemoteActor:
    """A remote actor, fetched when it is unknown (or with ``fresh``); raises FetchError or NotReadable."""
    found = known(uri)
    if found is not None and not fresh:
        return found
    return remember(fetch_object(uri, signed_as=actors.instance_uri(), fresh=fresh))


@transaction.atomic
def remember(document: dict[str, Any]) -> RemoteActor:
    """Write an actor document that was read at its own id; raises NotReadable."""
    uri, kind = first_id(document), kind_of(document)
    inbox = first_id(document.get("inbox"))
    if kind not in ACTOR_TYPES or not uri or actors.is_ours(uri):
        raise NotReadable(f"{uri or 'the document'} is not an actor")
    if not inbox or origin(inbox) != origin(uri):
        raise NotReadable(f"the inbox of {uri} is not at its own origin")
    reference = reference_of(uri)
    endpoints = document.get("endpoints")
    shared = first_id(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else ""
    fields: dict[str, Any] = {
        "type": NAMESPACE + kind,
        "name": plain(_string(document.get("name")))[:160],
        "summary": plain(_string(document.get("summary")))[:500],
        "preferred_username": _string(document.get("preferredUsername"))[:100],
        "url": _page(document, uri),
        "manually_approves_followers": document.get("manuallyApprovesFollowers") is True,
        "inbox": reference_of(inbox),
    }
    for name in ("outbox", "followers"):
        address = first_id(document.get(name))
        fields[name] = reference_of(address) if address and origin(address) == origin(uri) else None
    if shared and origin(shared) == origin(uri):
        fields["endpoints"] = reference_of(f"{uri}#endpoints")
        EndpointContext.objects.update_or_create(
            reference=fields["endpoints"], defaults={"shared_inbox": shared}
        )
    # Not update_or_create: the toolkit's manager joins outer tables, which PostgreSQL cannot lock.
    found = RemoteActor.objects.filter(reference=reference).first() or RemoteActor(reference=reference)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    PeerLink.objects.filter(actor=found).update(inbox=inbox_of(found), name=found.title[:160])
    return found


def inbox_of(found: RemoteActor) -> str:
    """Where to send to an actor: the inbox it shares with others of its host, else its own."""
    if found.endpoints_id:
        endpoint = EndpointContext.objects.filter(reference_id=found.endpoints_id).first()
        if endpoint is not None and endpoint.shared_inbox:
            return str(endpoint.shared_inbox)
    return str(found.inbox.uri) if found.inbox else ""


def reference_of(uri: str) -> Reference:
    """The toolkit's reference of an address, with its domain."""
    found = Reference.objects.filter(uri=uri).first()
    if found is not None:
        return found
    domain = Domain.make(uri, local=actors.is_ours(uri))
    return Reference.objects.create(uri=uri, domain=domain, status=Reference.STATUS.resolved)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _page(document: dict[str, Any], uri: str) -> str:
    """The page people read: an http address at the origin of the id, else the id itself."""
    candidates = document.get("url")
    for value in candidates if isinstance(candidates, list) else [candidates]:
        address = value.get("href") if isinstance(value, dict) else value
        if isinstance(address, str) and len(address) <= 500 and origin(address) == origin(uri):
            return address
    return uri


def languages(document: dict[str, Any], name: str, language: str) -> dict[str, str]:
    """``{language: text}`` of a property: its map where there is one, else the single value under ``language``."""
    values = document.get(f"{name}Map")
    found: dict[str, str] = {}
    if isinstance(values, dict):
        for code, text in list(values.items())[:LANGUAGES]:
            if isinstance(text, str) and text and isinstance(code, str) and _LANGUAGE.fullmatch(code):
                found.setdefault(code.split("-")[0].lower(), text)
    single = document.get(name)
    if not found and isinstance(single, str) and single:
        found[language] = single
    return found


def main_language(document: dict[str, Any]) -> str:
    """The language of the single values: the one whose map holds an equal text."""
    for name in ("content", "name", "summary"):
        values = document.get(f"{name}Map")
        if isinstance(values, dict):
            for code, text in values.items():
                if (
                    text
                    and text == document.get(name)
                    and isinstance(code, str)
                    and _LANGUAGE.fullmatch(code)
                ):
                    return code.split("-")[0].lower()
    return NO_LANGUAGE


def texts(document: dict[str, Any]) -> tuple[dict[str, Text], str]:
    """Washed texts by language and the main language; a map is kept whole, never one language of it."""
    language = main_language(document)
    names = languages(document, "name", language)
    summaries = languages(document, "summary", language)
    contents = languages(document, "content", language)
    codes = list(dict.fromkeys([*contents, *names, *summaries]))
    found = {
        code: Text(
            plain(names.get(code, ""))[:300],
            plain(summaries.get(code, ""))[:500],
            str(clean(contents.get(code, ""))),
        )
        for code in codes
    }
    if language not in found and found:
        language = next(iter(found))
    return found, language


def moment(value: Any) -> datetime | None:
    """A moment with a time zone, never from the future; None for anything else."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or timezone.is_naive(found):
        return None
    return min(found, timezone.now())


def is_public(document: dict[str, Any]) -> bool:
    """Whether an object is addressed to everyone."""
    reach = [*ids(document.get("to")), *ids(document.get("cc"))]
    return any(uri in (PUBLIC, "as:Public", "Public") for uri in reach)


def resolve(uri: str) -> SubjectRef | None:
    """The subject we hold under an address: one of ours that stands, or one received and not removed."""
    ref = actors.ref_of(uri)
    if ref is not None:
        found = registry.resolve([ref]).get(ref)
        return ref if found is not None and found.is_public else None
    if actors.is_ours(uri) or not uri:
        return None
    received = ReceivedObject.objects.filter(uri=uri, removed_at=None).first()
    return received.ref if received is not None else None


def name_of(uri: str) -> str:
    """What the instance an address belongs to calls itself, else its host."""
    peer = PeerLink.objects.filter(host=host(uri), is_instance=True).order_by("direction", "id").last()
    return peer.name if peer is not None else host(uri)


def read(document: dict[str, Any]) -> RemoteObject:
    """A verified object as the mappings take it; raises NotReadable, or FetchError for its unknown author."""
    uri, kind = first_id(document), kind_of(document)
    author_uri = first_id(document.get("attributedTo"))
    if not uri or not kind or origin(author_uri) != origin(uri):
        raise NotReadable(f"{uri or 'the object'} lacks an author at its own origin")
    found, language = texts(document)
    facts = {
        match[1]: value
        for name, value in document.items()
        if name not in RESERVED and (match := _FACT.fullmatch(name)) is not None
    }
    return RemoteObject(
        uri=uri,
        type=kind,
        url=_page(document, uri),
        origin=origin(uri),
        origin_name=name_of(uri),
        author_uri=author_uri,
        author_name=actor(author_uri).title,
        texts=found,
        language=language,
        published=moment(document.get("published")) or timezone.now(),
        updated=moment(document.get("updated")),
        in_reply_to=resolve(first_id(document.get("inReplyTo"))),
        context=resolve(first_id(document.get("context"))),
        extra=facts,
    )
