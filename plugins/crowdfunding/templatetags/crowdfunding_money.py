"""What the private page of a pledge says about the way of its money and its tax receipt."""

from __future__ import annotations

from typing import Any

from django import template

from plugins.crowdfunding.domain import receipt_donors, traces
from plugins.crowdfunding.models import Pledge

register = template.Library()


@register.inclusion_tag("crowdfunding/pledge_trace.html")
def pledge_trace(pledge: Pledge) -> dict[str, Any]:
    """The share of a gift in all that happened to the campaign's money; nothing before it arrived."""
    arrived = pledge.state == Pledge.State.RECEIVED
    return {"pledge": pledge, "gift_trace": traces.of_pledge(pledge) if arrived else None}


@register.inclusion_tag("crowdfunding/pledge_receipt.html")
def pledge_receipt(pledge: Pledge) -> dict[str, Any]:
    """Where the tax receipt stands; nothing for a gift that gives no right to one."""
    return {"pledge": pledge, "receipt": receipt_donors.situation(pledge)}
