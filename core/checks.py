"""System checks: the contract, and what a public site must not carry."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from core.contract import VERSION
from core.registry import registry


@register("plugins")
def plugins_fit(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each plug-in is written for this contract and finds the plug-ins it requires."""
    on = {plugin.label: plugin for plugin in registry.plugins()}
    found: list[CheckMessage] = []
    for plugin in on.values():
        if plugin.contract != VERSION:
            found.append(
                Error(
                    f"{plugin.label} is written for contract {plugin.contract}, this is {VERSION}.",
                    id="core.E001",
                )
            )
        missing = [name for name in plugin.requires if name not in on]
        if missing:
            found.append(
                Error(f"{plugin.label} requires {', '.join(missing)}, which is off.", id="core.E002")
            )
    return found


@register("plugins")
def subjects_have_owners(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Subject types start with the label of the app that owns the model, and appear once."""
    found: list[CheckMessage] = []
    seen: set[str] = set()
    for subject in registry.subjects():
        if subject.type in seen:
            found.append(Error(f"The subject type {subject.type} is declared twice.", id="core.E003"))
        seen.add(subject.type)
        if getattr(subject.model, "subject_type", None) != subject.type:
            found.append(
                Error(f"{subject.model} does not carry subject_type {subject.type}.", id="core.E004")
            )
    return found


@register(Tags.security, deploy=True)
def loopback_stays_home(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Federation over plain http on loopback is for the demo only."""
    if settings.FEDERATION_INSECURE_LOOPBACK or settings.INSTANCE.demo:
        return [
            Error("A public site cannot run with the demo's profile or federate over http.", id="core.E010")
        ]
    return []
