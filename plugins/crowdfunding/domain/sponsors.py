"""Sponsors: organisations that set up a fund, offer it to campaigns, and pay what it added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from moneyed import Money

from core.domain.permissions import roles
from core.journal import record
from core.models import Membership, Organisation, Person
from core.money import CurrencyMismatch, minor
from core.prepared import prepared
from plugins.crowdfunding.domain import campaigns, matching, payments, pledges
from plugins.crowdfunding.domain.amounts import END, ISOLATE, fact
from plugins.crowdfunding.domain.lifecycles import NotPossible, Table, after
from plugins.crowdfunding.models import Campaign, MatchedCampaign, MatchingFund, MatchSettlement, Payment
from plugins.crowdfunding.verbs import (
    MATCHING_ACCEPTED,
    MATCHING_ASKED,
    MATCHING_SETTLED,
    MATCHING_STOPPED,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_P = MatchedCampaign.State
LIFE: Table = {
    _P.ASKED: {"accept": _P.ACCEPTED, "decline": _P.DECLINED},
    # Gifts promised while it was accepted keep what was added to them.
    _P.ACCEPTED: {"decline": _P.DECLINED},
    _P.DECLINED: {"ask": _P.ASKED, "accept": _P.ACCEPTED},
}
DECIDE = frozenset({Membership.Role.MANAGER, Membership.Role.TREASURER})
TAKES = (Campaign.State.DRAFT, Campaign.State.OPEN)


class Unfit(ValueError):
    """A fund cannot add to this campaign: another currency, a pot itself, or over."""


@dataclass(frozen=True)
class Terms:
    """The rule a sponsor publishes."""

    total: Money
    opens_on: date
    closes_on: date
    ratio_percent: int = 100
    gift_cap: Money | None = None
    person_cap: Money | None = None


def may_sponsor(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person may promise the organisation's money: its managers and treasurers, nobody else."""
    return bool(roles(person, organisation) & DECIDE)


def funds_of(organisation: Organisation) -> QuerySet[MatchingFund]:
    """The organisation's funds, newest first."""
    return MatchingFund.objects.filter(sponsor=organisation).select_related("source__tally", "sponsor")


def set_up(
    organisation: Organisation,
    terms: Terms,
    *,
    by: Person | None,
    form_key: str,
    source: Campaign | None = None,
) -> MatchingFund:
    """A fund by its rule; the same form sent twice is one. Raises CurrencyMismatch and Unfit."""
    currency = terms.total.currency.code
    caps = [cap for cap in (terms.gift_cap, terms.person_cap) if cap is not None]
    if any(cap.currency.code != currency for cap in caps):
        raise CurrencyMismatch(currency)
    if source is not None and (source.kind != Campaign.Kind.MATCHING or source.currency != currency):
        raise Unfit(source.slug)
    made = MatchingFund(
        sponsor=organisation,
        source=source,
        currency=currency,
        ratio_percent=terms.ratio_percent,
        gift_cap_minor=minor(terms.gift_cap) if terms.gift_cap is not None else 0,
        person_cap_minor=minor(terms.person_cap) if terms.person_cap is not None else 0,
        total_minor=minor(terms.total),
        opens_on=terms.opens_on,
        closes_on=terms.closes_on,
        made_by=by,
        form_key=form_key,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        known = MatchingFund.objects.filter(form_key=form_key, sponsor=organisation).first()
        if known is None:
            raise
        return known
    return made


def fits(fund: MatchingFund, campaign: Campaign) -> bool:
    """Whether the fund can add to a campaign's gifts."""
    return (
        campaign.currency == fund.currency
        and campaign.kind != Campaign.Kind.MATCHING
        and campaign.state in TAKES
        and not campaign.hidden
    )


@transaction.atomic
def offer(fund: MatchingFund, campaign: Campaign, *, by: Person | None) -> MatchedCampaign:
    """Propose the fund to a campaign; who answers for both has accepted with it. Raises Unfit and NotPossible."""
    held = matching.lock(fund.pk)
    if not fits(held, campaign) or held.stopped_at is not None:
        raise Unfit(campaign.slug)
    place = MatchedCampaign.objects.filter(fund=held, campaign=campaign).first()
    if place is None:
        place = MatchedCampaign(fund=held, campaign=campaign)
    else:
        place.state, place.asked_at = after(LIFE, place.state, "ask"), timezone.now()
    place.save()
    if by is not None and campaigns.may_open(by, campaign):
        return answer(place, by=by, accept=True)
    record(by, MATCHING_ASKED, campaign)
    return place


@transaction.atomic
def answer(place: MatchedCampaign, *, by: Person | None, accept: bool) -> MatchedCampaign:
    """The campaign's side says yes or no, or no longer; raises NotPossible."""
    fund = matching.lock(place.fund_id)
    found = MatchedCampaign.objects.select_related("campaign__project", "campaign__collector").get(
        pk=place.pk
    )
    was = found.state
    found.fund, found.state = fund, after(LIFE, was, "accept" if accept else "decline")
    found.answered_at = timezone.now()
    found.save(update_fields=["state", "answered_at"])
    sponsor = named(fund.sponsor)
    if accept:
        record(by, MATCHING_ACCEPTED, found.campaign, amount=fact(fund.total), sponsor=sponsor)
    elif was == _P.ACCEPTED:
        record(by, MATCHING_STOPPED, found.campaign, sponsor=sponsor)
    return found


def named(organisation: Organisation) -> str:
    """An organisation's name as a fact of the journal."""
    return f"{ISOLATE}{organisation}{END}"


@transaction.atomic
def stop(fund: MatchingFund, *, by: Person | None) -> MatchingFund:
    """No gift promised after today is matched; what was added stays due. Raises NotPossible when stopped before."""
    held = matching.lock(fund.pk)
    if held.stopped_at is not None:
        raise NotPossible("stopped", "stop")
    held.stopped_at = timezone.now()
    held.save(update_fields=["stopped_at"])
    for place in held.places.filter(state=_P.ACCEPTED).select_related("campaign__project"):
        record(by, MATCHING_STOPPED, place.campaign, sponsor=named(held.sponsor))
    return held


def dues(collector: Organisation) -> QuerySet[MatchedCampaign]:
    """Where sponsors still owe this collector something, oldest first."""
    rows = MatchedCampaign.objects.filter(campaign__collector=collector, matched_minor__gt=F("settled_minor"))
    return rows.select_related("fund__sponsor", "fund__source", "campaign").order_by("pk")


@transaction.atomic
def settle(place: MatchedCampaign, receipt: payments.Receipt, *, by: Person, form_key: str) -> Payment:
    """The sponsor paid: a gift of the sponsor, which settles the oldest matches. The same form sent twice is one.

    Raises what ``payments.enter_gift`` raises.
    """
    fund, campaign = place.fund, place.campaign
    paid, _made = MatchSettlement.objects.get_or_create(form_key=form_key, defaults={"place": place})
    if paid.place_id != place.pk:
        raise pledges.AlreadyUsed(Payment.objects.select_related("pledge").get(pk=paid.payment_id).pledge)
    donor = pledges.Donor(name=str(fund.sponsor)[:80], language=campaign.language)
    payment = payments.enter_gift(campaign, donor, receipt, by=by, form_key=form_key)
    if paid.payment_id is None:
        matching.lock(fund.pk)
        paid.payment = payment
        paid.save(update_fields=["payment"])
        matching.settle(place.pk, paid, payment.amount_minor)
        record(
            by,
            MATCHING_SETTLED,
            campaign,
            organisation=campaign.collector,
            sponsor=named(fund.sponsor),
            amount=fact(payment.amount),
        )
    return payment


@prepared
def places_of(campaign: int) -> QuerySet[MatchedCampaign]:
    """Accepted funds of a campaign with their sponsors, oldest first."""
    rows = MatchedCampaign.objects.filter(campaign_id=campaign).exclude(state=_P.DECLINED)
    return rows.select_related("fund__sponsor", "fund__source__tally").order_by("fund_id")


def adding(campaign: Campaign, places: list[MatchedCampaign] | None = None) -> list[MatchedCampaign]:
    """Places whose fund adds to a gift promised now."""
    found = places_of(campaign.pk) if places is None else places
    return [
        place
        for place in found
        if place.state == _P.ACCEPTED and place.fund.runs and place.fund.left.amount > 0
    ]


def pots_of(campaign: Campaign) -> QuerySet[MatchingFund]:
    """The rules of a pot that a campaign fills."""
    return MatchingFund.objects.filter(source=campaign).select_related("source__tally", "sponsor")
