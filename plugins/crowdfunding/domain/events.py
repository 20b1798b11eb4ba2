"""What a provider sends by itself: verified, stored once, its effect in the same transaction.

Any order, any number of times, at once: the unique row of the event is written first, so that of two deliveries one
waits for the other and then finds it done. What does not fit our rows is kept for a person and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.journal import record
from core.models import Person
from core.money import minor
from core.prepared import prepared
from plugins.crowdfunding.domain import checkouts, disputes, outcomes, providers, refunds
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways import hosted
from plugins.crowdfunding.gateways.base import Event, GatewayError, RefundOutcome
from plugins.crowdfunding.models import GatewayAccount, Payment, ProviderEvent, Refund
from plugins.crowdfunding.verbs import PROVIDER_ODD

PAGES_READ = 20
"""How many unfinished pages are read again to find the payment that a dispute or a refund speaks of."""
OURS = ("pledge__campaign__project", "pledge__collector", "pledge__mandate", "account", "collector")


class NeedsPerson(ValueError):
    """The event speaks of something we do not have, or in another way than our row: why, as a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def handle(account: GatewayAccount, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
    """Verify and do what was sent; gives the stored event, done before or now. Raises Forged."""
    event = hosted(account.gateway).read(body, headers, providers.credentials(account))
    return take(account, event)


def take(account: GatewayAccount, event: Event) -> ProviderEvent:
    """Do a verified event once."""
    known = _stored(account.pk, event.id)
    if known:
        return known[0]
    if event.refund is not None or event.dispute is not None:
        _catch_up(account, event)
    try:
        return _once(account, event)
    except (NeedsPerson, outcomes.Mismatch, refunds.TooMuch, NotPossible) as error:
        return _keep(account, event, getattr(error, "why", str(error)))


def _catch_up(account: GatewayAccount, event: Event) -> None:
    """A refund or dispute that overtook the payment it speaks of: read the payment first, outside any transaction."""
    payment = _payment_of(account, event)
    if payment is not None:
        if payment.state in Payment.UNFINISHED | {Payment.State.FAILED}:
            _read_again(payment)
        return
    # Nobody has told us its reference yet: it is behind one of the pages that are not finished here.
    rows = Payment.objects.filter(account=account, state__in=Payment.UNFINISHED, reference="")
    for row in rows.exclude(session="").select_related(*OURS).order_by("-pk")[:PAGES_READ]:
        _read_again(row)
        if _payment_of(account, event) is not None:
            return


def _read_again(payment: Payment) -> None:
    with suppress(GatewayError, outcomes.Mismatch):
        checkouts.follow(payment)


def _once(account: GatewayAccount, event: Event) -> ProviderEvent:
    """The event's row and its effect, in one transaction; the row of another delivery when that one was first."""
    try:
        with transaction.atomic():
            row = ProviderEvent.objects.create(
                account=account, event=event.id, type=event.type[:80], at=event.at, facts=facts(event)
            )
            row.payment = _effect(account, event)
            row.state = ProviderEvent.State.DONE if row.payment else ProviderEvent.State.NOTHING
            row.save(update_fields=["payment", "state"])
            return row
    except IntegrityError:
        known = ProviderEvent.objects.filter(account=account, event=event.id).first()
        if known is None:
            raise
        return known


@transaction.atomic
def _keep(account: GatewayAccount, event: Event, why: str) -> ProviderEvent:
    """Store what a person must look at, and tell the treasurers once."""
    row, made = ProviderEvent.objects.get_or_create(
        account=account,
        event=event.id,
        defaults={
            "type": event.type[:80],
            "at": event.at,
            "state": ProviderEvent.State.HUMAN,
            "payment": _payment_of(account, event),
            "why": why[:40],
            "facts": facts(event),
        },
    )
    if made:
        record(None, PROVIDER_ODD, account.organisation, organisation=account.organisation)
    return row


def _effect(account: GatewayAccount, event: Event) -> Payment | None:
    """Do what the event says; gives the payment it was about, or None for what is not ours. Raises NeedsPerson."""
    if event.account and account.account and event.account != account.account:
        raise NeedsPerson("account")
    if event.payment is None and event.refund is None and event.dispute is None:
        return None
    payment = _payment_of(account, event)
    if payment is None:
        if not _named(event):
            return None  # the organisation uses its account for other things, too
        raise NeedsPerson("unknown_payment")
    if event.payment is not None:
        return outcomes.applied(payment, event.payment)
    if event.dispute is not None:
        disputes.apply(payment, event.dispute)
        return payment
    if event.refund is not None:
        refund = _refund_of(payment, event.refund)
        if refund is None:
            raise NeedsPerson("unknown_refund")
        if event.refund.key in ("", refund.key):  # a late word of an earlier try says nothing of this one
            refunds.apply(refund, event.refund)
    return payment


def _named(event: Event) -> bool:
    """Whether an event about a payment we do not find must be ours all the same: a dispute always may be."""
    said = event.payment or event.refund
    return event.dispute is not None or bool(said and said.key)


def _payment_of(account: GatewayAccount, event: Event) -> Payment | None:
    """The payment an event speaks of: by our key, else by the provider's references."""
    rows = Payment.objects.filter(account=account).select_related(*OURS)
    if event.payment is not None:
        said = event.payment
        uid, _dash, number = said.key.rpartition("-")
        if uid and number.isdecimal():
            return next(iter(_by_key(account.pk, uid, int(number[:4]))), None)
        if said.session and (found := rows.filter(session=said.session).first()):
            return found
        return rows.filter(reference=said.reference).first() if said.reference else None
    reference = event.refund.payment if event.refund else event.dispute.payment if event.dispute else ""
    return rows.filter(reference=reference).first() if reference else None


@prepared
def _stored(account: int, event: str) -> QuerySet[ProviderEvent]:
    """An event that was delivered before."""
    return ProviderEvent.objects.filter(account_id=account, event=event)


@prepared
def _by_key(account: int, pledge: str, attempt: int) -> QuerySet[Payment]:
    """The payment of one of our keys, alone: who does something with it reads the rest."""
    return Payment.objects.filter(account_id=account, pledge__uid=pledge, attempt=attempt)


def _refund_of(payment: Payment, said: RefundOutcome) -> Refund | None:
    """Our refund that an event speaks of; None for one made at the provider."""
    rows = Refund.objects.filter(payment=payment).select_related("payment__pledge")
    uid = said.key.rpartition("-")[0]
    if uid:
        return rows.filter(uid=uid).first()
    return rows.filter(reference=said.reference).first() if said.reference else None


def facts(event: Event) -> dict[str, Any]:
    """What a person needs to look into an event: references and amounts, nothing personal."""
    said = event.payment or event.refund or event.dispute
    found: dict[str, Any] = {"account": event.account} if event.account else {}
    if said is None:
        return found
    found |= {"reference": said.reference, "status": str(said.status)}
    if said.amount is not None:
        found |= {"amount": minor(said.amount), "currency": said.amount.currency.code}
    return found


@transaction.atomic
def settle(row: ProviderEvent, *, by: Person, note: str = "") -> ProviderEvent:
    """A person looked into it and says what was done; raises NotPossible."""
    event = ProviderEvent.objects.select_for_update().get(pk=row.pk)
    if event.state != ProviderEvent.State.HUMAN:
        raise NotPossible(event.state, "settle")
    event.state, event.settled_by, event.settled_at = ProviderEvent.State.SETTLED, by, timezone.now()
    event.note = note[:300]
    event.save()
    return event
