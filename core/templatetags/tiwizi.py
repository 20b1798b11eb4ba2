"""Template tags of every page: slots, amounts, directions."""

from __future__ import annotations

import logging
from typing import Any

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from moneyed import Money

from core import money as amounts
from core.models.languages import direction
from core.registry import registry
from core.text import clean

register = template.Library()
logger = logging.getLogger(__name__)


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, subject: Any = None) -> SafeString:
    """The panels that plug-ins put in this slot of the subject's page, in order.

    A panel that fails is logged and shows nothing, unless PANEL_ERRORS_RAISE (tests) is set.
    """
    request = context.get("request")
    shown = []
    for panel in registry.panels(name, getattr(subject, "subject_type", "")):
        try:
            if panel.shows(subject, request):
                shown.append(str(panel.render_html(context.flatten() | {"subject": subject, "request": request})))
        except Exception:
            if settings.PANEL_ERRORS_RAISE:
                raise
            logger.exception("The panel %s failed on %s", type(panel).__name__, subject)
    return mark_safe("".join(shown))  # noqa: S308  rendered by templates, which escape


@register.filter
def money(amount: Money | None) -> SafeString | str:
    """An amount isolated from the direction of the text around it."""
    if amount is None:
        return ""
    return format_html("<bdi>{}</bdi>", amounts.text(amount, get_language() or "fr"))


@register.filter
def washed(value: str) -> SafeString:
    """HTML through the one washer."""
    return clean(value or "")


@register.filter
def direction_of(language: str) -> str:
    """``rtl`` or ``ltr`` for a language."""
    return direction(language)


@register.simple_tag(takes_context=True)
def in_language(context: template.Context, language: str) -> str:
    """The address of this same page in another language."""
    request = context.get("request")
    if request is None:
        return f"/{language}/"
    return translate_url(request.get_full_path(), language)
