"""Tiznit with the plug-ins TIWIZI_PLUGINS names, as the contract's tests boot it in processes of its own."""

import os

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
        plugins=tuple(name for name in os.environ.get("TIWIZI_PLUGINS", "").split(",") if name),
    )
)
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PANEL_ERRORS_RAISE = os.environ.get("PANEL_ERRORS_RAISE") == "1"
