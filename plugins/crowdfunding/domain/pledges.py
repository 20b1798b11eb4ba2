"""The life of a pledge: made in one step by anyone, waited for, reminded of, cancelled or expired."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from moneyed import Money

from core.journal import record
from core.locks import hold
from core.models import Person
from core.models.identity import new_uid
from core.money import CurrencyMismatch, minor
from core.prepared import prepared
from plugins.crowdfunding.domain import campaigns, letters, rewards, rules, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.codes import new_code
from plugins.crowdfunding.domain.lifecycles import (
    PLEDGE,
    NotPossible,
    after,
)
from plugins.crowdfunding.models import Campaign, Payment, Pledge, Reward
from plugins.crowdfunding.verbs import (
    PLEDGE_CANCELLED,
    PLEDGE_EXPIRED,
    PLEDGED,
)

ATTEMPTS = 3
"""How often a new reference code is drawn when one is taken."""


class NotTaking(ValueError):
    """The campaign takes no pledges: not open yet, over, or cancelled."""


class BelowMinimum(ValueError):
    """The amount is below what the campaign takes."""


class AlreadyUsed(ValueError):
    """The same filled form already made another pledge, with other contents."""

    def __init__(self, pledge: Pledge) -> None:
        super().__init__(pledge.code)
        self.pledge = pledge


@dataclass(frozen=True)
class Donor:
    """What a guest says of herself: an address, and the rest if she likes."""

    email: str = ""
    name: str = ""
    anonymous: bool = False
    message: str = ""
    language: str = "fr"
    person: Person | None = None
    if_fails: str = Pledge.IfFails.RETURN


def same_form(form_key: str, email: str, amount: Money, reward: Reward | None = None) -> Pledge | None:
    """The pledge a form already made; raises AlreadyUsed when it was filled in differently."""
    known = next(iter(_of_form(form_key)), None)
    if known is None:
        return None
    chosen = known.delivery.reward_id if hasattr(known, "delivery") else None
    if (known.email, known.amount, chosen) != (email, amount, reward.pk if reward else None):
        raise AlreadyUsed(known)
    return known


@prepared
def _of_form(form_key: str) -> QuerySet[Pledge]:
    """The pledge of a filled form, with its reward if it has one."""
    return Pledge.objects.filter(form_key=form_key).select_related("campaign", "delivery")


def pledge(
    campaign: Campaign,
    donor: Donor,
    amount: Money,
    *,
    form_key: str,
    channel: str = "transfer",
    reward: Reward | None = None,
) -> Pledge:
    """Promise an amount, perhaps for a reward; the same form sent twice is one pledge.

    Raises NotTaking, BelowMinimum, CurrencyMismatch, AlreadyUsed, and what ``rewards.claim`` raises.
    """
    if amount.currency.code != campaign.currency:
        raise CurrencyMismatch(f"{amount} is not in {campaign.currency}")
    known = same_form(form_key, donor.email, amount, reward)
    if known is not None:
        return known
    if not campaign.takes_pledges():
        raise NotTaking(campaign.slug)
    if amount < campaign.minimum:
        raise BelowMinimum(str(amount))
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                made = _make(campaign, donor, amount, form_key=form_key, channel=channel)
                if reward is not None:
                    rewards.claim(made, reward)  # after the tally: the last lock
                return made
        except IntegrityError:
            # The same form delivered twice at once, and the other one won; else a code that was taken: another one.
            known = same_form(form_key, donor.email, amount, reward)
            if known is not None:
                return known
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _make(campaign: Campaign, donor: Donor, amount: Money, *, form_key: str, channel: str) -> Pledge:
    """Write the pledge with its tally, journal entry and letter; raises NotTaking when the campaign just ended.

    One to be paid on a provider's page counts only once the provider says so.
    """
    campaign = campaigns.lock(campaign)
    if not campaign.takes_pledges() or campaign.currency != amount.currency.code:
        raise NotTaking(campaign.slug)
    offline = channel in Pledge.OFFLINE
    state = Pledge.State.PLEDGED if offline else Pledge.State.STARTED
    facts = columns(campaign, donor, amount)
    made = Pledge.objects.create(form_key=form_key, **facts, channel=channel, state=state)
    if not offline:
        return made
    tallies.promise(made, 1)
    record(
        donor.person, PLEDGED, campaign, organisation=campaign.collector, amount=fact(amount), code=made.code
    )
    letters.pledged(made)
    return made


def columns(campaign: Campaign, donor: Donor, amount: Money) -> dict[str, object]:
    """The columns of a new pledge, with the donor's pseudonym in this campaign."""
    earlier = _earlier(campaign.pk, donor.email) if donor.email else []
    return {
        "campaign": campaign,
        "collector_id": campaign.collector_id,
        "code": new_code(),
        "currency": campaign.currency,
        "amount_minor": minor(amount),
        "donor": earlier[0].donor if earlier else new_uid(),
        "person": donor.person,
        "email": donor.email,
        "name": donor.name,
        "anonymous": donor.anonymous,
        "message": donor.message,
        "if_fails": donor.if_fails,
        "language": donor.language,
    }


@prepared
def _earlier(campaign: int, email: str) -> QuerySet[Pledge]:
    """The first pledge from an address to a campaign."""
    return Pledge.objects.filter(campaign_id=campaign, email=email).order_by("pk").only("donor")[:1]


def lock(row: Pledge) -> Pledge:
    """The pledge as it is now, held until the end of the transaction."""
    return held(row.pk)


def held(pk: int) -> Pledge:
    """The pledge with this number, held; raises DoesNotExist."""
    hold(Pledge, pk)
    found = _with_all(pk)
    if not found:
        raise Pledge.DoesNotExist(pk)
    return found[0]


@prepared
def _with_all(pk: int) -> QuerySet[Pledge]:
    """A pledge with what its acts need."""
    rows = Pledge.objects.filter(pk=pk)
    return rows.select_related(
        "campaign__project", "campaign__collector", "campaign__receiver", "collector", "mandate__account"
    )


@transaction.atomic
def cancel(row: Pledge, *, by: Person | None = None) -> Pledge:
    """Take a promise back; raises NotPossible once the money came, Frozen in the last hours of a round it decides."""
    found = lock(row)
    rules.check_not_frozen(found.campaign)
    if found.campaign.state != Campaign.State.CANCELLED:  # of one called off everything goes back
        check_answered(found, "cancel")
    if not end(found, "cancel"):
        return found
    record(by, PLEDGE_CANCELLED, found.campaign, amount=fact(found.amount), code=found.code)
    letters.cancelled(found)
    return found


def check_answered(found: Pledge, act: str) -> None:
    """Raise NotPossible while a bank has the money of a locked pledge, or was asked for it and has not answered."""
    asked = Q(state=Payment.State.PROCESSING) | Q(way=Payment.Way.CHARGE)
    if found.payments.filter(asked, state__in=Payment.UNFINISHED).exists():
        raise NotPossible(found.state, act)


def end(found: Pledge, act: str) -> bool:
    """End a locked pledge; gives whether it had counted as a promise."""
    counted = tallies.waits(found.state)
    found.state = after(PLEDGE, found.state, act)
    found.ended_at = timezone.now()
    found.save(update_fields=["state", "ended_at"])
    if counted:
        tallies.promise(found, -1)
    return counted


@transaction.atomic
def release(row: Pledge) -> Pledge:
    """The campaign did not reach its minimum: nothing is ever taken for this pledge. Raises NotPossible."""
    found = lock(row)
    end(found, "release")
    return found


@transaction.atomic
def switch(row: Pledge) -> Pledge:
    """Pay by bank transfer instead of the card: the promise waits with a fresh clock. Raises NotPossible."""
    found = lock(row)
    if found.state == Pledge.State.PLEDGED:
        raise NotPossible(found.state, "promise")
    check_answered(found, "promise")
    counted = tallies.waits(found.state)
    found.state = after(PLEDGE, found.state, "promise")
    found.channel, found.mandate, found.reminders = Pledge.Channel.TRANSFER, None, 0
    found.waiting_since, found.ended_at = timezone.now(), None
    found.save(update_fields=["state", "channel", "mandate", "reminders", "waiting_since", "ended_at"])
    if not counted:
        tallies.promise(found, 1)
    letters.pledged(found)
    return found


@transaction.atomic
def expire(row: Pledge) -> None:
    """A promise nobody paid in time no longer counts; the donor is told kindly."""
    found = lock(row)
    if not end(found, "expire"):
        return
    record(None, PLEDGE_EXPIRED, found.campaign, amount=fact(found.amount), code=found.code)
    letters.expired(found)
