"""The wall of donors: who gave, as each wishes to be seen, and the rest in one line so that it adds up."""

from __future__ import annotations

from dataclasses import dataclass

from moneyed import Money

from core.money import money
from plugins.crowdfunding.models import Campaign, Payment

WALL = 12


@dataclass(frozen=True)
class Brick:
    """One gift on the wall."""

    name: str
    amount: Money
    message: str
    pledge_uid: str


@dataclass(frozen=True)
class Wall:
    """The newest gifts, and how many others of how much stand behind them."""

    bricks: list[Brick]
    others: int
    others_amount: Money


def wall(campaign: Campaign) -> Wall:
    """The newest gifts of a campaign; one query, the rest from its tally."""
    rows = Payment.objects.filter(campaign=campaign, state=Payment.State.RECEIVED)
    bricks = [
        Brick(
            name=row.pledge.donor_name,
            amount=row.amount,
            message="" if row.pledge.message_hidden else row.pledge.message,
            pledge_uid=row.pledge.uid,
        )
        for row in rows.select_related("pledge").order_by("-pk")[:WALL]
    ]
    shown = sum((brick.amount for brick in bricks), money(0, campaign.currency))
    return Wall(bricks, campaign.tally.gifts - len(bricks), campaign.received - shown)
