"""Template tags of every page: slots, amounts, directions."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from moneyed import Money

from core import money as amounts
from core.models.languages import direction
from core.motif import motif
from core.registry import registry
from core.text import clean

register = template.Library()
logger = logging.getLogger(__name__)


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, subject: Any = None) -> SafeString:
    """The panels that plug-ins put in this slot of the subject's page, in order.

    A panel that fails is logged and shows nothing, unless PANEL_ERRORS_RAISE (tests) is set.
    """
    panels = registry.panels(name, getattr(subject, "subject_type", ""))
    if not panels:
        return mark_safe("")
    request = context.get("request")
    parent = context.flatten() | {"subject": subject, "request": request}
    shown = []
    for panel in panels:
        try:
            if panel.shows(subject, request):
                shown.append(str(panel.render_html(parent)))
        except Exception:
            if settings.PANEL_ERRORS_RAISE:
                raise
            logger.exception("The panel %s failed on %s", type(panel).__name__, subject)
    return mark_safe("".join(shown))


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


BABEL = {"ar": "ar_MA", "en": "en_GB"}
"""Locales whose month names are those of our readers: نونبر, not نوفمبر."""


@register.filter
def day(value: date | None, pattern: str = "d MMM y") -> str:
    """A date or a moment (in local time) in the reader's words; ``pattern`` is CLDR's."""
    if value is None:
        return ""
    language = get_language() or "fr"
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return str(format_datetime(local, pattern, locale=BABEL.get(language, language)))
    return str(format_date(value, pattern, locale=BABEL.get(language, language)))


@register.simple_tag
def mark(code: str) -> SafeString:
    """The path of a place's mark, for an SVG of 40 × 40 units."""
    return mark_safe(motif(code).mark)


@register.simple_tag
def cover(code: str) -> SafeString:
    """A place's pattern as a wide picture; decoration, so that screen readers pass it."""
    name, _mark, tile = motif(code)
    return mark_safe(
        '<svg viewBox="0 0 960 168" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><defs>'
        f'<pattern id="{name}" width="96" height="84" patternUnits="userSpaceOnUse">{tile}</pattern></defs>'
        f'<rect width="960" height="168" fill="url(#{name})"/></svg>'
    )
