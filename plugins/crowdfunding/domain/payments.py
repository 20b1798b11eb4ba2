"""Money that came: received for a pledge, entered at a festival, undone. Each is booked in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from moneyed import Money

from core.domain.notices import quiet
from core.journal import record
from core.models import Person
from core.money import CurrencyMismatch, minor
from plugins.crowdfunding.domain import booking, collectors, letters, matching, pledges, supports, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.collectors import NotAuthorised
from plugins.crowdfunding.domain.lifecycles import PAYMENT, PLEDGE, NotPossible, after
from plugins.crowdfunding.gateways import manual
from plugins.crowdfunding.gateways.base import Claim, Settlement
from plugins.crowdfunding.models import Campaign, Payment, Pledge
from plugins.crowdfunding.verbs import RECEIVED, REVERSED


@dataclass(frozen=True)
class Receipt:
    """What the treasurer saw: how much came, when, by which way; ``reference`` is the bank's and stays private."""

    amount: Money
    received_on: date
    channel: str
    reference: str = ""


@transaction.atomic
def receive(row: Pledge, receipt: Receipt, *, by: Person | None) -> Payment:
    """Book the money of a pledge, of any state but received; raises NotPossible, NotAuthorised, GatewayError."""
    pledge = pledges.lock(row)
    return _take(pledge, receipt, by=by, waited=tallies.waits(pledge.state))


def _take(pledge: Pledge, receipt: Receipt, *, by: Person | None, waited: bool) -> Payment:
    """Book the money of a locked pledge; ``waited`` when the tally counts it among the promises."""
    state = after(PLEDGE, pledge.state, "receive")
    payment = book(pledge, settle(pledge, receipt), by=by)
    if waited:  # after the ledger: everybody locks the ledger first, the tally second
        tallies.promise(pledge, -1)
    pledge.state, pledge.ended_at = state, timezone.now()
    pledge.save(update_fields=["state", "ended_at"])
    letters.received(pledge, payment)
    matching.on_received(payment)
    if pledge.support_id is not None:
        supports.on_paid(pledge)
    return payment


def settle(pledge: Pledge, receipt: Receipt) -> Settlement:
    """Ask the pledge's gateway whether this can have come."""
    if not collectors.settings_of(pledge.collector).may_collect(receipt.received_on):
        raise NotAuthorised(str(pledge.collector))
    claim = Claim(
        key=pledge.uid,
        channel=receipt.channel,
        promised=pledge.amount,
        amount=receipt.amount,
        received_on=receipt.received_on,
        today=timezone.localdate(),
        reference=receipt.reference,
    )
    return manual("offline").settle(claim)


def book(pledge: Pledge, settlement: Settlement, *, by: Person | None) -> Payment:
    """Write the payment, its movement, its tally and its journal entry."""
    payment = Payment.objects.create(
        pledge=pledge,
        campaign_id=pledge.campaign_id,
        collector_id=pledge.collector_id,
        gateway=settlement.gateway,
        channel=settlement.channel,
        attempt=(pledge.payments.aggregate(last=Max("attempt"))["last"] or 0) + 1,
        reference=settlement.reference,
        currency=settlement.amount.currency.code,
        amount_minor=minor(settlement.amount),
        received_on=settlement.received_on,
        recorded_by=by,
    )
    payment.pledge, payment.collector = pledge, pledge.collector
    booking.gift(payment, settlement.received_on)
    tallies.gift(pledge, payment.amount_minor, 1)
    with quiet():  # followers read it in the timeline: not one mail per gift
        record(by, RECEIVED, pledge.campaign, organisation=pledge.collector, amount=fact(payment.amount))
    return payment


def enter_gift(
    campaign: Campaign, donor: pledges.Donor, receipt: Receipt, *, by: Person, form_key: str
) -> Payment:
    """Cash, a cheque or a transfer that came without a promise; the same form sent twice is one gift.

    Raises CurrencyMismatch, NotPossible for a campaign that is a draft, NotAuthorised, GatewayError, and
    AlreadyUsed when the form already made another gift.
    """
    if receipt.amount.currency.code != campaign.currency:
        raise CurrencyMismatch(f"{receipt.amount} is not in {campaign.currency}")
    if campaign.state == Campaign.State.DRAFT:
        raise NotPossible(campaign.state, "receive")
    known = same_gift(campaign, donor, receipt, form_key)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            pledge = Pledge.objects.create(
                form_key=form_key,
                origin=Pledge.Origin.COUNTER,
                channel=receipt.channel,
                **pledges.columns(campaign, donor, receipt.amount),
            )
            return _take(pledge, receipt, by=by, waited=False)
    except IntegrityError:
        known = same_gift(campaign, donor, receipt, form_key)
        if known is None:
            raise
        return known


def same_gift(campaign: Campaign, donor: pledges.Donor, receipt: Receipt, form_key: str) -> Payment | None:
    """The payment a form already made; raises AlreadyUsed when it was filled in differently."""
    known = Payment.objects.select_related("pledge").filter(pledge__form_key=form_key).first()
    if known is None:
        return None
    before = (
        known.campaign_id,
        known.amount,
        known.received_on,
        known.channel,
        known.pledge.name,
        known.pledge.email,
    )
    now = (campaign.pk, receipt.amount, receipt.received_on, receipt.channel, donor.name, donor.email)
    if before != now:
        raise pledges.AlreadyUsed(known.pledge)
    return known


@transaction.atomic
def undo(row: Payment, *, by: Person, reason: str) -> Payment:
    """Take a payment out of the accounts by its mirror; nothing is deleted. Raises NotPossible."""
    pledge = pledges.lock(row.pledge)
    payment = Payment.objects.select_for_update().get(pk=row.pk)
    payment.pledge, payment.collector = pledge, pledge.collector
    if payment.account_id is not None or payment.standing_minor != payment.amount_minor:
        raise NotPossible(payment.state, "undo")  # a provider's word is not undone by hand: it is refunded
    if not booking.entered(payment):
        raise NotPossible(payment.state, "undo")  # it came to another project and was moved: it is given back
    payment.state = after(PAYMENT, payment.state, "undo")
    counter = pledge.origin == Pledge.Origin.COUNTER
    state = after(PLEDGE, pledge.state, "void" if counter else "undo")
    settlement = Settlement(
        payment.gateway,
        payment.channel,
        payment.amount,
        payment.received_on or timezone.localdate(),
        payment.reference,
    )
    manual(payment.gateway).reverse(settlement, payment.amount)
    payment.reversed_by, payment.reversed_at, payment.reason = by, timezone.now(), Payment.Reason(reason)
    payment.save(update_fields=["state", "reversed_by", "reversed_at", "reason"])
    booking.undone(payment)
    tallies.gift(pledge, payment.amount_minor, -1)
    _step_back(pledge, state)
    with quiet():
        record(by, REVERSED, pledge.campaign, organisation=pledge.collector, amount=fact(payment.amount))
    letters.undone(pledge, payment)
    matching.on_taken_back(payment)
    return payment


def _step_back(pledge: Pledge, state: str) -> None:
    """A promise of the site waits again with a fresh clock; one entered at the counter is void."""
    pledge.state = state
    if state == Pledge.State.PLEDGED:
        pledge.waiting_since, pledge.reminders, pledge.ended_at = timezone.now(), 0, None
        if pledge.channel not in Pledge.OFFLINE:  # else nobody would wait for it: it is no card any more
            pledge.channel, pledge.mandate = Pledge.Channel.TRANSFER, None
        tallies.promise(pledge, 1)
    else:
        pledge.ended_at = timezone.now()
    pledge.save(update_fields=["state", "channel", "mandate", "waiting_since", "reminders", "ended_at"])
