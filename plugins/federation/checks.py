"""System checks: the toolkit is the version we tamed, and none of its views can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from plugins.federation.toolkit import VERSION


@register("federation")
def toolkit_is_pinned(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Upstream rewrites its first migration and its handlers between versions."""
    found = version("django-activitypub-toolkit")
    if found == VERSION:
        return []
    return [
        Error(
            f"django-activitypub-toolkit is {found}; this plug-in is written for {VERSION}.",
            id="federation.E001",
        )
    ]


@register("federation")
def no_stock_view(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The toolkit's inbox applies unsigned activities: no address may lead to any of its views."""
    return [
        Error(f"{pattern} leads to the toolkit's own view {name}.", id="federation.E002")
        for pattern, name in stock_views(get_resolver().url_patterns)
    ]


def stock_views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(address pattern, view) of everything under ``patterns`` that the toolkit answers."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from stock_views(pattern.url_patterns, address)
            continue
        callback: Any = pattern.callback
        view = getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback
        if any(base.__module__.startswith("activitypub.") for base in getattr(view, "__mro__", (view,))):
            yield address, f"{view.__module__}.{view.__qualname__}"
