"""What every template may use: the instance and the menu; costs no query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from core.conf import instance
from core.models.languages import direction
from core.registry import registry


def site(request: HttpRequest) -> dict[str, Any]:
    """``site_title``, ``tagline``, ``menu``, ``languages`` (same page in each), ``lang`` and ``dir``."""
    here = instance()
    language = get_language() or "fr"
    return {
        "instance": here,
        "site_title": here.text(here.title, language),
        "tagline": here.text(here.tagline, language),
        "menu": registry.menu(),
        "lang": language,
        "dir": direction(language),
        "languages": settings.LANGUAGES,
    }
