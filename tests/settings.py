"""Settings of the tests: every plug-in on (or those TIWIZI_PLUGINS names), panels that raise, mail in memory."""

import os
import tempfile

os.environ.setdefault("TIWIZI_VAR", tempfile.mkdtemp(prefix="tiwizi-tests-"))

from core.settings.base import *
from core.settings.site import for_site

PLUGINS = tuple(
    name
    for name in os.environ.get("TIWIZI_PLUGINS", "crowdfunding,volunteering,forum,federation").split(",")
    if name
)
globals().update(
    for_site(
        "tiznit",
        port=8001,
        title={"fr": "Tiwizi Essai", "ar": "تيويزي تجربة", "en": "Tiwizi Trial"},
        tagline={"fr": "Ensemble", "ar": "معا", "en": "Together"},
        territory="09.581",
        host="province-tiznit",
        plugins=PLUGINS,
    )
)
PANEL_ERRORS_RAISE = True
PAGE_CACHE_SECONDS = 0  # its own tests turn it on
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: the live server's threads each open a connection of their own.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["TIWIZI_VAR"], "test.sqlite3")}  # noqa: PTH118
os.makedirs(STATIC_ROOT, exist_ok=True)  # noqa: PTH103  WhiteNoise warns without it
