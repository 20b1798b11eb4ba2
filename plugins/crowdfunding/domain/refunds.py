"""Money given back: owed from the moment it is decided, sent by the provider or by hand, never more than came."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from moneyed import Money

from core.domain.notices import quiet
from core.journal import record
from core.models import Person
from core.money import minor, money
from plugins.crowdfunding.domain import booking, card_letters, matching, outcomes, pledges, providers, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import PAYMENT, PLEDGE, REFUND, NotPossible, after
from plugins.crowdfunding.gateways import HOSTED, hosted
from plugins.crowdfunding.gateways.base import (
    GatewayError,
    RefundOrder,
    RefundOutcome,
    RefundStatus,
    Refused,
    Unreachable,
)
from plugins.crowdfunding.models import Payment, Pledge, Refund
from plugins.crowdfunding.verbs import REFUNDED

AGAIN = timedelta(minutes=10)
WAITING = (Refund.State.DUE, Refund.State.ASKED, Refund.State.SENT)
"""States from which the sweeper goes on by itself."""


class TooMuch(ValueError):
    """More would go back than is there of the payment."""


@transaction.atomic
def request(
    row: Payment, amount: Money, *, by: Person | None, reason: str, form_key: str, hand: bool = False
) -> Refund:
    """Decide that an amount goes back; the same form sent twice is one refund.

    From now on it is no longer the campaign's. Raises NotPossible, TooMuch.
    """
    pledge = pledges.lock(row.pledge)
    payment = outcomes.lock(row, pledge)
    known = Refund.objects.filter(form_key=form_key).first()
    if known is not None:
        return known
    if payment.state != Payment.State.RECEIVED:
        raise NotPossible(payment.state, "refund")
    if amount.currency.code != payment.currency or not 0 < minor(amount) <= payment.standing_minor:
        raise TooMuch(str(amount))
    refund = Refund.objects.create(
        payment=payment,
        collector=payment.collector,
        reason=reason,
        by_hand=hand or payment.gateway not in HOSTED,
        currency=payment.currency,
        amount_minor=minor(amount),
        form_key=form_key,
        made_by=by,
    )
    refund.payment = payment
    payment.refunded_minor += refund.amount_minor
    booking.owing(refund)
    restate(pledge, payment, -refund.amount_minor)
    with quiet():
        record(by, REFUNDED, pledge.campaign, organisation=pledge.collector, amount=fact(refund.amount))
    card_letters.given_back(refund)
    return refund


def restate(pledge: Pledge, payment: Payment, change_minor: int) -> None:
    """After a refund or a dispute changed what stands of a payment: its state, the pledge's, the tally."""
    counted = pledge.state == Pledge.State.RECEIVED
    if payment.standing_minor:
        state = Pledge.State.RECEIVED
    else:
        state = Pledge.State.DISPUTED if payment.disputed_minor else Pledge.State.REFUNDED
    gone = not payment.standing_minor and not payment.disputed_minor
    if gone != (payment.state == Payment.State.REFUNDED):
        payment.state = after(PAYMENT, payment.state, "refund" if gone else "return")
    payment.save()
    counts = state == Pledge.State.RECEIVED
    if counted != counts:
        tallies.gift(pledge, abs(change_minor), 1 if counts else -1)
    else:
        tallies.change(pledge, change_minor)
    if pledge.state != state:
        act = {Pledge.State.RECEIVED: "return", Pledge.State.DISPUTED: "dispute"}.get(state, "refund")
        pledge.state = after(PLEDGE, pledge.state, act)
        pledge.ended_at = timezone.now()
        pledge.save(update_fields=["state", "ended_at"])
    matching.on_taken_back(payment, abs(change_minor))


def send(row: Refund) -> Refund:
    """Ask the provider to give it back; after a crash the same call again is one refund. Raises Unreachable."""
    refund, again = _asking(row)
    payment = refund.payment
    if refund.state != Refund.State.ASKED or payment.account is None:
        return refund
    order = RefundOrder(
        key=refund.key,
        reference=payment.reference,
        amount=refund.amount,
        credentials=providers.credentials(payment.account),
        again=again,
    )
    try:
        outcome = hosted(payment.gateway).refund(order)
    except Refused as error:
        outcome = RefundOutcome(
            RefundStatus.FAILED, "", payment.reference, refund.amount, refund.key, str(error)[:60]
        )
    return apply(refund, outcome)


@transaction.atomic
def _asking(row: Refund) -> tuple[Refund, bool]:
    """The refund as it is now, written as asked when it can be; and whether it had been asked before."""
    refund = _lock(row)
    before = refund.state
    if before == Refund.State.DUE and not refund.by_hand and refund.payment.account is not None:
        refund.state = after(REFUND, before, "ask")
        refund.save(update_fields=["state"])
    return refund, before == Refund.State.ASKED


@transaction.atomic
def apply(row: Refund, outcome: RefundOutcome) -> Refund:
    """Make the provider's word true; raises Mismatch when it speaks of another amount."""
    refund = _lock(row)
    if outcome.amount != refund.amount:
        raise outcomes.Mismatch("amount")
    refund.checked_at = timezone.now()
    refund.reference = outcome.reference or refund.reference
    acts = {RefundStatus.SENT: "send", RefundStatus.DONE: "finish", RefundStatus.FAILED: "fail"}
    act = acts[outcome.status]
    if act in REFUND[refund.state]:
        _turn(refund, act, failure=outcome.failure)
    refund.save()
    return refund


def _turn(refund: Refund, act: str, *, failure: str = "", on: date | None = None) -> None:
    """Change a refund's state and book what left or came back."""
    refund.state = after(REFUND, refund.state, act)
    if act == "fail":
        refund.failure, refund.ended_at = failure, timezone.now()
        booking.came_back(refund)
        return
    booking.given_back(refund, on or timezone.localdate())
    refund.ended_at = timezone.now() if refund.state == Refund.State.DONE else None


def _lock(row: Refund) -> Refund:
    """The refund as it is now, with its pledge and payment held."""
    pledge = pledges.lock(row.payment.pledge)
    payment = outcomes.lock(row.payment, pledge)
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=row.pk)
    refund.payment = payment
    return refund


@transaction.atomic
def finish_by_hand(row: Refund, *, by: Person, reference: str = "", on: date | None = None) -> Refund:
    """The treasurer gave it back by transfer or in cash; raises NotPossible."""
    refund = _lock(row)
    if refund.state == Refund.State.FAILED:
        refund.by_hand, refund.attempt = True, refund.attempt + 1
    if not refund.by_hand:
        raise NotPossible(refund.state, "finish")
    refund.reference, refund.made_by = reference[:140], by
    _turn(refund, "finish", on=on)
    refund.save()
    return refund


@transaction.atomic
def retry(row: Refund) -> Refund:
    """Ask the provider again, with a new attempt, after it refused; raises NotPossible."""
    refund = _lock(row)
    refund.state = after(REFUND, refund.state, "retry")
    refund.attempt, refund.failure = refund.attempt + 1, ""
    refund.save()
    return refund


@transaction.atomic
def drop(row: Refund, *, by: Person) -> Refund:
    """The money stays after all, as the donor wishes: a gift again. Raises NotPossible."""
    refund = _lock(row)
    payment, pledge = refund.payment, refund.payment.pledge
    if payment.state == Payment.State.SURPLUS:
        raise NotPossible(payment.state, "drop")
    refund.state, refund.ended_at, refund.made_by = after(REFUND, refund.state, "drop"), timezone.now(), by
    refund.save()
    payment.refunded_minor -= refund.amount_minor
    booking.no_longer_owed(refund)
    restate(pledge, payment, refund.amount_minor)
    return refund


def sweep(now: datetime | None = None, limit: int = 100) -> int:
    """Send refunds that wait and ask again about those on their way; gives how many."""
    now = now or timezone.now()
    old = Q(checked_at=None) | Q(checked_at__lt=now - AGAIN)
    rows = Refund.objects.filter(old, by_hand=False, state__in=WAITING)
    rows = rows.select_related("payment__pledge__campaign", "payment__account", "payment__pledge__collector")
    asked = 0
    for refund in list(rows.order_by("pk")[:limit]):
        Refund.objects.filter(pk=refund.pk).update(checked_at=now)
        asked += 1
        try:
            if refund.state != Refund.State.SENT:
                send(refund)
            elif refund.payment.account is not None:
                access = providers.credentials(refund.payment.account)
                apply(refund, hosted(refund.payment.gateway).find_refund(refund.reference, access))
        except (Unreachable, GatewayError, outcomes.Mismatch):
            continue
    return asked


def rest_of(payment: Payment) -> Money:
    """What can still be given back of a payment."""
    return money(payment.standing_minor, payment.currency)
