"""Filters of budget lines: how much, in what the line counts."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.models import BudgetLine
from plugins.crowdfunding.domain import lines
from plugins.crowdfunding.models import OfferedThing

register = template.Library()


@register.filter
def measured(measure: int, line: BudgetLine) -> SafeString:
    """So much of a line, isolated from the direction of the text around it."""
    return format_html("<bdi>{}</bdi>", lines.measured(line, measure))


@register.filter
def measured_text(measure: int, line: BudgetLine) -> str:
    """The same in plain text, for attributes."""
    return lines.measured(line, measure)


@register.filter
def condition(thing: OfferedThing) -> str:
    """The condition of a thing in words."""
    return str(thing.get_condition_display())
