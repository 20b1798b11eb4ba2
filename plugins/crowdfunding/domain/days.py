"""Days of work that a group or a commune gives: offered, accepted, done."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.journal import record
from core.models import BudgetLine, Person
from plugins.crowdfunding.domain import campaigns, lines, offer_letters, offers
from plugins.crowdfunding.domain.offers import AlreadyUsed, Giver, NotTaking
from plugins.crowdfunding.domain.promise_lives import DAYS, after
from plugins.crowdfunding.models import Campaign, DaysOffer
from plugins.crowdfunding.verbs import (
    DAYS_ACCEPTED,
    DAYS_DECLINED,
    DAYS_DONE,
    DAYS_OFFERED,
    DAYS_WITHDRAWN,
)

MOST = 10_000
"""More days than this are not one offer."""


class BadDays(ValueError):
    """Not a number of days somebody can give, or have given."""


def offer(
    campaign: Campaign,
    giver: Giver,
    *,
    group: str,
    days: int,
    form_key: str,
    when: str = "",
    line: BudgetLine | None = None,
) -> DaysOffer:
    """Offer days of work; the same form sent twice is one offer.

    Raises NotTaking, BadDays, AlreadyUsed and WrongLine.
    """
    if not 0 < days <= MOST:
        raise BadDays(str(days))
    offers.check_lines(campaign, [line], BudgetLine.Kind.DAYS)
    known = _same(form_key, giver, days)
    if known is not None:
        return known
    facts = {"group": group, "days": days, "form_key": form_key, "when": when, "line": line}
    try:
        with transaction.atomic():
            return _make(campaign, giver, facts)
    except IntegrityError:
        known = _same(form_key, giver, days)  # the same form delivered twice at once
        if known is None:
            raise
        return known


def _same(form_key: str, giver: Giver, days: int) -> DaysOffer | None:
    known = DaysOffer.objects.select_related("campaign").filter(form_key=form_key).first()
    if known is not None and (known.email != giver.email or known.days != days):
        raise AlreadyUsed(known.uid)
    return known


def _make(campaign: Campaign, giver: Giver, facts: dict[str, object]) -> DaysOffer:
    campaign = campaigns.lock(campaign)
    if not offers.takes(campaign):
        raise NotTaking(campaign.slug)
    row = DaysOffer.objects.create(campaign=campaign, **giver.columns(), **facts)
    record(giver.person, DAYS_OFFERED, campaign, organisation=campaign.receiver, number=row.days)
    offer_letters.days(row, "offered")
    return row


@transaction.atomic
def accept(row: DaysOffer, sentence: str, *, by: Person | None, despite: bool = False) -> DaysOffer:
    """Say yes; raises NotPossible, and Overfunded when the line gets more days than it needs (D16)."""
    found = offers.lock(row)
    found.state = after(DAYS, found.state, "accept")
    lines.lock([found.line_id])
    offers.answered(found, sentence, by)
    found.save()
    offers.hold_lines([found.line_id], despite=despite, campaign=found.campaign, by=by)
    _note(found, DAYS_ACCEPTED, by, days=found.days, group=found.group)
    offer_letters.days(found, "accepted")
    return found


@transaction.atomic
def decline(row: DaysOffer, sentence: str, *, by: Person | None) -> DaysOffer:
    """Say no with a sentence; raises NotPossible."""
    found = offers.lock(row)
    found.state = after(DAYS, found.state, "decline")
    found.ended_at = timezone.now()
    offers.answered(found, sentence, by)
    found.save()
    _note(found, DAYS_DECLINED, by, days=found.days)
    offer_letters.days(found, "declined")
    return found


@transaction.atomic
def withdraw(row: DaysOffer) -> DaysOffer:
    """The group takes its offer back; raises NotPossible."""
    found = offers.lock(row)
    found.state = after(DAYS, found.state, "withdraw")
    found.ended_at = timezone.now()
    found.save(update_fields=["state", "ended_at"])
    _note(found, DAYS_WITHDRAWN, found.person, days=found.days)
    offer_letters.days(found, "withdrawn")
    return found


@transaction.atomic
def done(row: DaysOffer, days: int, on: date, *, by: Person | None) -> DaysOffer:
    """The work is done, in as many days as it took; raises NotPossible and BadDays."""
    if not 0 < days <= MOST:
        raise BadDays(str(days))
    found = offers.lock(row)
    found.state = after(DAYS, found.state, "done")
    lines.lock([found.line_id])
    found.done_days, found.done_on, found.ended_at = days, on, timezone.now()
    found.save()
    offers.hold_lines([found.line_id], despite=True, campaign=found.campaign, by=by)
    _note(found, DAYS_DONE, by, days=days, group=found.group)
    offer_letters.days(found, "done")
    return found


def _note(row: DaysOffer, verb: str, by: Person | None, **facts: object) -> None:
    record(by, verb, row.campaign, organisation=row.campaign.receiver, **facts)
