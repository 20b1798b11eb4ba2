"""The closing run: at its deadline a conditional campaign is collected and judged, then falls on one side as a whole.

Each step reads the run's row, does a part, writes it, and may be cut at any line: called again, ``run`` goes on where
the rows stand. A card is asked for under a key that is a row before the provider hears of it, so nobody is charged twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count as Number
from django.db.models import Max, Q
from django.utils import timezone

from core.domain import wakes
from core.journal import record
from core.models import Person
from core.secrets import SealBroken
from plugins.crowdfunding.domain import (
    campaigns,
    checkouts,
    closing_letters,
    endings,
    outcomes,
    rules,
    verdicts,
)
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.closing_counts import count
from plugins.crowdfunding.domain.collectors import NotAuthorised
from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, NotPossible, after
from plugins.crowdfunding.domain.providers import NoProvider
from plugins.crowdfunding.gateways.base import GatewayError, Unreachable
from plugins.crowdfunding.models import Campaign, ClosingRun, Payment, Pledge
from plugins.crowdfunding.verbs import CANCELLED, COLLECTING, STALLED

logger = logging.getLogger(__name__)
Phase = ClosingRun.Phase
BATCH = 100
GIVE_UP_AFTER = 5
"""So many charges in a row without an answer, and the provider is left alone until later."""
LAST_CALL = timedelta(days=2)
"""Donors who were asked again are reminded once, this long before their time is over."""
ASKED = 2
"""A donor whose new card fails again gets seven more days this often, not for ever."""


class Budget:
    """How long one call may work; the rest is done by the next."""

    def __init__(self, seconds: float | None) -> None:
        self.end = None if seconds is None else time.monotonic() + seconds

    @property
    def spent(self) -> bool:
        return self.end is not None and time.monotonic() >= self.end


def ended(now: datetime) -> Iterator[Campaign]:
    """Open campaigns whose round on condition is over and that have no closing run yet."""
    today = timezone.localdate(now)
    rows = Campaign.objects.filter(state=Campaign.State.OPEN, kind__in=Campaign.CONDITIONAL, round=1)
    over = Q(first_closes_on__lt=today) | Q(first_closes_on=None, closes_on__lt=today)
    yield from rows.filter(over).order_by("pk")[:200]


def work(now: datetime | None = None, seconds: float | None = None) -> int:
    """Begin the runs that are due, take all as far as they go, see to money that came late; gives how many went on."""
    now, budget = now or timezone.now(), Budget(seconds)
    for campaign in ended(now):
        begin(campaign, now)
    runs = ClosingRun.objects.exclude(phase__in=ClosingRun.OVER).select_related("campaign")
    number = 0
    for row in list(runs.order_by("worked_at", "pk")[:200]):
        if budget.spent:
            break
        run(row.campaign, now=now, budget=budget)
        number += 1
    endings.late(now)
    return number


def run(
    campaign: Campaign, *, now: datetime | None = None, budget: Budget | None = None
) -> ClosingRun | None:
    """Take one campaign's closing run as far as it goes now; None when its round is not over."""
    now, budget = now or timezone.now(), budget or Budget(None)
    row = begin(campaign, now)
    while row is not None and not row.is_over and not budget.spent:
        going_on = STEPS[row.phase](row, now, budget)
        row = ClosingRun.objects.select_related("campaign__tally", "campaign__collector").get(pk=row.pk)
        if not going_on:
            break
    return row


@transaction.atomic
def begin(campaign: Campaign, now: datetime) -> ClosingRun | None:
    """The run of the campaign's round, made once when its last day is over; no more promises are taken."""
    campaign = campaigns.lock(campaign)
    rows = ClosingRun.objects.select_related("campaign__tally", "campaign__collector")
    known = rows.filter(campaign=campaign).order_by("-round").first()
    due = campaign.is_conditional and campaign.state == Campaign.State.OPEN
    if known is not None or not due or now < rules.deadline(campaign):
        return known
    campaign.state = after(CAMPAIGN, campaign.state, "collect")
    campaign.save(update_fields=["state", "updated_at"])
    made = _new(campaign, now)
    received, promised = fact(campaign.received), fact(campaign.promised)
    record(None, COLLECTING, campaign, received=received, promised=promised)
    return made


def _new(campaign: Campaign, now: datetime) -> ClosingRun:
    return ClosingRun.objects.create(
        campaign=campaign,
        round=campaign.round,
        bar_minor=verdicts.bar(campaign.needed_minor, campaign.tolerance_percent),
        began_at=now,
        until=now + rules.GRACE,
    )


@transaction.atomic
def call_off(campaign: Campaign, *, by: Person | None) -> None:
    """The team cancels before the deadline: nobody is charged and what came is given back. Raises NotPossible."""
    campaign = campaigns.lock(campaign)
    if campaign.state != Campaign.State.OPEN:
        raise NotPossible(campaign.state, "cancel")
    now = timezone.now()
    campaign.state, campaign.ended_at = after(CAMPAIGN, campaign.state, "cancel"), now
    campaign.save(update_fields=["state", "ended_at", "updated_at"])
    row = _new(campaign, now)
    row.phase, row.cause, row.until = Phase.FAILING, ClosingRun.Cause.CANCELLED, now
    row.judged_at, row.received_minor = now, campaign.tally.received_minor
    row.save()
    record(by, CANCELLED, campaign)
    wake()


def wake() -> None:
    """Tell a worker that a closing run has something to do."""
    from plugins.crowdfunding.tasks import close_conditional_campaigns

    wakes.wake(close_conditional_campaigns)


def _decide(seen: ClosingRun, now: datetime, budget: Budget) -> bool:
    """Judge on what the rows say now and write the next phase; gives whether it is another one."""
    with transaction.atomic():
        campaign = campaigns.lock(seen.campaign)
        row = ClosingRun.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if row.phase != seen.phase:
            return True  # another worker was quicker
        found = count(campaign)
        if row.charging_since is None:
            move = verdicts.before_charging(found, row.bar_minor, over=now >= row.until)
        else:
            _give_time(row)
            move = verdicts.after_charging(found, row.bar_minor, over=now >= row.until)
        _turn(row, campaign, move, now)
        row.worked_at = now
        row.save()
        return row.phase != seen.phase


def _turn(row: ClosingRun, campaign: Campaign, move: verdicts.Next, now: datetime) -> None:
    """The phase that a decision leads to, with what is remembered of it."""
    if move == verdicts.Next.CHARGE and row.charging_since is None:
        secured = Pledge.objects.filter(campaign=campaign, state=Pledge.State.SECURED)
        row.charging_since, row.cards = now, secured.count()
        row.until = max(row.until, now + rules.GRACE)
    if move in {verdicts.Next.SUCCEED, verdicts.Next.FAIL}:
        row.judged_at, row.received_minor, row.told = now, campaign.tally.received_minor, 0
    waiting = Phase.WAITING if row.charging_since is None else Phase.ASKING
    row.phase = {
        verdicts.Next.WAIT: waiting,
        verdicts.Next.CHARGE: Phase.CHARGING,
        verdicts.Next.SUCCEED: Phase.SUCCEEDING,
        verdicts.Next.FAIL: Phase.FAILING,
    }[move]


def _give_time(row: ClosingRun) -> None:
    """Whoever's card failed has seven days from then on."""
    refused = Q(payments__way=Payment.Way.CHARGE, payments__state=Payment.State.FAILED)
    due = Pledge.objects.filter(campaign=row.campaign_id, state=Pledge.State.DUE)
    times = due.annotate(times=Number("payments", filter=refused)).filter(times__lte=ASKED)
    newest = times.aggregate(newest=Max("waiting_since"))["newest"]
    if newest is not None:
        row.until = max(row.until, newest + rules.GRACE)


def _charge(row: ClosingRun, now: datetime, budget: Budget) -> bool:
    """Ask for the money of every card that is stored; who does not answer is asked again later."""
    last, silent, failed = 0, 0, False
    cards = Pledge.objects.filter(campaign=row.campaign_id, state=Pledge.State.SECURED).order_by("pk")
    while batch := list(cards.filter(pk__gt=last)[:BATCH]):
        for pledge in batch:
            last = pledge.pk
            answered = _ask(pledge)
            silent = 0 if answered else silent + 1
            failed = failed or not answered
            if silent >= GIVE_UP_AFTER or budget.spent:
                _note_silence(row, now, failed=failed)
                return False
    _note_silence(row, now, failed=failed)
    return _decide(row, now, budget)


def _ask(pledge: Pledge) -> bool:
    """Charge one card; gives whether an answer came, be it a refusal. One that cannot be asked stops no other."""
    try:
        checkouts.charge(pledge)
    except NotPossible:
        return True  # the donor or another worker was quicker
    except Unreachable:
        return False
    except (GatewayError, outcomes.Mismatch, NoProvider, SealBroken, NotAuthorised) as error:
        logger.warning("Pledge %s cannot be charged and waits for a person: %r", pledge.uid, error)
        return False
    return True


@transaction.atomic
def _note_silence(row: ClosingRun, now: datetime, *, failed: bool) -> None:
    """Remember since when cards cannot be charged, and tell the team once a day."""
    since = row.unreachable_since
    told = failed and since is not None and now - since >= timedelta(days=1)
    if told:
        campaign = campaigns.lock(row.campaign)
        record(None, STALLED, campaign, organisation=campaign.collector)
    noted = (now if told or since is None else since) if failed else None
    ClosingRun.objects.filter(pk=row.pk).update(unreachable_since=noted, worked_at=now)


def _wait(row: ClosingRun, now: datetime, budget: Budget) -> bool:
    """Decide; while transfers decide, their donors are told until when."""
    moved = _decide(row, now, budget)
    if not moved:
        _all(endings.tell_transfers, row, budget)
    return moved


def _ask_again(row: ClosingRun, now: datetime, budget: Budget) -> bool:
    """While donors have time: one reminder, then the verdict as soon as nothing is left to wait for."""
    if row.reminded_at is None and now >= row.until - LAST_CALL:
        due = Pledge.objects.filter(campaign=row.campaign_id, state=Pledge.State.DUE)
        with transaction.atomic():
            for pledge in due.select_related("campaign", "collector").order_by("pk").iterator(BATCH):
                closing_letters.last_call(pledge, row)
            ClosingRun.objects.filter(pk=row.pk).update(reminded_at=now)
    return _wait(row, now, budget)


def _succeed(row: ClosingRun, now: datetime, budget: Budget) -> bool:
    """Reached: who did not pay is no longer waited for, who did is told, the campaign goes on or is over."""
    return (
        _all(endings.expire_rest, row, budget)
        and _all(endings.tell, row, budget)
        and endings.succeed(row, now)
    )


def _fail(row: ClosingRun, now: datetime, budget: Budget) -> bool:
    """Not reached: promises are let go, cards never charged, what came goes back; then the campaign is over."""
    steps = (
        endings.expire_promises,
        endings.answer_unfinished,
        endings.release,
        endings.give_back,
        endings.ask_where,
    )
    return all(_all(step, row, budget) for step in steps) and endings.fail(row, now)


def _all(step: Callable[[ClosingRun], int], row: ClosingRun, budget: Budget) -> bool:
    """One batch after the other until nothing is left; False when the time is over first."""
    while step(row):
        if budget.spent:
            return False
    return True


STEPS: dict[str, Callable[[ClosingRun, datetime, Budget], bool]] = {
    Phase.WAITING: _wait,
    Phase.CHARGING: _charge,
    Phase.ASKING: _ask_again,
    Phase.SUCCEEDING: _succeed,
    Phase.FAILING: _fail,
}
