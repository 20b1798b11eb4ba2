"""Which plug-ins are installed: entry points of the group ``tiwizi.plugins``. Read by settings, before Django."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from django.core.exceptions import ImproperlyConfigured

GROUP = "tiwizi.plugins"


def installed() -> dict[str, EntryPoint]:
    """Plug-ins present in this environment, by name; installed is not on."""
    return {point.name: point for point in entry_points(group=GROUP)}


def apps_of(names: Iterable[str]) -> list[str]:
    """What INSTALLED_APPS needs for these plug-ins: each one's AppConfig, then the libraries it names.

    Raises ImproperlyConfigured naming what the site turns on and nobody installed.
    """
    found = installed()
    names = list(names)
    missing = [name for name in names if name not in found]
    if missing:
        raise ImproperlyConfigured(
            f"The site turns on plug-ins that are not installed: {', '.join(missing)}. "
            f"Installed are: {', '.join(sorted(found)) or 'none'}."
        )
    plugins = [found[name].value.replace(":", ".") for name in names]
    libraries = [app for name in names for app in found[name].load().apps_needed]
    return [*plugins, *dict.fromkeys(libraries)]


def middleware_of(names: Iterable[str]) -> list[str]:
    """The middleware that these plug-ins bring along, in their order."""
    found = installed()
    return [path for name in names for path in found[name].load().middleware]
