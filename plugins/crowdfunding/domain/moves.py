"""A gift changes its project: the old pledge is moved, a new one stands in the other campaign, never both.

Money that came moves by two movements, one in the ledger of each project, in the same transaction.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core.domain.notices import quiet
from core.journal import record
from core.models import Person
from core.money import money
from plugins.crowdfunding.domain import (
    booking,
    ledger,
    matching,
    move_letters,
    outcomes,
    pledges,
    rules,
    tallies,
)
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.codes import new_code
from plugins.crowdfunding.domain.lifecycles import PAYMENT, PLEDGE, NotPossible, after
from plugins.crowdfunding.models import Account, Campaign, Payment, Pledge, Transaction
from plugins.crowdfunding.models.campaigns import CampaignQuerySet
from plugins.crowdfunding.verbs import PLEDGE_MOVED

OVER = frozenset({Campaign.State.FAILED, Campaign.State.CANCELLED})
"""Campaigns whose money is not theirs any more: its donors may choose where it goes."""


class WrongTarget(ValueError):
    """The other campaign is of another organisation or currency, takes nothing now, or is the same one."""


def targets(pledge: Pledge) -> CampaignQuerySet:
    """Campaigns a gift can move to: of the same collector and currency, that take gifts now."""
    today = timezone.localdate()
    rows = Campaign.objects.taking().filter(
        collector=pledge.collector_id, currency=pledge.currency, opens_on__lte=today, closes_on__gte=today
    )
    return rows.exclude(pk=pledge.campaign_id).filter(minimum_minor__lte=pledge.amount_minor)


def may_move(pledge: Pledge) -> bool:
    """Whether the donor may still choose another project: until the promise is fixed, or when a campaign is over."""
    if "move" not in PLEDGE[pledge.state]:
        return False
    if pledge.state == Pledge.State.RECEIVED:
        return pledge.campaign.state in OVER
    return rules.frozen_since(pledge.campaign) is None


@transaction.atomic
def move(row: Pledge, campaign: Campaign, *, by: Person | None = None) -> Pledge:
    """Give to another campaign instead; asked twice it is one move. Gives the new pledge.

    Raises NotPossible, Frozen and WrongTarget.
    """
    target = _hold(row, campaign)
    pledge = pledges.lock(row)
    known = Pledge.objects.filter(moved_from=pledge).first()
    if known is not None:
        return known
    pledges.check_answered(pledge, "move")  # nobody knows yet what comes
    received = pledge.state == Pledge.State.RECEIVED
    if received and pledge.campaign.state not in OVER:
        raise NotPossible(pledge.state, "move")
    if not received:
        rules.check_not_frozen(pledge.campaign)
    if not targets(pledge).filter(pk=target.pk).exists():
        raise WrongTarget(target.slug)
    before = pledge.state
    state = after(PLEDGE, before, "move")
    new = _received(pledge, target) if received else _new(pledge, target, pledge.amount_minor)
    _count(pledge, new)
    pledge.state, pledge.ended_at = state, timezone.now()
    pledge.save(update_fields=["state", "ended_at"])
    with quiet():
        record(by, PLEDGE_MOVED, target, organisation=new.collector, amount=fact(new.amount), code=new.code)
    move_letters.moved(pledge, new)
    if received:
        matching.on_moved(pledge, new)
    return new


def _hold(row: Pledge, campaign: Campaign) -> Campaign:
    """Both campaigns, held in the order of their numbers before any pledge; gives the other one as it is now."""
    rows = Campaign.objects.select_for_update(of=("self",)).filter(pk__in=[row.campaign_id, campaign.pk])
    held = {found.pk: found for found in rows.select_related("project", "collector").order_by("pk")}
    return held[campaign.pk]


def _new(pledge: Pledge, target: Campaign, amount_minor: int) -> Pledge:
    """The pledge in the other campaign, in the state of the old one."""
    earlier = Pledge.objects.filter(campaign=target, email=pledge.email).first() if pledge.email else None
    return Pledge.objects.create(
        campaign=target,
        collector_id=pledge.collector_id,
        state=pledge.state,
        origin=pledge.origin,
        channel=pledge.channel,
        gateway=pledge.gateway,
        code=new_code(),
        form_key=f"moved-{pledge.uid}",
        currency=pledge.currency,
        amount_minor=amount_minor,
        donor=earlier.donor if earlier else pledge.donor,
        person_id=pledge.person_id,
        email=pledge.email,
        name=pledge.name,
        anonymous=pledge.anonymous,
        if_fails=pledge.if_fails,
        mandate=pledge.mandate,
        moved_from=pledge,
        language=pledge.language,
        ended_at=timezone.now() if pledge.state == Pledge.State.RECEIVED else None,
    )


def _received(pledge: Pledge, target: Campaign) -> Pledge:
    """Move money that came: what stands of it leaves one project's ledger and enters the other's."""
    found = pledge.payments.filter(state=Payment.State.RECEIVED).first()
    if found is None:
        raise NotPossible(pledge.state, "move")
    payment = outcomes.lock(found, pledge)
    if payment.state != Payment.State.RECEIVED or payment.disputed_minor or not payment.standing_minor:
        raise NotPossible(payment.state, "move")
    payment.state = after(PAYMENT, payment.state, "move")
    payment.save(update_fields=["state"])
    new = _new(pledge, target, payment.standing_minor)
    # Not the provider's reference: what it says later is about the old row, and a refund is made by hand.
    moved = Payment.objects.create(
        pledge=new,
        campaign=target,
        collector_id=new.collector_id,
        channel=payment.channel,
        currency=payment.currency,
        amount_minor=payment.standing_minor,
        received_on=payment.received_on,
    )
    for project in sorted({pledge.campaign.project, target.project}, key=lambda project: project.pk):
        ledger.book(project)
    where = booking.WHERE[Pledge.Channel(payment.channel)]
    _write(pledge.campaign, payment, Account.Kind.GIFTS, where, key=f"away:{payment.uid}")
    _write(target, moved, where, Account.Kind.GIFTS, key=f"move:{moved.uid}")
    return new


def _write(campaign: Campaign, payment: Payment, to: str, out: str, *, key: str) -> Transaction:
    """One half of a move, in one project's ledger."""
    amount = money(payment.standing_minor, payment.currency)
    return ledger.post(
        campaign.project,
        Transaction.Kind.MOVE,
        [
            ledger.Side(to, payment.collector, amount),
            ledger.Side(out, payment.collector, -amount),
        ],
        cause=ledger.Cause("payment", payment.uid),
        key=key,
        booked_on=timezone.localdate(),
        memo={"channel": str(payment.channel), "campaign": campaign.uid},
    )


def _count(old: Pledge, new: Pledge) -> None:
    """Both tallies, the one of the lower campaign first: two moves that cross do not wait for each other."""
    received, waits = old.state == Pledge.State.RECEIVED, tallies.waits(old.state)
    for sign, pledge in sorted([(-1, old), (1, new)], key=lambda pair: pair[1].campaign_id):
        if received:
            tallies.gift(pledge, new.amount_minor, sign)
        elif waits:
            tallies.promise(pledge, sign)
