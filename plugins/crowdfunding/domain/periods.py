"""What falls due of regular supports: one pledge a period, cards charged and tried again, all of it safe to repeat.

A row is written first, then the provider is asked: a worker killed at any line leaves a row that the next run
finishes, and two workers at once do one thing.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from plugins.crowdfunding.domain import (
    checkouts,
    outcomes,
    pledges,
    support_acts,
    support_letters,
    supports,
)
from plugins.crowdfunding.domain.collectors import NotAuthorised
from plugins.crowdfunding.domain.lifecycles import PLEDGE, NotPossible, after
from plugins.crowdfunding.domain.supports import TRIES
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import Campaign, CollectorSettings, Payment, Pledge, Support

logger = logging.getLogger(__name__)
SILENT = 2
"""Periods of a standing order that may expire in a row before it is paused."""
FORGOTTEN = timedelta(days=30)
"""How long a card support that was never finished is kept."""


def work(limit: int = 500) -> dict[str, int]:
    """Everything that is due today; gives how many of each."""
    today = timezone.localdate()
    done = {
        "ended": end_over(limit),
        "promised": promise_due(today, limit),
        "renewed": renew(limit),
        "tried_again": try_again(today, limit),
        "paused": pause_stuck(limit),
    }
    return done | {"charged": charge_due(today, limit)}


def end_over(limit: int) -> int:
    """Stop supports of campaigns that ended, and those whose card was never stored."""
    over = ~Q(campaign__state=Campaign.State.OPEN) | Q(campaign__closes_on__lt=timezone.localdate())
    begun = Support.objects.filter(over, state__in=[*Support.COUNTED, Support.State.PAUSED])
    left = Support.objects.filter(state=Support.State.STARTED, made_at__lt=timezone.now() - FORGOTTEN)
    number = 0
    for rows, told in ((begun, True), (left, False)):
        for row in list(rows.order_by("pk")[:limit]):
            try:
                support_acts.stop(row, told=told)
                number += 1
            except NotPossible:
                continue
    return number


def promise_due(today: date, limit: int) -> int:
    """One pledge for each support whose day has come."""
    rows = Support.objects.filter(state=Support.State.ACTIVE, next_on__lte=today)
    rows = rows.exclude(collector__in=_shut()).exclude(campaign__hidden=True)
    return sum(_promise(row, today) for row in list(rows.order_by("next_on", "pk")[:limit]))


def _shut() -> list[int]:
    """Collectors that may not take money today."""
    return [
        row.organisation_id
        for row in CollectorSettings.objects.all()
        if not row.may_collect(timezone.localdate())
    ]


def _promise(row: Support, today: date) -> int:
    """The pledge of the period that has come; a support whose transfers stay away is paused instead."""
    try:
        with transaction.atomic():
            found = supports.hold(row)
            if found.state != Support.State.ACTIVE or found.next_on > today:
                return 0
            if _silent(found):
                supports.give_up(found)
                return 0
            while supports.period(found, found.number + 1) <= today:
                found.number += 1
            supports.promise(found, supports.period(found, found.number))
            found.next_on = supports.period(found, found.number)
            supports.advance(found, today)
            return 1
    except IntegrityError:  # another worker made this period's pledge
        logger.info("The period of support %s was promised by another worker", row.pk)
        return 0


def _silent(row: Support) -> bool:
    """Whether the last periods of a standing order expired and nothing came."""
    if not row.by_standing_order:
        return False
    last = Pledge.objects.filter(support=row, period__isnull=False).order_by("-period")[: SILENT + 2]
    states = [pledge.state for pledge in last]
    return Pledge.State.RECEIVED not in states and states.count(Pledge.State.EXPIRED) >= SILENT


def renew(limit: int) -> int:
    """What is due waits for the card that was stored since; gives how many."""
    rows = Pledge.objects.filter(state=Pledge.State.DUE, support__mandate__isnull=False)
    rows = rows.exclude(support__state=Support.State.STOPPED).exclude(mandate=F("support__mandate"))
    return sum(_secure_again(row, renewed=True) for row in list(rows.order_by("pk")[:limit]))


def try_again(today: date, limit: int) -> int:
    """Refused cards whose next day of trying has come wait to be charged once more."""
    number = 0
    for tries in range(1, len(TRIES)):
        gap = timedelta(days=TRIES[tries] - TRIES[tries - 1])  # kept even when no worker ran for a while
        rows = Pledge.objects.filter(
            state=Pledge.State.DUE,
            support__state=Support.State.FAILING,
            support__tries=tries,
            waiting_since__date__lte=today - gap,
            mandate__isnull=False,
        )
        for row in list(rows.order_by("pk")[:limit]):
            number += _secure_again(row)
    return number


def pause_stuck(limit: int) -> int:
    """A refused promise was cancelled or expired by itself: nothing is left to try, the support is paused."""
    open_ones = Pledge.objects.filter(state__in=Pledge.WAITING, support__isnull=False).values("support")
    rows = Support.objects.filter(state=Support.State.FAILING).exclude(pk__in=open_ones)
    return sum(_pause(row) for row in list(rows.order_by("pk")[:limit]))


@transaction.atomic
def _pause(row: Support) -> int:
    found = supports.hold(row)
    if found.state != Support.State.FAILING or found.pledges.filter(state__in=Pledge.WAITING).exists():
        return 0
    supports.give_up(found)
    return 1


@transaction.atomic
def _secure_again(row: Pledge, *, renewed: bool = False) -> int:
    found = pledges.lock(row)
    if found.state != Pledge.State.DUE:
        return 0
    if renewed:
        stored = Support.objects.select_related("mandate").get(pk=found.support_id)
        found.mandate, found.channel = stored.mandate, stored.channel
    found.state = after(PLEDGE, found.state, "secure")
    found.save(update_fields=["state", "mandate", "channel"])
    return 1


def charge_due(today: date, limit: int) -> int:
    """Charge stored cards whose period has come; one the bank is working on is left to the sweeper."""
    busy = Payment.objects.filter(state=Payment.State.PROCESSING).values("pledge")
    rows = Pledge.objects.filter(
        state=Pledge.State.SECURED, support__isnull=False, period__lte=today, mandate__isnull=False
    )
    rows = rows.exclude(pk__in=busy).exclude(collector__in=_shut()).exclude(campaign__hidden=True)
    number = 0
    for row in list(rows.order_by("pk")[:limit]):
        try:
            checkouts.charge(row)
            number += 1
        except NotPossible:  # paid, stopped or charged by another worker meanwhile
            continue
        except (GatewayError, outcomes.Mismatch, NotAuthorised) as error:
            logger.warning("The charge of pledge %s waits: %s", row.code, error)
    return number


def warn() -> int:
    """Letters a year before a card ends, and again when the payment after next would fail; each once."""
    year = timezone.localdate() + support_acts.YEAR
    rows = Support.objects.filter(state__in=Support.COUNTED, mandate__expires__lte=year)
    number = 0
    rows = rows.select_related("campaign", "collector", "mandate").order_by("pk")
    for row in rows.iterator(chunk_size=200):
        expires = row.mandate.expires if row.mandate else None
        after_next = supports.period(row, row.number + 1)
        with transaction.atomic():
            support_letters.card_ends(row, last=expires is not None and expires < after_next)
        number += 1
    return number
