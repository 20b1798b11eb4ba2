"""What a donor does with a regular support: another amount, a pause, an end, another card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from moneyed import Money

from core.journal import record
from core.models import Organisation
from core.money import CurrencyMismatch, minor, money
from plugins.crowdfunding.domain import pledges, support_letters
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import after
from plugins.crowdfunding.domain.supports import (
    LIFE,
    advance,
    count,
    drop_open,
    hold,
    monthly,
    period,
    promise,
    turn,
)
from plugins.crowdfunding.models import Payment, Pledge, Support
from plugins.crowdfunding.verbs import SUPPORT_CHANGED, SUPPORT_PAUSED, SUPPORT_STOPPED

_S = Support.State
YEAR = timedelta(days=365)


@transaction.atomic
def change(row: Support, amount: Money) -> Support:
    """Another amount from the next period on; raises CurrencyMismatch, BelowMinimum, NotPossible."""
    found = hold(row)
    if amount.currency.code != found.currency:
        raise CurrencyMismatch(str(amount))
    if amount < found.campaign.minimum:
        raise pledges.BelowMinimum(str(amount))
    after(LIFE, found.state, "stop")  # a stopped support changes no more
    counted = found.state in Support.COUNTED
    if counted:
        count(found, -1)
    found.amount_minor = minor(amount)
    found.monthly_minor = monthly(found.amount_minor, found.months)
    found.save(update_fields=["amount_minor", "monthly_minor"])
    if counted:
        count(found, 1)
        record(
            found.person, SUPPORT_CHANGED, found.campaign, organisation=found.collector, amount=fact(amount)
        )
    return found


@transaction.atomic
def pause(row: Support) -> Support:
    """Nothing is asked for until the donor resumes; raises NotPossible."""
    found = hold(row)
    turn(found, "pause")
    drop_open(found)
    Support.objects.filter(pk=found.pk).update(tries=0, failing_since=None)
    record(
        found.person, SUPPORT_PAUSED, found.campaign, organisation=found.collector, amount=fact(found.amount)
    )
    return found


@transaction.atomic
def resume(row: Support) -> Support:
    """Go on with the first period that lies ahead, or begins today; raises NotPossible and NotTaking."""
    found = hold(row)
    if not found.campaign.takes_pledges():
        raise pledges.NotTaking(found.campaign.slug)
    turn(found, "resume")
    while found.next_on < timezone.localdate():
        found.number += 1
        found.next_on = period(found, found.number)
    found.save(update_fields=["number", "next_on"])
    return found


@transaction.atomic
def stop(row: Support, *, told: bool = False) -> Support:
    """No more, for good; ``told`` writes to the donor, when it was not the donor's own will. Raises NotPossible."""
    found = hold(row)
    turn(found, "stop")
    drop_open(found)
    record(
        None if told else found.person,
        SUPPORT_STOPPED,
        found.campaign,
        organisation=found.collector,
        amount=fact(found.amount),
    )
    if told:
        support_letters.stopped(found)
    return found


@transaction.atomic
def for_card(row: Support) -> Pledge:
    """The pledge whose page of the provider stores a card: the one that waits for it, else one made for that alone."""
    found = hold(row)
    after(LIFE, found.state, "secure")
    waiting = Pledge.objects.filter(
        support=found, state__in=[Pledge.State.DUE, Pledge.State.STARTED]
    ).order_by("-pk")
    known = waiting.select_related("campaign", "collector").first()
    if known is not None:
        return known
    first = found.state == _S.STARTED
    if first:  # its first page was never finished: it begins today
        found.starts_on = found.next_on = timezone.localdate()
        found.number = 0
        found.save(update_fields=["starts_on", "next_on", "number"])
    day = found.starts_on if first else None
    known = Pledge.objects.filter(support=found, period=day).first() if first else None
    made = known or promise(found, day, started=True)
    if first:
        advance(found, found.starts_on)
    return made


@dataclass(frozen=True)
class History:
    """What a support has given: its pledges newest first, and what came in each year."""

    pledges: list[Pledge]
    years: list[tuple[int, Money]]


def history(row: Support, length: int = 24) -> History:
    """The last periods and the sum received per year; two queries."""
    rows = Pledge.objects.filter(support=row, period__isnull=False).order_by("-period")[:length]
    came = Payment.objects.filter(pledge__support=row, state=Payment.State.RECEIVED).order_by()
    sums = came.values_list("received_on__year").annotate(
        sum=Sum("amount_minor"), back=Sum("refunded_minor"), held=Sum("disputed_minor")
    )
    years = [(year, money(total - back - held, row.currency)) for year, total, back, held in sums]
    return History(list(rows), sorted(years, reverse=True))


def ends_soon(row: Support) -> bool:
    """Whether the stored card ends within a year."""
    expires = row.mandate.expires if row.mandate else None
    return expires is not None and expires <= timezone.localdate() + YEAR


def waiting(collector: Organisation, codes: Iterable[str]) -> dict[str, Pledge]:
    """The promise that a transfer with each standing order's code pays: the oldest that waits, else the last."""
    paid = [Pledge.State.RECEIVED, Pledge.State.REFUNDED, Pledge.State.MOVED]
    rows = Pledge.objects.filter(collector=collector, support__code__in=list(codes), period__isnull=False)
    found: dict[str, Pledge] = {}
    for row in rows.exclude(state__in=paid).select_related("campaign", "support").order_by("period"):
        code = row.support.code if row.support else row.code
        if code not in found or found[code].state not in Pledge.WAITING:
            found[code] = row
    return found
