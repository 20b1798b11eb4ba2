"""What templates say of a campaign's rule."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from moneyed import Money

from core.money import percent
from plugins.crowdfunding.domain import rules
from plugins.crowdfunding.models import Campaign

register = template.Library()


@register.filter
def rule(campaign: Campaign) -> list[str]:
    """The rule in sentences."""
    return rules.sentences(campaign)


@register.filter
def last_day(campaign: Campaign) -> date:
    """The last day of the round that runs."""
    return rules.last_day(campaign)


@register.filter
def moment(at: datetime) -> str:
    """A day and an hour as people say them."""
    return rules.moment(at)


@register.filter
def bar(campaign: Campaign) -> Money:
    """What must really be there, the tolerance taken off."""
    return rules.bar(campaign)


@register.filter
def share_of_bar(campaign: Campaign) -> tuple[int, int]:
    """Whole per cent of what must be there that is there and that is promised; together never beyond 100."""
    there = percent(campaign.received, rules.bar(campaign))
    return there, min(100 - there, percent(campaign.promised, rules.bar(campaign)))


@register.filter
def frozen_since(campaign: Campaign) -> datetime | None:
    """Since when promises can no longer be cancelled; None while they can."""
    return rules.frozen_since(campaign)
