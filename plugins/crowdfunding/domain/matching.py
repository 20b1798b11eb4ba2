"""What a fund adds to each gift: an exact integer by its published rule, in the transaction of the gift.

Who matches holds the fund's row, so that what is left is never given twice. Money follows the order ledger, tally,
fund: these hooks are the last thing the transaction of a payment does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.prepared import prepared
from plugins.crowdfunding.models import (
    Match,
    MatchedCampaign,
    MatchingFund,
    MatchSettlement,
    Payment,
    Pledge,
    Tally,
)


@dataclass(frozen=True)
class Rule:
    """The rule of a fund in minor units; a cap of 0 is none."""

    ratio_percent: int
    gift_cap: int = 0
    person_cap: int = 0


def added(rule: Rule, gift: int, *, had: int, left: int) -> int:
    """What a fund adds to a gift, rounded down: never more than its caps, what the person has left, and the pot.

    ``had``: what the pot already added to the person's other gifts; ``left``: what is in the pot.
    """
    wanted = gift * rule.ratio_percent // 100
    if rule.gift_cap:
        wanted = min(wanted, rule.gift_cap)
    if rule.person_cap:
        wanted = min(wanted, rule.person_cap - had)
    return max(0, min(wanted, left))


def rule_of(fund: MatchingFund) -> Rule:
    """The rule as published."""
    return Rule(fund.ratio_percent, fund.gift_cap_minor, fund.person_cap_minor)


def person_key(fund: MatchingFund, pledge: Pledge) -> str:
    """Who gives, for the cap per person: the same for one address in all campaigns of one pot, and in no other pot."""
    return address_key(fund, pledge.email) if pledge.email else pledge.donor


def address_key(fund: MatchingFund, email: str) -> str:
    """The keyed digest of an address in one pot."""
    value = f"{fund.uid}:{email.strip().lower()}"
    return salted_hmac("crowdfunding.matching", value, algorithm="sha256").hexdigest()


def day_of(payment: Payment) -> date:
    """The day that counts: when the gift was promised on the site, else when it came."""
    pledge = payment.pledge
    if pledge.origin == Pledge.Origin.SITE:
        return timezone.localdate(pledge.created_at)
    return payment.received_on or timezone.localdate()


def on_received(payment: Payment) -> Match | None:
    """A gift came: the first fund of its campaign with something to add, adds it. Asked again, nothing changes.

    Call it last in the transaction of the gift; the pledge's row is held.
    """
    places = _places(payment.campaign_id)
    if not places:
        return None
    if Match.objects.filter(payment=payment).exists():
        on_taken_back(payment)
        return None
    taken = [place for place in places if place.state == MatchedCampaign.State.ACCEPTED]
    funds = [place.fund_id for place in taken if place.fund.currency == payment.currency]
    if not funds or MatchSettlement.objects.filter(form_key=payment.pledge.form_key).exists():
        return None
    day = day_of(payment)
    for pk in funds:
        fund = lock(pk)
        if fund.covers(day) and (made := _match(fund, payment)) is not None:
            return made
    return None


@prepared
def _places(campaign: int) -> QuerySet[MatchedCampaign]:
    """The places of a campaign in funds, over or not: most campaigns have none."""
    return MatchedCampaign.objects.filter(campaign_id=campaign).select_related("fund").order_by("fund")


def lock(pk: int) -> MatchingFund:
    """A fund as it is now, held until the end of the transaction."""
    rows = MatchingFund.objects.select_related("source__tally", "sponsor")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def _match(fund: MatchingFund, payment: Payment) -> Match | None:
    """Add to a gift what the rule gives, if anything."""
    key = person_key(fund, payment.pledge)
    amount = added(rule_of(fund), payment.standing_minor, had=_had(fund, key, payment), left=_left(fund))
    if not amount:
        return None
    match = Match.objects.create(
        fund=fund,
        campaign_id=payment.campaign_id,
        payment=payment,
        person_key=key,
        currency=payment.currency,
        granted_minor=amount,
        amount_minor=amount,
    )
    _count(fund, payment.campaign_id, amount)
    return match


def _left(fund: MatchingFund) -> int:
    return max(0, fund.available_minor - fund.matched_minor)


def _had(fund: MatchingFund, key: str, payment: Payment) -> int:
    """What the fund added to the person's other gifts."""
    others = Match.objects.filter(fund=fund, person_key=key).exclude(payment=payment)
    return int(others.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _count(fund: MatchingFund, campaign: int, change: int) -> None:
    """Keep the sums of a locked fund, of its place and of the campaign."""
    fund.matched_minor += change
    MatchingFund.objects.filter(pk=fund.pk).update(matched_minor=fund.matched_minor)
    MatchedCampaign.objects.filter(fund=fund, campaign=campaign).update(
        matched_minor=F("matched_minor") + change
    )
    Tally.objects.filter(campaign=campaign).update(matched_minor=F("matched_minor") + change)


def standing(payment: Payment) -> int:
    """What still counts of a payment as a gift to its campaign, in minor units."""
    counts = payment.state == Payment.State.RECEIVED and payment.pledge.state in {
        Pledge.State.RECEIVED,
        Pledge.State.DISPUTED,
    }
    return payment.standing_minor if counts else 0


def on_taken_back(payment: Payment, minor: int = 0) -> None:
    """What stands of a payment changed, by ``minor`` or otherwise: what was added follows, down and up again.

    For refunds, disputes (won ones too), corrections and moves; call it last, with payment and pledge as they are now.
    """
    known = Match.objects.filter(payment=payment).first()
    if known is not None:
        _restate(known, payment)
        return
    paid = MatchSettlement.objects.filter(payment=payment).first()
    if paid is not None:
        _restate_settlement(paid, payment)


def on_moved(old: Pledge, new: Pledge) -> None:
    """A gift went to another campaign: what was added here is taken back, and added there by the rule there."""
    both = MatchedCampaign.objects.filter(campaign__in=[old.campaign_id, new.campaign_id])
    for pk in sorted(set(both.values_list("fund", flat=True))):  # in one order, whichever way a gift goes
        lock(pk)
    for payment in Payment.objects.filter(pledge=old, state=Payment.State.MOVED).select_related("pledge"):
        on_taken_back(payment)
    for payment in Payment.objects.filter(pledge=new, state=Payment.State.RECEIVED).select_related("pledge"):
        on_received(payment)


def _restate(known: Match, payment: Payment) -> None:
    """Bring a match to what its gift is worth now, never above what was granted."""
    fund = lock(known.fund_id)
    match = Match.objects.get(pk=known.pk)
    left = _left(fund) + match.amount_minor
    had = _had(fund, match.person_key, payment)
    wanted = added(rule_of(fund), standing(payment), had=had, left=left)
    amount = min(match.granted_minor, wanted)
    if amount == match.amount_minor:
        return
    Match.objects.filter(pk=match.pk).update(amount_minor=amount)
    _count(fund, match.campaign_id, amount - match.amount_minor)
    if match.settled_by_id is not None:
        _uncover(match)


def _uncover(match: Match) -> None:
    """A settled match grew again beyond what the sponsor paid: it is open once more."""
    place = MatchedCampaign.objects.get(fund=match.fund_id, campaign=match.campaign_id)
    if _covered(place) > place.settled_minor:
        Match.objects.filter(pk=match.pk).update(settled_by=None)


def _covered(place: MatchedCampaign) -> int:
    """What the matches add up to that point to a payment of the sponsor."""
    settled = Match.objects.filter(fund=place.fund_id, campaign=place.campaign_id, settled_by__isnull=False)
    return int(settled.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _restate_settlement(paid: MatchSettlement, payment: Payment) -> None:
    """The sponsor's own payment was undone, given back or restored: what it settled is due again, or settled again."""
    place = MatchedCampaign.objects.get(pk=paid.place_id)
    lock(place.fund_id)
    paid = MatchSettlement.objects.get(pk=paid.pk)
    settle(place.pk, paid, standing(payment))


def settle(place: int, paid: MatchSettlement, amount: int) -> None:
    """A sponsor's payment covers so much; the oldest matches it covers wholly point to it. The fund is held."""
    change = amount - paid.amount_minor
    MatchSettlement.objects.filter(pk=paid.pk).update(amount_minor=amount)
    MatchedCampaign.objects.filter(pk=place).update(settled_minor=F("settled_minor") + change)
    row = MatchedCampaign.objects.get(pk=place)
    Tally.objects.filter(campaign=row.campaign_id).update(matched_minor=F("matched_minor") - change)
    matches = Match.objects.filter(fund=row.fund_id, campaign=row.campaign_id)
    if change < 0:
        matches.filter(settled_by=paid.payment_id).update(settled_by=None)
    credit, found = row.settled_minor - _covered(row), []
    open_ones = matches.filter(settled_by=None, amount_minor__gt=0).order_by("pk")
    for pk, minor in open_ones.values_list("pk", "amount_minor").iterator(chunk_size=500):
        if minor > credit:
            break
        credit -= minor
        found.append(pk)
    matches.filter(pk__in=found).update(settled_by=paid.payment_id)
