"""What a provider says of a payment becomes true here: one door for the browser's return, events and the sweeper.

The provider's word may come twice, late and out of order. Money that came wins over any refusal, the same word twice
changes nothing, and one that does not fit the row (amount, currency) changes nothing and is raised.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.domain.notices import quiet
from core.journal import record
from core.locks import hold
from core.money import minor
from core.prepared import prepared
from plugins.crowdfunding.domain import booking, card_letters, letters, matching, pledges, supports, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import PAYMENT, PLEDGE, after
from plugins.crowdfunding.gateways.base import Outcome, Status
from plugins.crowdfunding.models import Campaign, Mandate, Payment, Pledge, Refund
from plugins.crowdfunding.verbs import RECEIVED

TAKEN = frozenset(
    {
        Pledge.State.RECEIVED,
        Pledge.State.REFUNDED,
        Pledge.State.DISPUTED,
        Pledge.State.MOVED,
        Pledge.State.KEPT,
        Pledge.State.RELEASED,
    }
)
"""States of a pledge to which no more money belongs: what comes all the same is given back."""


TOLD = (
    "state",
    "channel",
    "session",
    "reference",
    "failure",
    "fee_minor",
    "refunded_minor",
    "received_on",
    "recorded_at",
    "checked_at",
)
"""What a provider's word can change of a payment."""


class Mismatch(ValueError):
    """The provider speaks of another amount, currency or account than the row: a person must look."""


@transaction.atomic
def apply(row: Payment, outcome: Outcome) -> Payment:
    """Make the provider's word true; gives the payment as it is now. Raises Mismatch."""
    return applied(row, outcome)


def applied(row: Payment, outcome: Outcome) -> Payment:
    """The same in the caller's transaction, which must not outlive what is raised."""
    pledge = pledges.held(row.pledge_id)
    payment = lock(row, pledge)
    check(payment, outcome)
    payment.checked_at = timezone.now()
    payment.reference = payment.reference or outcome.reference
    payment.session = payment.session or outcome.session
    HANDLERS[outcome.status](pledge, payment, outcome)
    payment.save(update_fields=TOLD)
    return payment


def lock(row: Payment, pledge: Pledge) -> Payment:
    """The payment as it is now, held until the end of the transaction; its pledge is held already."""
    hold(Payment, row.pk)
    payment = _with_account(row.pk)[0]
    payment.pledge = pledge
    return payment


@prepared
def _with_account(pk: int) -> QuerySet[Payment]:
    """A payment with its provider's account and its collector."""
    return Payment.objects.filter(pk=pk).select_related("account", "collector")


def check(payment: Payment, outcome: Outcome) -> None:
    """Refuse what does not fit the row; raises Mismatch with the code of why."""
    if outcome.key and outcome.key != payment.key:
        raise Mismatch("key")
    if outcome.reference and payment.reference and outcome.reference != payment.reference:
        raise Mismatch("reference")
    if outcome.amount is None:
        if outcome.status == Status.SETTLED:
            raise Mismatch("amount")
        return
    if outcome.amount.currency.code != payment.currency:
        raise Mismatch("currency")
    if minor(outcome.amount) != payment.amount_minor:
        raise Mismatch("amount")


def _open(pledge: Pledge, payment: Payment, outcome: Outcome) -> None:
    """The donor has not finished: nothing to write but that we asked."""


def _processing(pledge: Pledge, payment: Payment, outcome: Outcome) -> None:
    """The bank has it: the promise counts from now on."""
    if payment.state not in {Payment.State.STARTED, Payment.State.FAILED}:
        return
    payment.state, payment.failure = after(PAYMENT, payment.state, "process"), ""
    payment.channel = outcome.channel or payment.channel
    if pledge.state == Pledge.State.STARTED:
        _turn(pledge, "promise")


def _secured(pledge: Pledge, payment: Payment, outcome: Outcome) -> None:
    """The payment method is stored; a new one replaces the old."""
    if payment.state != Payment.State.STARTED or outcome.method is None:
        return
    payment.state = after(PAYMENT, payment.state, "secure")
    stored = outcome.method
    mandate = Mandate.objects.create(
        account=payment.account,
        customer=stored.customer,
        method=stored.method,
        channel=stored.channel,
        label=stored.label[:40],
        expires=stored.expires,
    )
    if "secure" not in PLEDGE[pledge.state]:
        return  # cancelled or released meanwhile: the method is never used, and removed at the provider
    pledge.mandate, pledge.channel = mandate, stored.channel
    _turn(pledge, "secure")
    if pledge.support_id is not None:
        supports.on_secured(pledge, pledge.mandate)
    else:
        card_letters.secured(pledge, payment)


def _settled(pledge: Pledge, payment: Payment, outcome: Outcome) -> None:
    """The money came: as the gift of its pledge, or, when the pledge has its money already, as a debt."""
    if payment.state in {Payment.State.STARTED, Payment.State.PROCESSING, Payment.State.FAILED}:
        payment.channel = outcome.channel or payment.channel
        payment.received_on = min(outcome.on or timezone.localdate(), timezone.localdate())
        payment.failure = ""
        if pledge.state in TAKEN or _over(pledge):
            _owe(pledge, payment)
        else:
            _receive(pledge, payment)
    if outcome.fee is not None and payment.received_on is not None:
        _fee(payment, outcome)


def _over(pledge: Pledge) -> bool:
    """Whether the campaign has ended on the side of giving back."""
    return pledge.campaign.state in {Campaign.State.FAILED, Campaign.State.CANCELLED}


def _receive(pledge: Pledge, payment: Payment) -> None:
    payment.state = after(PAYMENT, payment.state, "settle")
    payment.recorded_at = timezone.now()
    booking.gift(payment, payment.received_on or timezone.localdate())
    if tallies.waits(pledge.state):
        tallies.promise(pledge, -1)
    tallies.gift(pledge, payment.amount_minor, 1)
    pledge.state, pledge.ended_at = after(PLEDGE, pledge.state, "receive"), timezone.now()
    pledge.save(update_fields=["state", "ended_at"])
    with quiet():
        record(None, RECEIVED, pledge.campaign, organisation=pledge.collector, amount=fact(payment.amount))
    letters.received(pledge, payment)
    matching.on_received(payment)
    if pledge.support_id is not None:
        supports.on_paid(pledge)


def _owe(pledge: Pledge, payment: Payment) -> None:
    """Paid twice, or after the campaign gave everything back: a refund is due at once."""
    payment.state = after(PAYMENT, payment.state, "surplus")
    payment.refunded_minor = payment.amount_minor
    payment.save()
    booking.surplus(payment, payment.received_on or timezone.localdate())
    twice = pledge.state != Pledge.State.RELEASED and not _over(pledge)
    Refund.objects.create(
        payment=payment,
        collector=payment.collector,
        reason=Refund.Reason.TWICE if twice else Refund.Reason.FAILED,
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        form_key=f"surplus-{payment.uid}",
    )


def _fee(payment: Payment, outcome: Outcome) -> None:
    if outcome.fee is None or payment.fee_minor or minor(outcome.fee) <= 0:
        return
    payment.fee_minor = minor(outcome.fee)
    if outcome.fee.currency.code == payment.currency:
        booking.fee(payment, outcome.fee, payment.received_on or timezone.localdate())


def _failed(pledge: Pledge, payment: Payment, outcome: Outcome) -> None:
    """Refused, or to be confirmed by the donor: a charge or a debit that fails asks the donor again."""
    if payment.state not in Payment.UNFINISHED:
        return
    processing = payment.state == Payment.State.PROCESSING
    payment.state = after(PAYMENT, payment.state, "fail")
    payment.failure = (outcome.failure or str(outcome.status))[:60]
    asked = payment.way == Payment.Way.CHARGE or processing
    if asked and pledge.state in {Pledge.State.SECURED, Pledge.State.PLEDGED, Pledge.State.DUE}:
        pledge.waiting_since = timezone.now()
        _turn(pledge, "refuse")
        card_letters.refused(pledge, payment)
        if pledge.support_id is not None:
            supports.on_refused(pledge)


def _turn(pledge: Pledge, act: str) -> None:
    """Change a pledge's state and, when it begins to wait, its tally."""
    before = pledge.state
    pledge.state = after(PLEDGE, pledge.state, act)
    pledge.save(update_fields=["state", "mandate", "channel", "waiting_since"])
    if tallies.waits(pledge.state) and not tallies.waits(before):
        tallies.promise(pledge, 1)


HANDLERS: dict[Status, Callable[[Pledge, Payment, Outcome], None]] = {
    Status.OPEN: _open,
    Status.PROCESSING: _processing,
    Status.SECURED: _secured,
    Status.SETTLED: _settled,
    Status.CONFIRM: _failed,
    Status.FAILED: _failed,
    Status.EXPIRED: _failed,
}
