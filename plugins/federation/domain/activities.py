"""What a posted document must look like to be an activity, and what its sender may not assert."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from plugins.federation.domain import addresses, contexts
from plugins.federation.domain.addresses import BadAddress
from plugins.federation.models import ReceivedObject

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
MAX_LIST = 100
MAX_MEMBERS = 80

TYPES = {
    "Accept", "Add", "Announce", "Block", "Create", "Delete", "Flag", "Follow", "Invite", "Join", "Leave", "Like",
    "Move", "Offer", "Reject", "Remove", "TentativeAccept", "Undo", "Update",
}  # fmt: skip
AUTHORED = {"Create", "Update", "Delete"}
"""Activities about an object of the sender's own."""
ACTOR_TYPES = {"Application", "Group", "Organization", "Person", "Service"}
KEY_MEMBERS = {"publicKey", "publicKeyPem", "assertionMethod"}
DROPPED = KEY_MEMBERS | {"signature", "proof", "bto", "bcc"}
"""Never read from an activity: keys are fetched, and embedded signatures prove nothing here."""


class Malformed(ValueError):
    """The document is no activity that anyone could mean."""


class Forged(ValueError):
    """The document speaks for someone or something that is not its sender's."""


def read(body: bytes) -> dict[str, Any]:
    """A JSON object with ``id``, ``actor`` and a supported ``type``, within limits; raises Malformed or Forged."""
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        if b"\\u" in body:  # lone surrogates and NUL are legal JSON that databases cannot keep
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON that can be read.") from error
    if not isinstance(document, dict):
        raise Malformed("The body is not a JSON object.")
    if not all(isinstance(document.get(name), str) for name in ("id", "actor", "type")):
        raise Malformed("An activity has one id, one actor and one type, each a text.")
    if document["type"] not in TYPES:
        raise Malformed(f"Nothing is done here with {document['type'][:30]!r}.")
    if not isinstance(document.get("object"), str | dict):
        raise Malformed("An activity has one object.")
    _check_size(document, 1)
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_size(value: Any, depth: int, *, in_context: bool = False) -> None:
    if depth > MAX_DEPTH:
        raise Malformed(f"Nested deeper than {MAX_DEPTH}.")
    if isinstance(value, dict):
        if len(value) > MAX_MEMBERS:
            raise Malformed(f"More than {MAX_MEMBERS} members.")
        for name, member in value.items():
            if not in_context:  # a context has words of its own (@container…): contexts.check reads those
                _check_member(name, member)
            if in_context or name != "@context":
                _check_size(member, depth + 1, in_context=in_context)
    elif isinstance(value, list):
        if len(value) > MAX_LIST:
            raise Malformed(f"A list of more than {MAX_LIST}.")
        for member in value:
            _check_size(member, depth + 1, in_context=in_context)
    elif isinstance(value, str) and "\x00" in value:
        raise Malformed("A text holds a NUL.")


def _check_member(name: str, member: Any) -> None:
    """Step 4: contexts that rename what we read, and JSON-LD's own words in place of the plain ones."""
    if name == "@context":
        _check_size([] if isinstance(member, str) else member, MAX_DEPTH - 6, in_context=True)
        try:
            contexts.check(member)
        except contexts.ContextRefused as error:
            raise Malformed(str(error)) from error
    elif name.startswith("@") and name not in {"@id", "@type", "@language", "@value", "@none"}:
        raise Malformed(f"{name} is not read here.")


def check_origin(document: dict[str, Any]) -> addresses.Address:
    """Step 5: id and actor are of one remote host, over https; gives the actor's address. Raises Forged or Malformed."""
    try:
        actor, own = addresses.parse(document["actor"]), addresses.parse(document["id"])
    except BadAddress as error:
        raise Malformed(str(error)) from error
    if addresses.is_ours(document["actor"]) or addresses.is_ours(document["id"]):
        raise Forged("That id or actor is of this instance.")
    if actor.origin != own.origin:
        raise Forged("The activity's id is on another host than its actor.")
    return actor


def apply_object_rules(document: dict[str, Any]) -> dict[str, Any]:
    """Step 6: the document with everything its sender may not assert reduced to ids; raises Forged or Malformed."""
    actor, kind, thing = document["actor"], document["type"], document["object"]
    if kind in AUTHORED:
        _check_authored(document)
    elif kind == "Undo" and isinstance(thing, dict) and thing.get("actor", actor) != actor:
        raise Forged("Only who did something can undo it.")
    reduced = {name: _reduce(value, actor) for name, value in document.items() if name not in DROPPED}
    if kind == "Announce" or is_actor(thing):
        reduced["object"] = id_of(thing)
    if not reduced["object"]:
        raise Malformed("The object has no id.")
    return reduced


def _check_authored(document: dict[str, Any]) -> None:
    actor, thing = document["actor"], document["object"]
    uri = id_of(thing)
    if not uri:
        raise Malformed("The object has no id.")
    if not addresses.same_origin(uri, actor):
        raise Forged("The object is on another host than its actor.")
    if uri != actor and is_actor(thing):
        raise Forged("An actor is changed by nobody but itself.")
    if (
        isinstance(thing, dict)
        and document["type"] != "Delete"
        and uri != actor
        and authors(thing) != {actor}
    ):
        raise Forged("The object is not attributed to its actor.")
    stored = ReceivedObject.objects.filter(uri=uri).values_list("author_uri", flat=True).first()
    if stored is not None and stored != actor:
        raise Forged("The object is someone else's.")


def authors(thing: dict[str, Any]) -> set[Any]:
    """Ids of whom an object is attributed to; anything unreadable stands as None."""
    stated = thing.get("attributedTo")
    return {id_of(entry) for entry in (stated if isinstance(stated, list) else [stated])}


def id_of(thing: Any) -> str | None:
    """The id of a value that is an id or an object."""
    found = thing.get("id") if isinstance(thing, dict) else thing
    return found if isinstance(found, str) and found else None


def is_actor(thing: Any) -> bool:
    """Whether a value claims to be an actor or to show a key."""
    if not isinstance(thing, dict):
        return False
    kinds = thing.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(kind in ACTOR_TYPES for kind in kinds if isinstance(kind, str)) or bool(
        KEY_MEMBERS & thing.keys()
    )


def _reduce(value: Any, actor: str) -> Any:
    """A value without embedded actors and keys, and with objects of other hosts as their ids."""
    if isinstance(value, list):
        return [_reduce(entry, actor) for entry in value]
    if not isinstance(value, dict):
        return value
    uri = id_of(value)
    if is_actor(value) or (uri is not None and not addresses.same_origin(uri, actor)):
        return uri
    return {name: _reduce(member, actor) for name, member in value.items() if name not in DROPPED}
