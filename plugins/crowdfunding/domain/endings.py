"""How the promises and gifts of a conditional campaign come to one side: all collected, or all released and given back.

Steps take one batch, give how many rows they moved, and find nothing to do when called again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.domain.notices import quiet
from core.journal import record
from plugins.crowdfunding.domain import (
    booking,
    campaigns,
    checkouts,
    closing_letters,
    matching,
    outcomes,
    pledges,
    refunds,
    tallies,
)
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.closing_counts import on_a_page, still_to_move, unanswered
from plugins.crowdfunding.domain.collectors import NotAuthorised
from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, PAYMENT, PLEDGE, NotPossible, after
from plugins.crowdfunding.domain.providers import NoProvider
from plugins.crowdfunding.gateways import HOSTED
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import Campaign, ClosingRun, Payment, Pledge, Refund
from plugins.crowdfunding.verbs import CONTINUED, FAILED, KEPT, PLEDGE_EXPIRED, PLEDGE_RELEASED, SUCCEEDED

logger = logging.getLogger(__name__)
State, Phase = Pledge.State, ClosingRun.Phase
BATCH = 100
REFUND_KEY = "closing-"
DROPPED = Q(form_key__startswith=REFUND_KEY, state=Refund.State.DROPPED)
TO_CHOOSE = timedelta(days=30)
"""How long a donor who wished to move a gift has to choose the project; then it is given back."""


def _held(rows: QuerySet[Pledge]) -> list[Pledge]:
    """One batch of pledges as they are now, held until the end of the transaction, in the order of all locks."""
    rows = rows.select_related("campaign", "collector").order_by("pk")
    return list(rows.select_for_update(of=("self",))[:BATCH])


@transaction.atomic
def _end(run: ClosingRun, rows: QuerySet[Pledge], act: str, verb: str) -> int:
    """End one batch of promises and tell their donors why."""
    held = _held(rows)  # all of them before the tally: who holds it never waits for a promise
    for pledge in held:
        pledges.end(pledge, act)
        with quiet():
            record(None, verb, pledge.campaign, amount=fact(pledge.amount), code=pledge.code)
        closing_letters.ended(pledge, run)
    return len(held)


def expire_rest(run: ClosingRun) -> int:
    """Reached: donors who were asked again and did not pay, and transfers that never came, no longer count.

    Between two rounds a transfer may still come: the second one keeps every gift.
    """
    states = [State.DUE] if run.campaign.kind == Campaign.Kind.TWO_ROUNDS else [State.DUE, State.PLEDGED]
    rows = still_to_move(run).filter(state__in=states).exclude(unanswered())
    return _end(run, rows, "expire", PLEDGE_EXPIRED)


def expire_promises(run: ClosingRun) -> int:
    """Not reached: transfers are no longer waited for; one that comes all the same is given back."""
    rows = still_to_move(run).filter(state=State.PLEDGED).exclude(unanswered())
    return _end(run, rows, "expire", PLEDGE_EXPIRED)


def release(run: ClosingRun) -> int:
    """Not reached: nothing is ever taken from the cards, but for those whose provider has not answered yet."""
    rows = still_to_move(run).filter(state__in=[State.SECURED, State.DUE])
    return _end(run, rows.exclude(unanswered()).exclude(on_a_page()), "release", PLEDGE_RELEASED)


def answer_unfinished(run: ClosingRun) -> int:
    """Before anything is released: get the answers that providers owe, and make open pages impossible."""
    rows = still_to_move(run)
    for pledge in list(rows.filter(unanswered() | on_a_page()).order_by("pk")[: 10 * BATCH]):
        _answer(pledge)
    return 0


def _answer(pledge: Pledge) -> None:
    """What became of a pledge's unfinished payments; a provider that does not answer is asked again later."""
    rows = Payment.objects.filter(pledge=pledge, state__in=Payment.UNFINISHED)
    rows = rows.select_related("pledge__campaign", "pledge__collector", "pledge__mandate__account", "account")
    for payment in list(rows.order_by("attempt")):
        page = payment.state == Payment.State.STARTED and payment.way != Payment.Way.CHARGE
        try:
            checkouts.follow(payment, void=page)
        except (GatewayError, NoProvider, outcomes.Mismatch, NotPossible) as error:
            logger.warning("Payment %s of a campaign that failed is not answered: %r", payment.key, error)


def give_back(run: ClosingRun) -> int:
    """Not reached: what came goes back, or where its donor wished; each gift in a transaction of its own."""
    rows = Payment.objects.filter(campaign=run.campaign_id, state=Payment.State.RECEIVED)
    rows = rows.filter(pledge__state=State.RECEIVED).exclude(pk__in=_to_be_moved(rows, run))
    # A refund of this run that a human dropped stays dropped: the donor gave the money anew.
    rows = rows.exclude(Exists(Refund.objects.filter(DROPPED, payment=OuterRef("pk"))))
    rows = rows.select_related("pledge").order_by("pk")
    return sum(_give_back(payment, run) for payment in list(rows[:BATCH]))


def _to_be_moved(rows: QuerySet[Payment], run: ClosingRun) -> QuerySet[Payment]:
    """Gifts entered by hand whose donors were asked for another project and still may choose it."""
    told = run.judged_at or run.began_at
    if timezone.now() >= told + TO_CHOOSE:
        return rows.none()
    return rows.filter(pledge__if_fails=Pledge.IfFails.MOVE).exclude(gateway__in=HOSTED).order_by()


def _give_back(payment: Payment, run: ClosingRun) -> int:
    """One gift of a campaign that failed: left to the organisation when so wished and paid by hand, else a refund."""
    cancelled = run.cause == ClosingRun.Cause.CANCELLED
    reason = Refund.Reason.CANCELLED if cancelled else Refund.Reason.FAILED
    try:
        if payment.pledge.if_fails == Pledge.IfFails.KEEP and payment.gateway not in HOSTED:
            keep(payment, run)
        else:
            rest = refunds.rest_of(payment)
            # Once for what is there now; what a dispute held back may come again and goes back, too.
            key = f"{REFUND_KEY}{payment.uid}-{payment.refunded_minor}"
            refunds.request(payment, rest, by=None, reason=reason, form_key=key)
    except (NotPossible, refunds.TooMuch) as error:
        logger.warning("Payment %s of a campaign that failed stays: %r", payment.uid, error)
        return 0
    return 1


@transaction.atomic
def keep(row: Payment, run: ClosingRun) -> Payment:
    """The donor left the gift to the organisation: it leaves the campaign's money. Raises NotPossible."""
    pledge = pledges.lock(row.pledge)
    payment = outcomes.lock(row, pledge)
    payment.state, state = after(PAYMENT, payment.state, "keep"), after(PLEDGE, pledge.state, "keep")
    amount = refunds.rest_of(payment)
    payment.save(update_fields=["state"])
    booking.kept(payment, amount)
    tallies.gift(pledge, payment.standing_minor, -1)
    pledge.state, pledge.ended_at = state, timezone.now()
    pledge.save(update_fields=["state", "ended_at"])
    with quiet():
        record(None, KEPT, pledge.campaign, organisation=pledge.collector, amount=fact(amount))
    closing_letters.kept(pledge, run)
    matching.on_taken_back(payment)
    return payment


def tell(run: ClosingRun) -> int:
    """Tell one batch of donors that the campaign reached its minimum."""
    return _tell(run, State.RECEIVED, closing_letters.succeeded)


def tell_transfers(run: ClosingRun) -> int:
    """Tell one batch of donors until when their transfer still counts."""
    return _tell(run, State.PLEDGED, closing_letters.transfer)


@transaction.atomic
def _tell(run: ClosingRun, state: str, letter: Callable[[Pledge, ClosingRun], None]) -> int:
    """A letter to each of the next donors, and the run remembers how far it came."""
    rows = Pledge.objects.filter(campaign=run.campaign_id, state=state, pk__gt=run.told)
    batch = list(rows.select_related("campaign", "collector").order_by("pk")[:BATCH])
    for pledge in batch:
        letter(pledge, run)
    if batch:
        run.told = batch[-1].pk
        ClosingRun.objects.filter(pk=run.pk).update(told=run.told)
    return len(batch)


def ask_where(run: ClosingRun) -> int:
    """Ask donors who wished to move their gift where it should go; a letter each, however often this runs."""
    rows = Payment.objects.filter(campaign=run.campaign_id, state=Payment.State.RECEIVED)
    moving = Pledge.objects.filter(state=State.RECEIVED, payments__in=_to_be_moved(rows, run))
    until = (run.judged_at or run.began_at) + TO_CHOOSE
    with transaction.atomic():
        for pledge in moving.select_related("campaign", "collector").order_by("pk").iterator(BATCH):
            closing_letters.choose(pledge, run, until)
    return 0


@transaction.atomic
def succeed(seen: ClosingRun, now: datetime) -> bool:
    """Everything is collected: the campaign is over, or goes on with its second round."""
    campaign = campaigns.lock(seen.campaign)
    run = ClosingRun.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if run.phase != Phase.SUCCEEDING:
        return True
    received = fact(campaign.received)
    if campaign.kind == Campaign.Kind.TWO_ROUNDS:
        campaign.state, campaign.round = after(CAMPAIGN, campaign.state, "continue"), 2
        record(None, CONTINUED, campaign, received=received)
    else:
        campaign.state, campaign.ended_at = after(CAMPAIGN, campaign.state, "succeed"), now
        record(None, SUCCEEDED, campaign, received=received)
    campaign.save(update_fields=["state", "round", "ended_at", "updated_at"])
    _over(run, Phase.SUCCEEDED, now)
    return True


@transaction.atomic
def fail(seen: ClosingRun, now: datetime) -> bool:
    """Nothing is promised any more and what came goes back: the campaign is over; False while a provider is silent."""
    campaign = campaigns.lock(seen.campaign)
    run = ClosingRun.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if run.phase != Phase.FAILING:
        return True
    if still_to_move(run).exists():
        return False
    if campaign.state == Campaign.State.COLLECTING:
        campaign.state, campaign.ended_at = after(CAMPAIGN, campaign.state, "fail"), now
        campaign.save(update_fields=["state", "ended_at", "updated_at"])
        record(None, FAILED, campaign, needed=fact(campaign.needed))
    _over(run, Phase.FAILED, now)
    return True


def _over(run: ClosingRun, phase: str, now: datetime) -> None:
    run.phase, run.ended_at, run.worked_at = phase, now, now
    run.save(update_fields=["phase", "ended_at", "worked_at"])


def late(now: datetime) -> int:
    """See to what happened after a run was over: a card stored or money that came too late, a choice not made."""
    changed = 0
    for run in _with(Phase.FAILED, [*Pledge.WAITING, State.RECEIVED]):
        answer_unfinished(run)
        changed += expire_promises(run) + release(run) + give_back(run)
    for run in _with(Phase.SUCCEEDED, [State.SECURED]):
        for pledge in list(still_to_move(run).filter(state=State.SECURED).order_by("pk")[:BATCH]):
            with suppress(GatewayError, NoProvider, NotPossible, NotAuthorised, outcomes.Mismatch):
                checkouts.charge(pledge)
                changed += 1
    return changed


def _with(phase: str, states: Iterable[str]) -> list[ClosingRun]:
    """Runs that ended on a side and whose campaign has pledges in one of these states."""
    rows = ClosingRun.objects.filter(phase=phase, campaign__pledges__state__in=list(states)).distinct()
    return list(rows.select_related("campaign").order_by("pk")[:200])
