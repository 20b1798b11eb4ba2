"""Gifts contested at the donor's bank: the provider takes the money back for now, then it is won or lost."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core.journal import record
from core.money import minor
from plugins.crowdfunding.domain import booking, outcomes, pledges, refunds
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import DISPUTE, after
from plugins.crowdfunding.gateways.base import DisputeOutcome, DisputeStatus
from plugins.crowdfunding.models import Dispute, Payment
from plugins.crowdfunding.verbs import DISPUTED


@transaction.atomic
def apply(row: Payment, outcome: DisputeOutcome) -> Dispute:
    """Make the provider's word true, whichever part of it comes first; raises Mismatch for a person to look."""
    pledge = pledges.lock(row.pledge)
    payment = outcomes.lock(row, pledge)
    found = Dispute.objects.filter(payment=payment, reference=outcome.reference).first()
    dispute = found or _open(payment, outcome)
    dispute.payment = payment
    if dispute.currency != outcome.amount.currency.code or dispute.amount_minor != minor(outcome.amount):
        raise outcomes.Mismatch("amount")
    act = {DisputeStatus.WON: "win", DisputeStatus.LOST: "lose"}.get(outcome.status)
    if act and act in DISPUTE[dispute.state]:
        dispute.state, dispute.ended_at = after(DISPUTE, dispute.state, act), timezone.now()
        if act == "win":
            payment.disputed_minor -= dispute.amount_minor
            booking.contest_won(dispute)
            refunds.restate(pledge, payment, dispute.amount_minor)
        dispute.save()
    return dispute


def _open(payment: Payment, outcome: DisputeOutcome) -> Dispute:
    """The money is gone for now; the treasurer is told, with the day by which to answer."""
    amount = outcome.amount
    if amount.currency.code != payment.currency or not 0 < minor(amount) <= payment.standing_minor:
        raise outcomes.Mismatch("amount")
    if payment.state != Payment.State.RECEIVED:
        raise outcomes.Mismatch("state")
    dispute = Dispute.objects.create(
        payment=payment,
        collector=payment.collector,
        reference=outcome.reference,
        currency=payment.currency,
        amount_minor=minor(amount),
        fee_minor=minor(outcome.fee) if outcome.fee and outcome.fee.currency.code == payment.currency else 0,
        answer_by=outcome.answer_by,
    )
    dispute.payment = payment
    payment.disputed_minor += dispute.amount_minor
    booking.contested(dispute)
    if dispute.fee_minor:
        booking.contest_fee(dispute)
    refunds.restate(payment.pledge, payment, -dispute.amount_minor)
    campaign = payment.pledge.campaign
    record(None, DISPUTED, campaign, organisation=payment.collector, amount=fact(dispute.amount))
    return dispute
