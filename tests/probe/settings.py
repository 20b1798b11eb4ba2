"""Tiznit with the probe and no other plug-in; the environment chooses database and engine."""

from core.settings.base import *
from core.settings.site import for_site

globals().update(
    for_site(
        "tiznit",
        port=8001,
        title={"fr": "Essai"},
        tagline={"fr": "Ensemble"},
        territory="09.581",
        host="province-tiznit",
        plugins=(),
    )
)
INSTALLED_APPS = ["tests.probe.apps.Probe", *INSTALLED_APPS]
