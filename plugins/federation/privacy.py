"""What other instances may hold of a person: the actor that signs their public messages."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.contract import PersonalData
from core.models import Person
from plugins.federation.domain import actors, farewell
from plugins.federation.models import PeerLink, SharedObject


def export(person: Person) -> list[dict[str, Any]]:
    """The person's public actor and the ids of what it sent out; decisions about other instances."""
    uri = actors.uri_of(person)
    shared = SharedObject.objects.filter(actor_uri=uri).order_by("pk")
    found: list[dict[str, Any]] = [
        {
            "actor": uri,
            "object": actors.object_uri(row.ref),
            "shared_at": row.shared_at.isoformat(),
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        }
        for row in shared
    ]
    decided = PeerLink.objects.filter(decided_by=person).order_by("pk")
    for link in decided:
        at = link.decided_at.isoformat() if link.decided_at else None
        found.append({"decided": link.host, "state": link.state, "at": at})
    return found


@transaction.atomic
def erase(person: Person) -> None:
    """Ask the other instances to forget the person's actor, and forget what ties the person to decisions."""
    farewell.say(person)
    PeerLink.objects.filter(decided_by=person).update(decided_by=None)
    PeerLink.objects.filter(asked_by=person).update(asked_by=None)


personal_data = [PersonalData("federation", export, erase)]
