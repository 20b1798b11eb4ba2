"""Tags of volunteering's pages and letters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext

from core.conf import absolute
from plugins.volunteering.domain import missions
from plugins.volunteering.domain.chronograms import Chronogram
from plugins.volunteering.domain.dates import day as day_of
from plugins.volunteering.domain.public import facts_in_words
from plugins.volunteering.models import Application, Mission, PlanStep, Side

register = template.Library()


@register.filter
def day(value: date | datetime | str | None) -> str:
    """A day in the reader's language, Moroccan month names in Arabic."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return day_of(timezone.localdate(value) if isinstance(value, datetime) else value)


@register.filter
def in_words(mission: Mission) -> list[str]:
    """Kind, place, time and number of a mission."""
    return facts_in_words(mission)


@register.filter
def hours_minutes(minutes: int) -> str:
    """``2 h 30``; ``2:30`` in Arabic."""
    whole, rest = divmod(int(minutes), 60)
    if get_language() == "ar":
        return f"{whole}:{rest:02}"
    return f"{whole} h {rest:02}" if rest else f"{whole} h"


@register.filter
def place_of(mission: Mission) -> Any:
    """Where a mission belongs: its own place, else its project's."""
    return mission.territory or mission.project.territory


@register.inclusion_tag("volunteering/clock.html")
def promise_clock(step: PlanStep | None, who: str = "") -> dict[str, Any]:
    """Whose turn it is, since when, due when; nothing without a step."""
    return {"step": step, "who": who, "days": step.waiting_days if step else 0}


@register.simple_tag
def public_owner(step: PlanStep, mission: Mission) -> str:
    """Who owns a step, as strangers may know it."""
    return str(mission.host) if step.side == Side.HOST else gettext("a volunteer")


@register.simple_tag
def owner_name(step: PlanStep, application: Application) -> str:
    """Who owns a step, as the two sides know each other."""
    return application.side_name(step.side)


@register.inclusion_tag("volunteering/chronogram.html")
def chronogram(chart: Chronogram | None) -> dict[str, Any]:
    """A plan as bars on months."""
    return {"chart": chart}


@register.simple_tag
def similar(mission: Mission) -> list[Mission]:
    """Open missions that resemble one."""
    return list(missions.similar(mission))


@register.simple_tag
def step_of(entry: Any) -> PlanStep | None:
    """The step that a journal entry is about."""
    return PlanStep.objects.filter(pk=entry.facts.get("step_id")).first()


@register.simple_tag
def current_step(application: Application) -> PlanStep | None:
    """The step that has the turn."""
    return application.current_step


@register.simple_tag
def absolute_url(mission: Mission) -> str:
    """A mission's full address, for letters."""
    return absolute(mission.get_absolute_url())
