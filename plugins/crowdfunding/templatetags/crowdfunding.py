"""Filters of crowdfunding's templates."""

from __future__ import annotations

from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from moneyed import Money

from core.money import money, text
from plugins.crowdfunding.domain import banking, codes, numbers, sponsors
from plugins.crowdfunding.domain.traces import rate_text
from plugins.crowdfunding.models import Campaign, MatchedCampaign, ProviderEvent

register = template.Library()


@register.filter
def amount_text(amount: Money) -> str:
    """An amount in plain text, for attributes."""
    return text(amount, get_language() or "fr")


@register.filter
def signed(amount: Money) -> SafeString:
    """An amount with its sign, as on a bank statement."""
    sign = "+" if amount.amount > 0 else "−"
    return format_html("<bdi>{}\u00a0{}</bdi>", sign, text(abs(amount), get_language() or "fr"))


@register.filter
def grouped(value: str) -> SafeString:
    """An IBAN or RIB in groups, always read from left to right."""
    return format_html('<bdi dir="ltr">{}</bdi>', banking.grouped(value))


@register.filter
def rate(value: Fraction) -> SafeString:
    """A rate of exchange with four decimals."""
    return format_html('<bdi dir="ltr">{}</bdi>', rate_text(value))


@register.filter
def code(value: str) -> SafeString:
    """A reference code as people read it."""
    return format_html('<bdi dir="ltr">{}</bdi>', codes.shown(value))


@register.filter
def said_amount(event: ProviderEvent) -> Money:
    """The amount a provider named in an event."""
    return money(int(event.facts["amount"]), event.facts["currency"])


@register.filter
def adding(campaign: Campaign) -> list[MatchedCampaign]:
    """Where sponsors add to a gift promised now."""
    return sponsors.adding(campaign)


@register.filter
def ltr(value: str) -> str:
    """A number or reference that is read from left to right inside any sentence, in plain text too."""
    return numbers.ltr(value)
