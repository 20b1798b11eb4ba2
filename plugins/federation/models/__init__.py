"""Rows of the federation plug-in."""

from plugins.federation.models.deliveries import Delivery, Outgoing
from plugins.federation.models.hosts import Host
from plugins.federation.models.inbox import InboxActivity
from plugins.federation.models.keys import RemoteKey, SigningKey

__all__ = [
    "Delivery",
    "Host",
    "InboxActivity",
    "Outgoing",
    "RemoteKey",
    "SigningKey",
]
