"""One instance from a dozen lines: paths, database, cache, mail and profile derived from its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from core.conf import Instance
from core.discovery import apps_of, middleware_of
from core.settings import base


def for_site(slug: str, *, port: int, plugins: tuple[str, ...], **facts: Any) -> dict[str, Any]:
    """Settings of the instance ``slug``; ``facts`` are the other columns of :class:`core.conf.Instance`.

    ``TIWIZI_PROFILE`` (demo, production) and the environment complete them.
    """
    profile = os.environ.get("TIWIZI_PROFILE", "demo")
    instance = Instance(
        slug=slug,
        base_url=os.environ.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        plugins=plugins,
        demo=profile == "demo",
        source=os.environ.get("SOURCE_URL", ""),
        **facts,
    )
    var = Path(os.environ.get("TIWIZI_VAR", base.VAR)) / slug
    return {
        "INSTANCE": instance,
        "INSTALLED_APPS": installed(instance),
        "MIDDLEWARE": [*base.MIDDLEWARE[:2], *middleware_of(plugins), *base.MIDDLEWARE[2:]],
        "DATABASES": {"default": database(var)},
        "CACHES": caches(var),
        **engine(),
        "MEDIA_ROOT": str(var / "media"),
        "STATIC_ROOT": str(var / "static"),
        "PRIVATE_ROOT": str(var / "private"),
        "FIELD_KEY_SECRET": os.environ.get("FIELD_KEY_SECRET", ""),
        "WAGTAIL_SITE_NAME": instance.title.get("fr", slug),
        "WAGTAILADMIN_BASE_URL": instance.base_url,
        "SESSION_COOKIE_NAME": f"session_{slug}",
        "CSRF_COOKIE_NAME": f"csrf_{slug}",
        "TIME_ZONE": os.environ.get("TIME_ZONE", "Africa/Casablanca"),
        "DEFAULT_FROM_EMAIL": os.environ.get("DEFAULT_FROM_EMAIL", f"{slug}@tiwizi.example"),
        **(production(instance.base_url) if profile == "production" else demo(var)),
    }


def installed(instance: Instance) -> list[str]:
    """The applications in the order in which their templates win: the site, core, its plug-ins, libraries."""
    return [
        f"sites.{instance.slug}",
        *(["sites.demo"] if instance.demo else []),
        "core.apps.Core",
        *apps_of(instance.plugins),
        *base.LIBRARY_APPS,
        *(["django_rq"] if engine() else []),
    ]


def database(var: Path) -> dict[str, Any]:
    """SQLite in WAL mode beside the site's files, or what DATABASE_URL names."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    var.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(var / "db.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def caches(var: Path) -> dict[str, Any]:
    """Redis when REDIS_URL is set; otherwise files shared by the web process and the worker."""
    url = os.environ.get("REDIS_URL")
    if url:
        return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(var / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }


def engine() -> dict[str, Any]:
    """The engine of background work: Redis when REDIS_URL is set, unless TASKS_ENGINE says ``database``."""
    url = os.environ.get("REDIS_URL")
    if not url or os.environ.get("TASKS_ENGINE", "redis") != "redis":
        return {}
    return {
        "TASKS": {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}},
        "RQ_QUEUES": {"default": {"URL": url, "DEFAULT_TIMEOUT": 600, "DEFAULT_RESULT_TTL": 3600}},
        "RQ": {"FAILURE_TTL": 7 * 24 * 3600},
    }


def demo(var: Path) -> dict[str, Any]:
    """A demonstration on loopback: mail in files, http between the two instances."""
    return {
        "SECRET_KEY": "demo-key-of-a-loopback-demonstration-only-never-of-a-real-site",
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "testserver"],
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(var / "mail"),
        "FEDERATION_INSECURE_LOOPBACK": True,
    }


def production(base_url: str) -> dict[str, Any]:
    """A public site: https only, secrets from the environment."""
    secret = os.environ.get("SECRET_KEY", "")
    if not secret or not base_url.startswith("https://"):
        raise ImproperlyConfigured(
            "A production site needs SECRET_KEY and an https BASE_URL in its environment."
        )
    return {
        "SECRET_KEY": secret,
        "ALLOWED_HOSTS": [base_url.removeprefix("https://").split(":")[0]],
        "CSRF_TRUSTED_ORIGINS": [base_url],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "EMAIL_BACKEND": os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
        "EMAIL_HOST": os.environ.get("EMAIL_HOST", "localhost"),
        "EMAIL_PORT": int(os.environ.get("EMAIL_PORT", "25")),
        "EMAIL_HOST_USER": os.environ.get("EMAIL_HOST_USER", ""),
        "EMAIL_HOST_PASSWORD": os.environ.get("EMAIL_HOST_PASSWORD", ""),
        "EMAIL_USE_TLS": os.environ.get("EMAIL_USE_TLS", "") == "1",
    }
