"""Things that are given: offered by anyone, accepted by who receives, carried, received, each step told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.journal import record
from core.models import BudgetLine, Person, PrivateFile
from plugins.crowdfunding.domain import campaigns, lines, numbers, offer_letters, offers
from plugins.crowdfunding.domain.offers import AlreadyUsed, Giver, NotTaking
from plugins.crowdfunding.domain.promise_lives import IN_KIND, after
from plugins.crowdfunding.models import Campaign, InKindOffer, OfferedThing
from plugins.crowdfunding.verbs import (
    THINGS_ACCEPTED,
    THINGS_DECLINED,
    THINGS_OFFERED,
    THINGS_RECEIVED,
    THINGS_SENT,
    THINGS_WITHDRAWN,
)

SERIES = "deeds"
MOST = 8
"""Sorts of things in one offer."""


class NothingOffered(ValueError):
    """An offer names at least one thing, and MOST at most."""


class BadCount(ValueError):
    """More or fewer things than can have come."""


@dataclass(frozen=True)
class Thing:
    """One sort of things: how many, in which condition, worth how much in all, for which line."""

    what: str
    quantity: int
    condition: str = OfferedThing.Condition.GOOD
    value_minor: int = 0
    line: BudgetLine | None = None


@dataclass(frozen=True)
class Transport:
    """Who carries the things, when they left, where they cross the border, when they are expected."""

    carrier: str
    left_on: date
    border_post: str = ""
    expected_on: date | None = None


@dataclass(frozen=True)
class Reception:
    """Who took the things in and when, a photo or a note, and how many of each really came."""

    by_whom: str
    on: date
    note: str = ""
    photo: PrivateFile | None = None
    arrived: Mapping[int, int] | None = None


def offer(
    campaign: Campaign,
    giver: Giver,
    things: Sequence[Thing],
    *,
    form_key: str,
    currency: str,
    pickup: str = "",
) -> InKindOffer:
    """Offer things; the same form sent twice is one offer.

    Raises NotTaking, NothingOffered, AlreadyUsed and WrongLine.
    """
    if not 0 < len(things) <= MOST or any(one.quantity < 1 or not one.what.strip() for one in things):
        raise NothingOffered(str(len(things)))
    offers.check_lines(campaign, [one.line for one in things], BudgetLine.Kind.IN_KIND)
    known = _same(form_key, giver, things)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _make(campaign, giver, things, form_key=form_key, currency=currency, pickup=pickup)
    except IntegrityError:
        known = _same(form_key, giver, things)  # the same form delivered twice at once
        if known is None:
            raise
        return known


def _same(form_key: str, giver: Giver, things: Sequence[Thing]) -> InKindOffer | None:
    known = InKindOffer.objects.select_related("campaign").filter(form_key=form_key).first()
    if known is not None:
        written = [(row.what, row.quantity) for row in known.things.all()]
        if known.email != giver.email or written != [(one.what, one.quantity) for one in things]:
            raise AlreadyUsed(known.uid)
    return known


def _make(campaign: Campaign, giver: Giver, things: Sequence[Thing], **facts: str) -> InKindOffer:
    campaign = campaigns.lock(campaign)
    if not offers.takes(campaign):
        raise NotTaking(campaign.slug)
    row = InKindOffer.objects.create(campaign=campaign, **giver.columns(), **facts)
    OfferedThing.objects.bulk_create(
        OfferedThing(
            offer=row,
            what=one.what,
            quantity=one.quantity,
            condition=one.condition,
            value_minor=one.value_minor,
            line=one.line,
            order=number,
        )
        for number, one in enumerate(things)
    )
    record(giver.person, THINGS_OFFERED, campaign, organisation=campaign.receiver, number=len(things))
    offer_letters.things(row, "offered")
    return row


def listed(row: InKindOffer) -> str:
    """The things in one line, for the journal: ``20 × Chairs, 3 × Tables``."""
    return ", ".join(str(thing) for thing in row.things.all())[:300]


@transaction.atomic
def accept(row: InKindOffer, sentence: str, *, by: Person | None, despite: bool = False) -> InKindOffer:
    """Say yes: the things count as promised and the deed of gift has its number.

    Raises NotPossible, and Overfunded when a line gets more than it needs and ``despite`` is not set (D16).
    """
    found = offers.lock(row)
    found.state = after(IN_KIND, found.state, "accept")
    campaign, day = found.campaign, timezone.localdate()
    keys = list(found.things.values_list("line_id", flat=True))
    lines.lock(keys)
    found.receiver = campaign.receiver
    found.deed_year, found.deed_on = day.year, day
    found.deed_number = numbers.next_number(campaign.receiver, SERIES, day.year)
    offers.answered(found, sentence, by)
    found.save()
    offers.hold_lines(keys, despite=despite, campaign=campaign, by=by)
    record(by, THINGS_ACCEPTED, campaign, organisation=campaign.receiver, what=listed(found))
    offer_letters.things(found, "accepted")
    return found


@transaction.atomic
def decline(row: InKindOffer, sentence: str, *, by: Person | None) -> InKindOffer:
    """Say no with a sentence, also to things that cannot come after all; raises NotPossible."""
    found = offers.lock(row)
    found.state = after(IN_KIND, found.state, "decline")
    found.ended_at = timezone.now()
    offers.answered(found, sentence, by)
    found.save()
    record(by, THINGS_DECLINED, found.campaign, organisation=found.campaign.receiver, what=listed(found))
    offer_letters.things(found, "declined")
    return found


@transaction.atomic
def withdraw(row: InKindOffer) -> InKindOffer:
    """The giver takes the offer back before it left; raises NotPossible."""
    found = offers.lock(row)
    found.state = after(IN_KIND, found.state, "withdraw")
    found.ended_at = timezone.now()
    found.save(update_fields=["state", "ended_at"])
    record(
        found.person,
        THINGS_WITHDRAWN,
        found.campaign,
        organisation=found.campaign.receiver,
        what=listed(found),
    )
    offer_letters.things(found, "withdrawn")
    return found


@transaction.atomic
def ship(row: InKindOffer, transport: Transport, *, by: Person | None) -> InKindOffer:
    """The things left, or the facts of their way changed; raises NotPossible."""
    found = offers.lock(row)
    before, found.state = found.state, after(IN_KIND, found.state, "ship")
    found.carrier, found.left_on = transport.carrier, transport.left_on
    found.border_post, found.expected_on = transport.border_post, transport.expected_on
    found.save(update_fields=["state", "carrier", "left_on", "border_post", "expected_on"])
    if before != found.state:
        record(by, THINGS_SENT, found.campaign, organisation=found.campaign.receiver, what=listed(found))
    offer_letters.things(found, "sent")
    return found


@transaction.atomic
def receive(row: InKindOffer, reception: Reception, *, by: Person | None) -> InKindOffer:
    """The things are there, all or some of them; raises NotPossible and BadCount."""
    found = offers.lock(row)
    found.state = after(IN_KIND, found.state, "receive")
    counts = reception.arrived or {}
    for thing in found.things.all():
        arrived = counts.get(thing.pk, thing.quantity)
        if not 0 <= arrived <= thing.quantity:
            raise BadCount(str(thing))
        OfferedThing.objects.filter(pk=thing.pk).update(arrived=arrived)
    found.received_by, found.received_on = reception.by_whom, reception.on
    found.reception_note, found.reception_photo = reception.note, reception.photo
    found.ended_at = timezone.now()
    found.save()
    came = ", ".join(f"{thing.arrived} × {thing.what}" for thing in found.things.all() if thing.arrived)
    record(by, THINGS_RECEIVED, found.campaign, organisation=found.campaign.receiver, what=came[:300] or "—")
    offer_letters.things(found, "received")
    return found
