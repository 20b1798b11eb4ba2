"""Ways to move money, by name; a gateway that is not listed does not exist for the site."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from plugins.crowdfunding.gateways.base import Gateway, HostedGateway, ManualGateway
from plugins.crowdfunding.gateways.offline import Offline

HOSTED = {
    "demo": "plugins.crowdfunding.gateways.demo:Demo",
    "stripe": "plugins.crowdfunding.gateways.stripe:Stripe",
}
"""Providers, imported when first used: a provider's library is heavy."""
GATEWAYS: dict[str, Gateway] = {Offline.name: Offline()}


@lru_cache(maxsize=8)
def hosted(name: str) -> HostedGateway:
    """The provider of a payment; raises KeyError for one the site does not have."""
    module, kind = HOSTED[name].split(":")
    found: HostedGateway = getattr(import_module(module), kind)()
    return found


def manual(name: str) -> ManualGateway:
    """The gateway a human enters money for; raises KeyError."""
    return {Offline.name: Offline()}[name]


def gateway(name: str) -> Gateway:
    """Any gateway by its name; raises KeyError."""
    return hosted(name) if name in HOSTED else GATEWAYS[name]
