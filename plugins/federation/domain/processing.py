"""What a verified activity does here. The worker calls ``prepare`` outside any transaction, then ``process`` in one.

``prepare`` does all the fetching and leaves what it read on the activity (``activity.fetched``). ``Ignored`` and
``Refused`` are final; any other exception means: roll back and try again later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugins.federation.domain import actors, hosts, peers, reception, remote
from plugins.federation.domain.fetching import NotFound, fetch_object
from plugins.federation.domain.reception import Ignored, Refused
from plugins.federation.models import InboxActivity, ReceivedObject

__all__ = ["Ignored", "Refused", "prepare", "process"]
GONE: dict[str, Any] = {"type": "Tombstone"}
"""Stands for an object whose origin says that it is there no more."""
NEEDS_OBJECT = {"Create", "Update"}


def prepare(activity: InboxActivity) -> None:
    """Fetch what processing will need: the sender of a request, an object named by its id, the author of an object.

    Raises FetchError when it cannot be had now; nothing is fetched for those who have no standing here.
    """
    activity.fetched = {}  # type: ignore[attr-defined]
    kind, thing = activity.type, activity.raw.get("object")
    if kind == "Follow":
        if actors.local(remote.first_id(thing)) is not None:
            remote.actor(activity.actor_uri, fresh=True)
    elif kind in NEEDS_OBJECT and remote.first_id(thing) != activity.actor_uri:
        if isinstance(thing, str) and peers.follows_host(remote.host(activity.actor_uri)):
            thing = _fetch(activity, thing)
        if isinstance(thing, dict) and reception.is_wanted(thing, via=activity.actor_uri):
            remote.actor(remote.first_id(thing.get("attributedTo")))
    elif kind == "Announce" and peers.follows_host(remote.host(activity.actor_uri)):
        _prepare_announced(activity, remote.first_id(thing))


def _prepare_announced(activity: InboxActivity, uri: str) -> None:
    """Read an announced activity or object at its own origin; ours is never read back."""
    if not uri or actors.is_ours(uri) or hosts.is_blocked(uri):
        return
    found = _fetch(activity, uri)
    inner = found.get("object")
    if remote.kind_of(found) in NEEDS_OBJECT and inner is not None:
        inner_uri = remote.first_id(inner)
        if not inner_uri or remote.origin(inner_uri) != remote.origin(uri):
            return
        # An activity read at its origin may embed an object of the same origin.
        found = inner if isinstance(inner, dict) else _fetch(activity, inner_uri)
        activity.fetched[uri] = found  # type: ignore[attr-defined]
    if reception.is_wanted(found, via=activity.actor_uri):
        remote.actor(remote.first_id(found.get("attributedTo")))


def _fetch(activity: InboxActivity, uri: str) -> dict[str, Any]:
    try:
        found = fetch_object(uri, signed_as=actors.instance_uri(), fresh=True)
    except NotFound:
        found = GONE
    activity.fetched[uri] = found  # type: ignore[attr-defined]
    return found


def process(activity: InboxActivity) -> None:
    """Apply a verified activity; call inside one transaction, after ``prepare``. Raises Ignored or Refused."""
    handler = HANDLERS.get(activity.type)
    if handler is None:
        raise Ignored(f"nothing is done with {activity.type}")
    handler(activity)


def _object_id(activity: InboxActivity) -> str:
    return remote.first_id(activity.raw.get("object"))


def _fetched(activity: InboxActivity, uri: str) -> dict[str, Any] | None:
    return getattr(activity, "fetched", {}).get(uri)


def _create(activity: InboxActivity) -> None:
    thing = activity.raw.get("object")
    uri = remote.first_id(thing)
    if uri == activity.actor_uri:
        raise Ignored("actors are read from their own address only")
    document = thing if isinstance(thing, dict) else _fetched(activity, uri)
    if document is None or document is GONE:
        raise Ignored("the object could not be read")
    if remote.first_id(document.get("attributedTo")) != activity.actor_uri:
        raise Refused("the object is not attributed to its sender")
    reception.take(
        document,
        via=activity.actor_uri,
        at=remote.moment(activity.raw.get("published")),
        activity={"id": activity.uri, "type": activity.type, "actor": activity.actor_uri, "object": uri},
    )


def _delete(activity: InboxActivity) -> None:
    uri = _object_id(activity)
    at = remote.moment(activity.raw.get("published"))
    if uri == activity.actor_uri:
        for theirs in ReceivedObject.objects.filter(author_uri=activity.actor_uri, removed_at=None)[:1000]:
            reception.remove(theirs, at=at, relay=False)
        return
    received = ReceivedObject.objects.filter(uri=uri).first()
    if received is None:
        raise Ignored("the object is not known here")
    if received.author_uri != activity.actor_uri:
        raise Refused("only its author may withdraw an object")
    reception.remove(received, at=at, relay=True)


def _announce(activity: InboxActivity) -> None:
    uri = _object_id(activity)
    document = _fetched(activity, uri)
    if document is None:
        raise Ignored("announced by someone we do not follow, or ours")
    if document is GONE or document.get("type") == "Tombstone":
        received = ReceivedObject.objects.filter(uri=uri).first()
        if received is None:
            raise Ignored("what was announced is gone")
        reception.remove(received, at=None, relay=False)
        return
    reception.take(document, via=activity.actor_uri, at=None, activity=None)


def _follow(activity: InboxActivity) -> None:
    followed = actors.local(_object_id(activity))
    follower = remote.known(activity.actor_uri)
    if followed is None or follower is None:
        raise Ignored("nobody of that address can be followed here")
    peers.asked(follower, followed=followed.uri, activity=activity.uri)


def _answered(activity: InboxActivity) -> None:
    if not peers.answered(activity.actor_uri, _object_id(activity), accepted=activity.type == "Accept"):
        raise Ignored("it answers no request of ours to this actor")


def _undo(activity: InboxActivity) -> None:
    if not peers.left(activity.actor_uri, _object_id(activity)):
        raise Ignored("nothing of this actor's to undo")


HANDLERS: dict[str, Callable[[InboxActivity], None]] = {
    "Create": _create,
    "Update": _create,
    "Delete": _delete,
    "Announce": _announce,
    "Follow": _follow,
    "Accept": _answered,
    "Reject": _answered,
    "Undo": _undo,
}
