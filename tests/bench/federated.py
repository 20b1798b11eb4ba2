"""What a signed post to the inbox and a delivery to another server cost."""

from __future__ import annotations

import json
import sys
import time
from itertools import count

from tests.bench.cpu import Visitor
from tests.federation.hostile import Peer, cavage, encode

ACTIVITIES = 250


def poster(visitor: Visitor, host: str, peer: Peer):
    """A function that posts one more honestly signed activity of a known sender; each must be taken (202)."""
    sender = peer.actor("bench")
    numbers = count(1)

    def post() -> None:
        body = encode(sender.activity(number=next(numbers)))
        headers = cavage(body, sender.key_id, sender.name, host=host)
        response = visitor.send(
            "POST", "/ap/inbox", body, {"Content-Type": "application/activity+json", **headers}
        )
        if response.status != 202:
            raise RuntimeError(f"the inbox answered {response.status}: {response.read_body[:200]!r}")

    return post


def deliver(inbox: str, batch: int) -> float:
    """Milliseconds of CPU of this process for each of ``ACTIVITIES`` deliveries, signing and rows included."""
    from django.db import transaction

    from plugins.federation.domain import actors, deliveries, keys, sending

    keys.ensure(actors.instance_uri())
    sender = actors.instance_uri()
    for number in range(ACTIVITIES):
        document = {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{sender}#{batch}-{number}",
                    "type": "Create", "actor": sender, "object": {"type": "Note", "content": "<p>Azul</p>" * 40}}  # fmt: skip
        with transaction.atomic():
            deliveries.deliver(document, sender_uri=sender, inboxes=[inbox])
    before = time.process_time()
    sent = 0
    while sent < ACTIVITIES:
        sent += sending.send_due()
    return (time.process_time() - before) * 1000 / ACTIVITIES


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps([deliver(sys.argv[1], batch) for batch in range(6)][1:]))
