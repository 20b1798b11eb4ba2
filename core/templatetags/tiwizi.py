"""Template tags of every page: slots, amounts, directions."""

from __future__ import annotations

import logging
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from moneyed import Money

from core import dates
from core import money as amounts
from core.conf import absolute, instance
from core.domain import cards, pages
from core.models import Project
from core.models.languages import direction
from core.motif import motif
from core.registry import registry
from core.text import clean, shorten

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


@register.filter
def day(value: date | None, pattern: str = "d MMM y") -> str:
    """A date or a moment (in local time) in the reader's words; ``pattern`` is CLDR's."""
    return dates.text(value, pattern)


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


@register.simple_tag
def stage_ribbon(stage: str) -> SafeString:
    """The six stages with the present one marked, in words and in shape."""
    return _ribbon(stage, get_language() or "fr")


@lru_cache(maxsize=64)
def _ribbon(stage: str, _language: str) -> SafeString:
    parts, state = [], "past"
    for value, label in Project.Stage.choices:
        here = value == stage
        state = "now" if here else "" if state != "past" else "past"
        parts.append(
            format_html(
                '<li class="{}"{}><span>{}</span></li>',
                state,
                mark_safe(' aria-current="step"' if here else ""),
                label,
            )
        )
    return format_html('<ol class="stages" aria-label="{}">{}</ol>', _("Stage"), mark_safe("".join(parts)))


@register.simple_tag
def stage_name(stage: str) -> str:
    """A stage in the reader's language."""
    return str(Project.Stage(stage).label) if stage in Project.Stage.values else stage


@register.simple_tag
def share_text(subject: Any) -> str:
    """What WhatsApp is asked to send: the title and the absolute address."""
    return urlencode(
        {"text": f"{subject.subject_title}\n{absolute(subject.get_absolute_url())}"}, quote_via=quote
    )


@register.inclusion_tag("core/share.html")
def share(subject: Any) -> dict[str, Any]:
    """Ways to pass a subject on without an account and without script."""
    return {"subject": subject, "address": absolute(subject.get_absolute_url())}


@register.inclusion_tag("core/preview.html")
def preview(subject: Any, summary: str = "") -> dict[str, Any]:
    """What messengers and social networks show of a link to a subject."""
    return {
        "title": subject.subject_title,
        "summary": shorten(summary, 155),
        "address": absolute(subject.get_absolute_url()),
        "card": absolute(cards.address(subject)),
        "locale": get_language(),
        "site_title": instance().text(instance().title, get_language() or "fr"),
    }


@register.filter
def spaced(number: int) -> str:
    """A whole number with no-break spaces between thousands, in western digits as in Morocco."""
    return f"{number:,}".replace(",", "\u202f")


@register.simple_tag
def page_address(page: Any) -> str:
    """Where a page is read in the active language."""
    return pages.address(page, get_language() or "fr")
