"""Reading once what stands in the outbox of an instance that has just admitted us: bounded, oldest taken first."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction

from plugins.federation.domain import actors, reception, remote
from plugins.federation.domain.fetching import FetchError, fetch_json
from plugins.federation.models import Backfill, PeerLink

logger = logging.getLogger(__name__)
ITEMS = 200
PAGES = 20
LEASE = timedelta(minutes=3)
RETRY = (timedelta(seconds=20), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=12))


def read_due() -> int:
    """Work through the outboxes that are due; gives how many objects came in."""
    with transaction.atomic():
        taken: list[Any] = Backfill.objects.take(5, lease=LEASE)
    return sum(read_one(work) for work in taken)


def read_one(work: Backfill) -> int:
    """Read one outbox; a host that does not answer is asked again later. Gives how many objects came in."""
    link = PeerLink.objects.select_related("actor__reference", "actor__outbox").get(pk=work.link_id)
    if link.state != PeerLink.State.ACCEPTED or link.actor.outbox is None:
        work.finish()
        return 0
    try:
        objects = collect(link.actor.outbox.uri)
        taken = sum(_take(document, via=link.actor.uri) for document in reversed(objects))
    except FetchError as error:
        if work.attempts > len(RETRY):
            work.give_up(str(error))
        else:
            work.postpone(RETRY[work.attempts - 1], str(error))
        return 0
    work.finish()
    return taken


def collect(outbox: str) -> list[dict[str, Any]]:
    """Objects created or announced in an outbox, newest first, all of its own origin; at most ``ITEMS``.

    A page that points at itself, at one read before or at another host ends the reading. Raises FetchError.
    """
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    address: Any = outbox
    while isinstance(address, str) and address not in seen and len(seen) <= PAGES and len(found) < ITEMS:
        if remote.origin(address) != remote.origin(outbox):
            break
        seen.add(address)
        page = fetch_json(address, signed_as=actors.instance_uri(), fresh=True)
        items = page.get("orderedItems")
        for item in items if isinstance(items, list) else []:
            document = created(item)
            if document is not None and remote.origin(remote.first_id(document)) == remote.origin(outbox):
                found.setdefault(remote.first_id(document), document)
        address = page.get("next") or page.get("first")
    return list(found.values())[:ITEMS]


def created(item: Any) -> dict[str, Any] | None:
    """The object of a Create, or of the Create in an Announce."""
    for kind in ("Announce", "Create"):
        if isinstance(item, dict) and item.get("type") == kind:
            item = item.get("object")
    is_object = isinstance(item, dict) and remote.first_id(item) and "attributedTo" in item
    return item if is_object else None


def _take(document: dict[str, Any], *, via: str) -> int:
    """Take one object in a transaction of its own; 1 when it came in. Its author is fetched before."""
    if not reception.is_wanted(document, via=via):
        return 0
    author = remote.first_id(document.get("attributedTo"))
    try:
        remote.actor(author)
        with transaction.atomic():
            reception.take(document, via=via, at=None, activity=None)
    except (reception.Ignored, reception.Refused, remote.NotReadable) as reason:
        logger.info("backfill: %s not taken: %s", remote.first_id(document), reason)
        return 0
    return 1
