"""A person leaves: the other instances are asked to forget the actor that signed the person's messages."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core.models import Person
from core.models.identity import new_uid
from plugins.federation.domain import actors, documents, outbound
from plugins.federation.domain.deliveries import deliver
from plugins.federation.models import SharedObject


@transaction.atomic
def say(person: Person) -> None:
    """Send Delete of the actor wherever its messages went, signed by it one last time, and withdraw its objects."""
    uri = actors.uri_of(person)
    shared = SharedObject.objects.filter(actor_uri=uri, withdrawn_at=None)
    if not shared.exists():
        return
    inboxes = outbound.followers_inboxes([uri, actors.instance_uri()])
    inboxes += shared.exclude(reply_inbox="").values_list("reply_inbox", flat=True).distinct()
    activity = documents.of_activity(
        "Delete", actors.activity_uri(new_uid()), actor_uri=uri, target=uri, at=timezone.now()
    )
    deliver(activity, sender_uri=uri, inboxes=dict.fromkeys(inboxes))
    shared.update(withdrawn_at=timezone.now())
