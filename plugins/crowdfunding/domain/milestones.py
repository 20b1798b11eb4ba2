"""Money released by tranche: steps planned in advance, claimed by the team, confirmed by named witnesses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from moneyed import Money

from core.domain.notices import quiet
from core.journal import record
from core.models import Person
from core.money import CurrencyMismatch, minor, money
from core.text import clean
from plugins.crowdfunding.domain import campaigns, milestone_letters
from plugins.crowdfunding.domain.amounts import END, ISOLATE, fact
from plugins.crowdfunding.domain.lifecycles import Table, after
from plugins.crowdfunding.models import Campaign, Milestone, Testimony, Witness
from plugins.crowdfunding.verbs import EDITED, MILESTONE_CLAIMED, MILESTONE_PLANNED, MILESTONE_RELEASED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_S = Milestone.State
LIFE: Table = {
    _S.PLANNED: {"claim": _S.CLAIMED},
    _S.CLAIMED: {"confirm": _S.CONFIRMED, "object": _S.OBJECTED},
    # The team answers an objection by a new claim, which every witness looks at again.
    _S.OBJECTED: {"claim": _S.CLAIMED},
    _S.CONFIRMED: {"release": _S.RELEASED},
    _S.RELEASED: {},
}
"""State → act → next state. Confirmed money is released when all earlier steps are."""

MOST = 12
"""Steps of one campaign."""


class Fixed(ValueError):
    """Donors have given under these steps: they cannot change any more."""


class TooMuch(ValueError):
    """The tranches are more than the goal, or more than the whole."""


class TooMany(ValueError):
    """More than MOST steps."""


class NotEnoughWitnesses(ValueError):
    """Fewer witnesses accepted than the step needs."""

    def __init__(self, needed: int, there: int) -> None:
        super().__init__(f"{there} of {needed}")
        self.needed, self.there = needed, there


def may_plan(person: Person | AnonymousUser, campaign: Campaign) -> bool:
    """Whether the person plans and claims steps: who answers for the project or for the collection."""
    return campaigns.may_edit(person, campaign)


def changeable(campaign: Campaign) -> bool:
    """Whether steps may still change: nobody has given or promised under them."""
    tally = campaign.tally
    given = tally.gifts or tally.promises or tally.supporters
    return campaign.state in {Campaign.State.DRAFT, Campaign.State.OPEN} and not given


def of_campaign(campaign: Campaign) -> list[Milestone]:
    """The steps in order; one query."""
    rows = list(Milestone.objects.filter(campaign=campaign).order_by("position"))
    for row in rows:
        row.campaign = campaign
    return rows


def locked(campaign: Campaign) -> list[Milestone]:
    """The steps in order, held until the end of the transaction."""
    rows = Milestone.objects.filter(campaign=campaign).select_for_update(of=("self",)).order_by("position")
    found = list(rows)
    for row in found:
        row.campaign = campaign
    return found


def tranche(row: Milestone, received: Money) -> Money:
    """What a step releases of what was received: its amount, or its share rounded down."""
    if row.amount_minor is not None:
        return money(row.amount_minor, received.currency.code)
    return money(minor(received) * (row.share_percent or 0) // 100, received.currency.code)


def released(rows: Iterable[Milestone], received: Money) -> Money:
    """What the released steps allow of what was received; all of it once every step is released."""
    steps = list(rows)
    if all(row.state == _S.RELEASED for row in steps):
        return received
    total = money(0, received.currency.code)
    for row in steps:
        if row.state == _S.RELEASED:
            total += tranche(row, received)
    return min(total, received)


def releasable(campaign: Campaign) -> Money:
    """What may be paid out of a campaign in all, payouts already made included; everything without milestones."""
    return released(of_campaign(campaign), campaign.received)


def check_tranches(campaign: Campaign, rows: Iterable[Milestone]) -> None:
    """Raise TooMuch when shares pass 100 % or amounts and shares of the goal pass the goal."""
    shares = amounts = 0
    for row in rows:
        shares += row.share_percent or 0
        amounts += row.amount_minor or 0
    if shares > 100 or amounts + campaign.goal_minor * shares // 100 > campaign.goal_minor:
        raise TooMuch


def washed(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Plain titles and washed texts; languages without a title are left out."""
    return {
        code: {"title": " ".join(text["title"].split())[:160], "text": str(clean(text.get("text", "")))}
        for code, text in texts.items()
        if text.get("title", "").strip()
    }


@transaction.atomic
def plan(
    campaign: Campaign,
    *,
    by: Person | None,
    texts: Mapping[str, Mapping[str, str]],
    due_on: date,
    needed: int,
    amount: Money | None = None,
    share: int | None = None,
    row: Milestone | None = None,
) -> Milestone:
    """Add a step at the end, or change ``row``. Raises Fixed, TooMuch, TooMany and CurrencyMismatch."""
    campaign = campaigns.lock(campaign)
    if not changeable(campaign):
        raise Fixed(campaign.slug)
    if amount is not None and amount.currency.code != campaign.currency:
        raise CurrencyMismatch(str(amount))
    if row is None:
        if Milestone.objects.filter(campaign=campaign).count() >= MOST:
            raise TooMany(campaign.slug)
        steps = Milestone.objects.filter(campaign=campaign)
        last = steps.aggregate(last=Max("position"))["last"] or 0
        row = Milestone(campaign=campaign, position=last + 1)
    shown = washed(texts)
    row.texts, row.language = shown, next(iter(shown))
    row.due_on, row.needed = due_on, needed
    row.amount_minor, row.share_percent = (minor(amount), None) if amount is not None else (None, share)
    check_tranches(campaign, [*Milestone.objects.filter(campaign=campaign).exclude(pk=row.pk), row])
    row.save()
    if campaign.is_public:
        record(by, MILESTONE_PLANNED, campaign, **facts(row))
    return row


@transaction.atomic
def remove(row: Milestone, *, by: Person | None = None) -> None:
    """Take a step out while nobody has given; those behind it move up. Raises Fixed."""
    campaign = campaigns.lock(row.campaign)
    if not changeable(campaign):
        raise Fixed(campaign.slug)
    steps = locked(campaign)
    Milestone.objects.filter(pk=row.pk).delete()
    for number, step in enumerate([step for step in steps if step.pk != row.pk], start=1):
        Milestone.objects.filter(pk=step.pk).update(position=number)
    with quiet():
        record(by, EDITED, campaign)


def facts(row: Milestone) -> dict[str, Any]:
    """The number and title of a step as facts of the journal."""
    return {"step": str(row.position), "title": f"{ISOLATE}{row.title}{END}"}


@transaction.atomic
def claim(row: Milestone, *, by: Person | None, note: str) -> Milestone:
    """The team says that a step is done; its witnesses are asked. Raises NotPossible and NotEnoughWitnesses."""
    found = next(step for step in locked(row.campaign) if step.pk == row.pk)
    found.state = after(LIFE, found.state, "claim")
    there = Witness.objects.filter(campaign=found.campaign, state=Witness.State.ACCEPTED)
    if there.count() < found.needed:
        raise NotEnoughWitnesses(found.needed, there.count())
    found.claim, found.claimed_at, found.claimed_by = found.claim + 1, timezone.now(), by
    found.note, found.reminders = note.strip(), 0
    found.save()
    record(by, MILESTONE_CLAIMED, found.campaign, **facts(found))
    for witness in there:
        milestone_letters.asked(witness, found)
    if found.needed == 0:
        confirm(found, by=by)
    return found


def confirm(row: Milestone, *, by: Person | None) -> None:
    """Enough witnesses confirmed a locked step: it, and those confirmed behind it, are released in order."""
    row.state, row.confirmed_at = after(LIFE, row.state, "confirm"), timezone.now()
    row.save(update_fields=["state", "confirmed_at"])
    for step in locked(row.campaign):
        if step.state == _S.RELEASED:
            continue
        if step.state != _S.CONFIRMED:
            break
        release(step, by=by)


def release(row: Milestone, *, by: Person | None) -> None:
    """The tranche of a locked, confirmed step may be paid out."""
    row.state, row.released_at = after(LIFE, row.state, "release"), timezone.now()
    row.save(update_fields=["state", "released_at"])
    campaign = row.campaign
    amount = fact(tranche(row, campaign.received))
    record(by, MILESTONE_RELEASED, campaign, organisation=campaign.collector, amount=amount, **facts(row))


def confirmations(rows: Iterable[Milestone]) -> dict[int, int]:
    """How many witnesses confirmed the present claim of each step; one query."""
    claims = {row.pk: row.claim for row in rows}
    said = Testimony.objects.filter(milestone__in=claims, verdict=Testimony.Verdict.CONFIRMS)
    counts: dict[int, int] = {}
    for milestone, number in said.values_list("milestone", "claim"):
        if number == claims[milestone]:
            counts[milestone] = counts.get(milestone, 0) + 1
    return counts
