"""Paying on a provider's page: begun as a row, followed by reading the provider again, swept when nobody came back."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from plugins.crowdfunding.domain import collectors, gates, outcomes, pledges, providers
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways import hosted
from plugins.crowdfunding.gateways.base import (
    Charge,
    GatewayError,
    Method,
    Order,
    Outcome,
    Status,
    Unknown,
    Unreachable,
)
from plugins.crowdfunding.models import Campaign, GatewayAccount, Payment, Pledge

logger = logging.getLogger(__name__)
PAYABLE = frozenset({Pledge.State.STARTED, Pledge.State.PLEDGED, Pledge.State.SECURED, Pledge.State.DUE})
OVER = frozenset({Campaign.State.DRAFT, Campaign.State.FAILED, Campaign.State.CANCELLED})
"""Campaigns for which no card is charged any more."""
REUSED = timedelta(minutes=20)
"""How long a page of the provider is offered again instead of a new attempt."""
BACK_OFF = timedelta(minutes=10)
FOUND_WITHIN = timedelta(hours=1)
"""A charge that its provider does not find this long after it was begun was never made: searches lag behind."""


def begin(row: Pledge, *, channel: str, return_url: str, cancel_url: str) -> Payment:
    """A page of the provider for a pledge: the payment holds its ``page_url``.

    Raises NotPossible, NoProvider, NotAuthorised-like gates of the collector, and GatewayError.
    """
    payment, earlier = _attempt(row, channel)
    for other in earlier:
        _void(other)
    if payment.page_url:
        return payment
    return _open(payment, return_url, cancel_url)


@transaction.atomic
def _attempt(row: Pledge, channel: str) -> tuple[Payment, list[Payment]]:
    """The row of the attempt, before the provider is asked; and earlier unfinished ones, to be made impossible."""
    pledge = pledges.lock(row)
    if pledge.state not in PAYABLE:
        raise NotPossible(pledge.state, "pay")
    pledges.check_answered(pledge, "pay")
    if not collectors.settings_of(pledge.collector).may_collect():
        raise collectors.NotAuthorised(str(pledge.collector))
    gates.demand(pledge.campaign, gates.CHARGE)
    account = providers.account_of(pledge.collector)
    if account is None or channel not in hosted(account.gateway).channels:
        raise providers.NoProvider(str(pledge.collector))
    way = Payment.Way.SECURE if _only_secured(pledge) else Payment.Way.PAGE
    unfinished = list(pledge.payments.filter(state=Payment.State.STARTED).exclude(way=Payment.Way.CHARGE))
    for payment in unfinished:
        fresh = payment.recorded_at > timezone.now() - REUSED
        if fresh and (payment.channel, payment.way, payment.account_id) == (channel, way, account.pk):
            payment.pledge = pledge
            return payment, []
    return attempt(pledge, account, way=way, channel=channel), unfinished


def _only_secured(pledge: Pledge) -> bool:
    """Whether the card is stored now, for the close or for every period of a support, instead of paid now."""
    if pledge.support_id is not None:
        return True
    return pledge.campaign.is_conditional and pledge.campaign.state == pledge.campaign.State.OPEN


def attempt(pledge: Pledge, account: GatewayAccount, *, way: str, channel: str) -> Payment:
    """The next attempt of a locked pledge."""
    last = pledge.payments.aggregate(last=Max("attempt"))["last"] or 0
    payment = Payment(
        pledge=pledge,
        campaign_id=pledge.campaign_id,
        collector_id=pledge.collector_id,
        gateway=account.gateway,
        account=account,
        way=way,
        channel=channel,
        state=Payment.State.STARTED,
        attempt=last + 1,
        currency=pledge.currency,
        amount_minor=pledge.amount_minor,
    )
    payment.save(force_insert=True)
    return payment


def _open(payment: Payment, return_url: str, cancel_url: str) -> Payment:
    """Ask the provider for its page; asked again after a crash it gives the same one."""
    pledge, account = payment.pledge, account_of(payment)
    settings = collectors.settings_of(pledge.collector)
    order = Order(
        key=payment.key,
        code=pledge.code,
        amount=payment.amount,
        beneficiary=collectors.beneficiary(settings),
        channel=payment.channel,
        language=pledge.language,
        return_url=return_url,
        cancel_url=cancel_url,
        title=pledge.campaign.title,
        email=pledge.email,
        secure_only=payment.way == Payment.Way.SECURE,
        credentials=providers.credentials(account),
    )
    page = hosted(account.gateway).start(order)
    payment.session, payment.page_url = page.session, page.redirect_url
    # Only these columns: an event may have been quicker than this answer.
    Payment.objects.filter(pk=payment.pk).update(session=page.session, page_url=page.redirect_url)
    payment.state = Payment.objects.values_list("state", flat=True).get(pk=payment.pk)
    if payment.state != Payment.State.STARTED:  # given up while the provider made the page
        _void(payment)
        raise NotPossible(pledge.state, "pay")
    return payment


def _void(payment: Payment) -> None:
    """Make an earlier page impossible, so that nobody pays twice; what came first is booked."""
    with suppress(GatewayError, outcomes.Mismatch):
        follow(payment, void=True)


def follow(payment: Payment, *, void: bool = False) -> Payment:
    """Read the provider again and make its word true: the return, the sweeper and late events all come here.

    Raises GatewayError when the provider cannot be asked, and Mismatch.
    """
    account = payment.account
    if account is None or payment.state not in Payment.UNFINISHED | {Payment.State.FAILED}:
        return payment
    return outcomes.apply(payment, _read(payment, account, void=void))


def _read(payment: Payment, account: GatewayAccount, *, void: bool) -> Outcome:
    provider, access = hosted(account.gateway), providers.credentials(account)
    if not payment.session and not payment.reference:
        if payment.way == Payment.Way.CHARGE:
            return _asked(payment, account)
        return Outcome(Status.EXPIRED, key=payment.key, failure="never_started")
    try:
        if void:
            return provider.void(payment.session, payment.reference, access)
        found = provider.find(payment.session, payment.reference, access)
        if payment.way == Payment.Way.CHARGE and found.status == Status.OPEN:
            # Made and never carried out, and no donor is at a page to go on with it.
            return provider.void(payment.session, payment.reference, access)
        return found
    except Unknown:
        return Outcome(Status.EXPIRED, key=payment.key, failure="unknown")


def _asked(payment: Payment, account: GatewayAccount) -> Outcome:
    """What became of a charge without an answer: asked for again while it is wanted, else only looked for."""
    provider = hosted(account.gateway)
    rows = Pledge.objects.select_related("campaign", "collector", "mandate__account")
    payment.pledge = rows.get(pk=payment.pledge_id)
    if payment.state in Payment.UNFINISHED and _wanted(payment.pledge):
        return provider.charge(charge_of(payment, again=True))  # asked before or not, it is one charge
    try:
        return provider.find_charge(payment.key, providers.credentials(account))
    except Unknown:
        if payment.recorded_at > timezone.now() - FOUND_WITHIN:
            raise Unreachable("not_found_yet") from None
        return Outcome(Status.EXPIRED, key=payment.key, failure="never_started")


def _wanted(pledge: Pledge) -> bool:
    """Whether the money of a pledge may be taken with its stored method."""
    secured = pledge.state == Pledge.State.SECURED and pledge.mandate is not None
    return secured and pledge.campaign.state not in OVER


def charge_of(payment: Payment, *, again: bool) -> Charge:
    """The provider's order for an off-session charge."""
    pledge, account = payment.pledge, account_of(payment)
    stored = pledge.mandate
    if stored is None:
        raise NotPossible(pledge.state, "charge")
    return Charge(
        key=payment.key,
        code=pledge.code,
        amount=payment.amount,
        method=Method(stored.customer, stored.method, stored.label, stored.channel),
        title=pledge.campaign.title,
        credentials=providers.credentials(account),
        again=again,
    )


def charge(row: Pledge) -> Payment:
    """Take the money of a secured pledge with its stored method, off-session.

    The attempt is a row before the provider is asked; after a crash the same attempt is asked again under the same
    key. Raises NotPossible for a pledge in another state, Unreachable and GateShut: then ask again later.
    """
    with transaction.atomic():
        pledge = pledges.lock(row)
        if pledge.mandate is None or not _wanted(pledge):
            raise NotPossible(pledge.state, "charge")
        known = pledge.payments.filter(way=Payment.Way.CHARGE, state__in=Payment.UNFINISHED).first()
        stored = pledge.mandate
        if known is None:
            gates.demand(pledge.campaign, gates.CHARGE)
        payment = known or attempt(pledge, stored.account, way=Payment.Way.CHARGE, channel=stored.channel)
        payment.pledge = pledge
    if payment.reference:
        return follow(payment)
    return outcomes.apply(
        payment, hosted(payment.gateway).charge(charge_of(payment, again=known is not None))
    )


def account_of(payment: Payment) -> GatewayAccount:
    """The provider's account of a payment; raises NoProvider for one entered by hand."""
    if payment.account is None:
        raise providers.NoProvider(payment.gateway)
    return payment.account


def sweep(now: datetime | None = None, limit: int = 100) -> int:
    """Ask the provider again about payments that hang between; gives how many were asked."""
    now = now or timezone.now()
    old = Q(checked_at=None, recorded_at__lt=now - BACK_OFF) | Q(checked_at__lt=now - BACK_OFF)
    rows = Payment.objects.filter(old, state__in=Payment.UNFINISHED, account__isnull=False)
    rows = rows.select_related("pledge__campaign", "pledge__collector", "pledge__mandate", "account")
    asked = 0
    for payment in list(rows.order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit]):
        Payment.objects.filter(pk=payment.pk).update(checked_at=now)
        asked += 1
        try:
            follow(payment)
        except Unreachable:
            continue
        except (GatewayError, outcomes.Mismatch) as error:
            logger.warning("Payment %s waits for a person: %s", payment.key, error)
    return asked
