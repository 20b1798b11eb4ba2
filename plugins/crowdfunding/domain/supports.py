"""The life of a regular support: made once, changed, paused, resumed and stopped by the donor alone.

Locks follow the order pledge, ledger, tally, support: a support's row is held last.
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from moneyed import Money

from core.domain import wakes
from core.journal import record
from core.money import CurrencyMismatch
from plugins.crowdfunding.domain import campaigns, support_letters, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.codes import new_code
from plugins.crowdfunding.domain.lifecycles import PLEDGE, Table, after
from plugins.crowdfunding.models import Campaign, Mandate, Pledge, Support, Tally
from plugins.crowdfunding.models.pledges import new_token
from plugins.crowdfunding.verbs import SUPPORT_MADE, SUPPORT_PAUSED

_S = Support.State
LIFE: Table = {
    # A card support counts once the card is stored.
    _S.STARTED: {"secure": _S.ACTIVE, "stop": _S.STOPPED},
    _S.ACTIVE: {
        "secure": _S.ACTIVE,
        "refuse": _S.FAILING,
        "pay": _S.ACTIVE,
        "pause": _S.PAUSED,
        "stop": _S.STOPPED,
    },
    _S.FAILING: {
        "secure": _S.FAILING,
        "refuse": _S.FAILING,
        "pay": _S.ACTIVE,
        "give_up": _S.PAUSED,
        "pause": _S.PAUSED,
        "stop": _S.STOPPED,
    },
    _S.PAUSED: {"secure": _S.PAUSED, "pay": _S.PAUSED, "resume": _S.ACTIVE, "stop": _S.STOPPED},
    _S.STOPPED: {"pay": _S.STOPPED, "secure": _S.STOPPED},
}
TRIES = (0, 4, 10)
"""Days after the first refusal on which a card is tried; after the last the support is paused."""


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day when it has none: the 31st becomes the 28th, then the 31st."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period(row: Support, number: int) -> date:
    """The day of the n-th period, counted from the first so that no day is lost on the way."""
    return months_later(row.starts_on, number * row.months)


def monthly(amount_minor: int, months: int) -> int:
    """An amount per month, rounded half up."""
    return (2 * amount_minor + months) // (2 * months)


def make(
    campaign: Campaign, donor: object, amount: Money, *, interval: str, channel: str, form_key: str
) -> Support:
    """Promise an amount for each period; the first begins today. The same form sent twice is one support.

    ``donor`` is a ``pledges.Donor``. Raises NotTaking, BelowMinimum, CurrencyMismatch and AlreadyUsed.
    """
    from plugins.crowdfunding.domain import pledges

    if amount.currency.code != campaign.currency:
        raise CurrencyMismatch(str(amount))
    if amount < campaign.minimum:
        raise pledges.BelowMinimum(str(amount))
    try:
        with transaction.atomic():
            return _make(campaign, donor, amount, interval=interval, channel=channel, form_key=form_key)
    except IntegrityError:
        known = Support.objects.select_related("campaign").filter(form_key=form_key).first()
        if known is None:
            raise
        same = (known.amount, known.interval, known.channel, known.email, known.campaign_id)
        if same != (amount, interval, channel, getattr(donor, "email", ""), campaign.pk):
            raise pledges.AlreadyUsed(known.pledges.order_by("pk")[0]) from None
        return known


def _make(
    campaign: Campaign, donor: object, amount: Money, *, interval: str, channel: str, form_key: str
) -> Support:
    from plugins.crowdfunding.domain import pledges

    campaign = campaigns.lock(campaign)
    if campaign.kind != Campaign.Kind.RECURRING or not campaign.takes_pledges():
        raise pledges.NotTaking(campaign.slug)
    offline = channel == Pledge.Channel.TRANSFER
    known = pledges.columns(campaign, donor, amount)  # type: ignore[arg-type]
    facts: dict[str, Any] = {name: value for name, value in known.items() if name != "if_fails"}
    today = timezone.localdate()
    row = Support(
        **facts,
        form_key=form_key,
        interval=interval,
        channel=channel,
        state=_S.ACTIVE if offline else _S.STARTED,
        starts_on=today,
        next_on=today,
    )
    row.monthly_minor = monthly(row.amount_minor, row.months)
    row.save(force_insert=True)
    promise(row, today)
    advance(row, today)
    if offline:
        count(row, 1)
        begin(row)
    return row


def promise(row: Support, day: date | None, *, started: bool = False) -> Pledge:
    """One pledge of a support: for a period, or without one to store another card."""
    offline = row.by_standing_order
    waits = Pledge.State.PLEDGED if offline else Pledge.State.SECURED
    state = Pledge.State.STARTED if started or (not offline and row.mandate_id is None) else waits
    made = Pledge.objects.create(
        campaign_id=row.campaign_id,
        collector_id=row.collector_id,
        support=row,
        period=day,
        code=new_code(),
        form_key=f"card-{new_token()}" if day is None else f"{day:%Y%m%d}-{row.uid}",
        currency=row.currency,
        amount_minor=row.amount_minor,
        donor=row.donor,
        person=row.person,
        email=row.email,
        name=row.name,
        anonymous=row.anonymous,
        message=row.message,
        language=row.language,
        channel=row.channel,
        mandate=None if state == Pledge.State.STARTED else row.mandate,
        state=state,
    )
    if tallies.waits(made.state):
        tallies.promise(made, 1)
    return made


def advance(row: Support, today: date) -> None:
    """The next period after today; periods missed while nobody worked are not caught up."""
    while row.next_on <= today:
        row.number += 1
        row.next_on = period(row, row.number)
    row.save(update_fields=["number", "next_on"])


def begin(row: Support) -> None:
    """The support runs from now on; the donor learns how it goes on."""
    record(
        row.person, SUPPORT_MADE, row.campaign, organisation=row.campaign.collector, amount=fact(row.amount)
    )
    support_letters.made(row)


def count(row: Support, sign: int) -> None:
    """A support began to count among the monthly promises (1), or no longer does (-1)."""
    Tally.objects.filter(campaign_id=row.campaign_id).update(
        monthly_minor=F("monthly_minor") + sign * row.monthly_minor, supporters=F("supporters") + sign
    )


def hold(row: Support) -> Support:
    """The support as it is now, its open pledges, its tally and its row held until the end of the transaction."""
    waiting = Pledge.objects.filter(support=row, state__in=[*Pledge.WAITING, Pledge.State.STARTED])
    list(waiting.select_for_update(of=("self",)).order_by("pk"))
    return lock(row)


def lock(row: Support) -> Support:
    """The support as it is now, held with its tally until the end of the transaction; no pledge is held after it."""
    list(Tally.objects.filter(campaign_id=row.campaign_id).select_for_update(of=("self",)).only("pk"))
    rows = Support.objects.select_related("campaign__project", "campaign__collector", "collector", "mandate")
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


def turn(row: Support, act: str) -> str:
    """Change the state of a held support with what it counts; gives the state before. Raises NotPossible."""
    before = row.state
    row.state = after(LIFE, before, act)
    row.ended_at = timezone.now() if row.state == _S.STOPPED else None
    row.save()
    if (before in Support.COUNTED) != (row.state in Support.COUNTED):
        count(row, 1 if row.state in Support.COUNTED else -1)
    return before


def drop_open(row: Support) -> None:
    """Promises of a held support that wait for a card or a transfer are no longer waited for; the bank's are."""
    open_ones = Pledge.objects.filter(support=row, state__in=[*Pledge.WAITING, Pledge.State.STARTED])
    for pledge in open_ones.exclude(payments__state="processing"):
        waits = tallies.waits(pledge.state)
        pledge.state, pledge.ended_at = after(PLEDGE, pledge.state, "cancel"), timezone.now()
        pledge.save(update_fields=["state", "ended_at"])
        if waits:
            tallies.promise(pledge, -1)


def on_secured(pledge: Pledge, mandate: Mandate | None) -> None:
    """A card was stored for a locked pledge of a support: it pays from now on, what is due at once (by a worker)."""
    row = lock(pledge.support)  # type: ignore[arg-type]
    row.mandate, row.channel = mandate, pledge.channel
    if turn(row, "secure") == _S.STARTED:
        begin(row)
    if pledge.period is None or row.state not in Support.COUNTED:
        pledge.state, pledge.ended_at = after(PLEDGE, pledge.state, "cancel"), timezone.now()
        pledge.save(update_fields=["state", "ended_at"])
        tallies.promise(pledge, -1)
    else:
        wake()
    if Pledge.objects.filter(support=row, state=Pledge.State.DUE).exists():
        wake()  # periods.renew: whoever holds the support takes no other pledge


def on_refused(pledge: Pledge) -> None:
    """The bank refused a locked pledge of a support: tried again, and after the last time paused."""
    row = lock(pledge.support)  # type: ignore[arg-type]
    if row.state not in Support.COUNTED:
        return
    row.failing_since = row.failing_since or timezone.localdate()
    row.tries += 1
    turn(row, "refuse")
    if row.tries >= len(TRIES):
        pledge.state, pledge.ended_at = after(PLEDGE, pledge.state, "expire"), timezone.now()
        pledge.save(update_fields=["state", "ended_at"])
        tallies.promise(pledge, -1)
        give_up(row)


def give_up(row: Support) -> None:
    """A held support that nothing comes from is paused, and the donor told."""
    turn(row, "give_up" if row.state == _S.FAILING else "pause")
    Support.objects.filter(pk=row.pk).update(tries=0, failing_since=None)
    record(None, SUPPORT_PAUSED, row.campaign, organisation=row.collector, amount=fact(row.amount))
    support_letters.paused(row)


def on_paid(pledge: Pledge) -> None:
    """Money of a support came: what was refused before is forgotten."""
    row = lock(pledge.support)  # type: ignore[arg-type]
    row.tries, row.failing_since = 0, None
    if row.state == _S.FAILING:
        turn(row, "pay")
    else:
        row.save(update_fields=["tries", "failing_since"])


def wake() -> None:
    """Tell a worker that stored cards wait to be charged."""
    from plugins.crowdfunding.tasks import follow_supports

    wakes.wake(follow_supports)
