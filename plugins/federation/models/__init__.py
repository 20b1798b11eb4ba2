"""Rows of the federation plug-in."""

from plugins.federation.models.actors import RemoteActor
from plugins.federation.models.deliveries import Delivery, Outgoing
from plugins.federation.models.hosts import Host
from plugins.federation.models.inbox import InboxActivity
from plugins.federation.models.keys import RemoteKey, SigningKey
from plugins.federation.models.objects import Backfill, OutboundEvent, ReceivedObject, SharedObject
from plugins.federation.models.peers import PeerLink

__all__ = [
    "Backfill",
    "Delivery",
    "Host",
    "InboxActivity",
    "OutboundEvent",
    "Outgoing",
    "PeerLink",
    "ReceivedObject",
    "RemoteActor",
    "RemoteKey",
    "SharedObject",
    "SigningKey",
]
