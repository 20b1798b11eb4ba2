"""The wall of donors: who gave, as each wishes to be seen, and the rest in one line so that it adds up.

A gift stands with what is left of it after refunds and disputes; one that was moved, kept or given back is not there.
So the wall, over all its pages, adds up to what the tally says was received.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from moneyed import Money

from core.journal import record
from core.models import Person
from core.money import money
from plugins.crowdfunding.domain import keyset
from plugins.crowdfunding.models import Campaign, Payment, Pledge
from plugins.crowdfunding.verbs import MESSAGE_HIDDEN, MESSAGE_SHOWN

WALL = 12
PAGE = 30


@dataclass(frozen=True)
class Brick:
    """One gift on the wall."""

    name: str
    amount: Money
    message: str
    pledge_uid: str
    message_hidden: bool
    on: date | None


@dataclass(frozen=True)
class Wall:
    """Some gifts, and how many others of how much stand behind them."""

    bricks: list[Brick]
    others: int
    others_amount: Money


@dataclass(frozen=True)
class Page:
    """A page of the wall: its gifts by name, its anonymous ones in one line, and where it goes on."""

    wall: Wall
    after: int | None


def standing(campaign: Campaign) -> QuerySet[Payment]:
    """Payments of which something stands."""
    rows = Payment.objects.filter(campaign=campaign, state=Payment.State.RECEIVED)
    return rows.filter(amount_minor__gt=F("refunded_minor") + F("disputed_minor")).select_related("pledge")


def brick(row: Payment) -> Brick | None:
    """A gift as its donor wishes to be seen; None for one that only counts: anonymous and without a word."""
    pledge = row.pledge
    if pledge.anonymous and (not pledge.message or pledge.message_hidden):
        return None
    return Brick(
        name=pledge.donor_name,
        amount=money(row.standing_minor, row.currency),
        message=pledge.message,
        pledge_uid=pledge.uid,
        message_hidden=pledge.message_hidden,
        on=row.received_on,
    )


def bricks_of(rows: Iterable[Payment]) -> list[Brick]:
    """The gifts among rows that are shown one by one."""
    return [found for row in rows if (found := brick(row)) is not None]


def total(rows: Iterable[Brick], currency: str) -> Money:
    """What gifts add up to."""
    return sum((row.amount for row in rows), money(0, currency))


def wall(campaign: Campaign) -> Wall:
    """The newest gifts of a campaign; one query, the rest from its tally."""
    bricks = bricks_of(standing(campaign).order_by("-pk")[:WALL])
    shown = total(bricks, campaign.currency)
    return Wall(bricks, campaign.tally.gifts - len(bricks), campaign.received - shown)


def page(campaign: Campaign, after: str | None) -> Page:
    """A page of all gifts, newest first; its pages together hold each gift once."""
    found = keyset.page(standing(campaign), after, size=PAGE)
    bricks = bricks_of(found.rows)
    here = sum((money(row.standing_minor, row.currency) for row in found.rows), money(0, campaign.currency))
    others = Wall(bricks, len(found.rows) - len(bricks), here - total(bricks, campaign.currency))
    return Page(others, found.after)


def anonymous(campaign: Campaign) -> tuple[int, Money]:
    """How many gifts are anonymous, and what they add up to; one query."""
    rows = standing(campaign).filter(pledge__anonymous=True)
    standing_minor = F("amount_minor") - F("refunded_minor") - F("disputed_minor")
    found = rows.aggregate(
        number=Count("pk"), minor=Sum(standing_minor, filter=Q(currency=campaign.currency))
    )
    return found["number"], money(found["minor"] or 0, campaign.currency)


@transaction.atomic
def hide_message(row: Pledge, *, by: Person) -> None:
    """Take a donor's message off the wall; the gift stays."""
    Pledge.objects.filter(pk=row.pk).update(message_hidden=True)
    record(by, MESSAGE_HIDDEN, row.campaign, code=row.code)


@transaction.atomic
def show_message(row: Pledge, *, by: Person) -> None:
    """Put a hidden message back on the wall."""
    Pledge.objects.filter(pk=row.pk).update(message_hidden=False)
    record(by, MESSAGE_SHOWN, row.campaign, code=row.code)
