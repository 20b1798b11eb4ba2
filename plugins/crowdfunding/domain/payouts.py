"""Passing money on: sent by who collects, confirmed by who receives; three dated facts that are never mixed.

Sent: bank of the collector → on its way, and the bank's fee. Arrived: on its way → exchanged, in the one currency;
exchanged → bank of the receiver, in the other. Each currency adds up to zero by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from moneyed import Money

from core.domain.permissions import roles
from core.journal import record
from core.models import Membership, Organisation, Person, PrivateFile
from core.money import CurrencyMismatch, minor, money
from plugins.crowdfunding.domain import collectors, funds, ledger
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import PAYOUT, after
from plugins.crowdfunding.models import Account, Campaign, Ledger, Payout, Transaction
from plugins.crowdfunding.models.payouts import PATIENCE
from plugins.crowdfunding.verbs import (
    PAYOUT_ARRIVED,
    PAYOUT_CORRECTED,
    PAYOUT_RETURNED,
    PAYOUT_SENT,
    PAYOUT_WAITS,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_REMINDERS = 6
REMIND_EVERY = timedelta(days=7)
_K = Account.Kind


class NothingToPassOn(ValueError):
    """The collector is the receiver, or the campaign is conditional and has not succeeded: nothing is passed on."""


class AlreadyUsed(ValueError):
    """The form made another transfer or expense before."""


class NotPlausible(ValueError):
    """More arrived than was sent in the same currency."""


@dataclass(frozen=True)
class Transfer:
    """What the treasurer's bank statement says."""

    amount: Money
    fee: Money
    sent_on: date
    proof: PrivateFile | None = None


def may_confirm(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person may say what arrived: manager or treasurer of the receiver."""
    return bool(roles(person, organisation) & {Membership.Role.TREASURER, Membership.Role.MANAGER})


def may_see_proof(person: Person | AnonymousUser, payout: Payout) -> bool:
    """Whether the person may open the proof: who keeps the accounts of the one side or answers for the other."""
    return collectors.may_keep(person, payout.collector) or may_confirm(person, payout.receiver)


def can_pass_on(campaign: Campaign) -> bool:
    """Whether the campaign's money is the project's, and another organisation is to receive it."""
    return campaign.collector_id != campaign.receiver_id and is_the_project_s(campaign)


def is_the_project_s(campaign: Campaign) -> bool:
    """Whether the campaign's money may be used: not before a condition is met, nor once it goes back to donors."""
    state = campaign.State
    waits = campaign.is_conditional and campaign.state in {state.OPEN, state.COLLECTING, state.CANCELLED}
    return not waits and campaign.state not in {state.DRAFT, state.FAILED}


def _cause(payout: Payout) -> ledger.Cause:
    return ledger.Cause("payout", payout.uid)


def _memo(payout: Payout) -> dict[str, str]:
    return {"campaign": payout.campaign.uid, "payout": payout.uid}


def _facts(payout: Payout, amount: Money) -> dict[str, str]:
    return {"amount": fact(amount), "receiver": str(payout.receiver), "payout": payout.uid}


def _same(known: Payout, campaign: Campaign, sent: Transfer) -> Payout:
    """The transfer a form already made; raises AlreadyUsed when it was filled in differently."""
    before = (known.campaign_id, known.amount, known.fee, known.sent_on)
    if before != (campaign.pk, sent.amount, sent.fee, sent.sent_on):
        raise AlreadyUsed(known.uid)
    return known


def send(campaign: Campaign, sent: Transfer, *, by: Person | None, form_key: str) -> Payout:
    """Book a transfer that left the collector's bank; the same form sent twice is one transfer.

    Raises NothingToPassOn, NotEnough, CurrencyMismatch and AlreadyUsed.
    """
    if {sent.amount.currency.code, sent.fee.currency.code} != {campaign.currency}:
        raise CurrencyMismatch(f"{sent.amount} is not in {campaign.currency}")
    known = Payout.objects.filter(form_key=form_key).first()
    if known is not None:
        return _same(known, campaign, sent)
    try:
        return _send(campaign, sent, by=by, form_key=form_key)
    except IntegrityError:
        known = Payout.objects.filter(form_key=form_key).first()
        if known is None:
            raise
        return _same(known, campaign, sent)


@transaction.atomic
def _send(row: Campaign, sent: Transfer, *, by: Person | None, form_key: str) -> Payout:
    rows = Campaign.objects.select_related("project", "collector", "receiver")
    campaign = rows.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if not can_pass_on(campaign):
        raise NothingToPassOn(campaign.slug)
    book = ledger.book(campaign.project)  # held from here on: two transfers cannot spend the same balance
    _check(book, campaign, sent.amount + sent.fee)
    payout = Payout.objects.create(
        campaign=campaign,
        collector=campaign.collector,
        receiver=campaign.receiver,
        currency=campaign.currency,
        amount_minor=minor(sent.amount),
        fee_minor=minor(sent.fee),
        sent_on=sent.sent_on,
        proof=sent.proof,
        form_key=form_key,
        recorded_by=by,
    )
    sides = [
        ledger.Side(_K.BANK, payout.collector, -(sent.amount + sent.fee)),
        ledger.Side(_K.TRANSIT, payout.collector, sent.amount),
    ]
    if payout.fee_minor:
        sides.append(ledger.Side(_K.FEES, payout.collector, sent.fee))
    _post(payout, Transaction.Kind.PAYOUT, sides, key=f"payout:{payout.uid}", on=sent.sent_on)
    record(by, PAYOUT_SENT, campaign, organisation=payout.collector, **_facts(payout, payout.amount))
    return payout


def _check(book: Ledger, campaign: Campaign, amount: Money) -> None:
    """Raise NotEnough when the campaign or the bank account has less; the caller holds the book."""
    there = funds.of_campaign(campaign).available
    if there < amount:
        raise funds.NotEnough(there)
    funds.check_account(book, _K.BANK, campaign.collector, amount)


def _post(payout: Payout, kind: str, sides: list[ledger.Side], *, key: str, on: date) -> Transaction:
    project = payout.campaign.project
    return ledger.post(project, kind, sides, cause=_cause(payout), key=key, booked_on=on, memo=_memo(payout))


def _mirror(payout: Payout, key: str) -> None:
    done = Transaction.objects.select_related("ledger__project").get(key=key)
    ledger.undo(
        done,
        cause=_cause(payout),
        key=f"undo:{key}",
        booked_on=timezone.localdate(),
        memo=_memo(payout),
    )


def _lock(row: Payout) -> Payout:
    rows = Payout.objects.select_related("campaign__project", "collector", "receiver")
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def confirm(row: Payout, amount: Money, *, arrived_on: date, by: Person | None) -> Payout:
    """Say what arrived at the receiver and when; raises NotPossible and NotPlausible."""
    payout = _lock(row)
    payout.state = after(PAYOUT, payout.state, "arrive")
    if amount.currency.code == payout.currency and amount > payout.amount:
        raise NotPlausible(str(amount))
    payout.attempt += 1
    payout.arrived_currency, payout.arrived_minor = amount.currency.code, minor(amount)
    payout.arrived_on, payout.confirmed_by, payout.confirmed_at = arrived_on, by, timezone.now()
    payout.save()
    key = f"payout:{payout.uid}:arrival:{payout.attempt}"
    _post(payout, Transaction.Kind.ARRIVAL, _arrival(payout, amount), key=key, on=arrived_on)
    facts = _facts(payout, amount)
    record(by, PAYOUT_ARRIVED, payout.campaign, organisation=payout.receiver, **facts)
    return payout


def _arrival(payout: Payout, amount: Money) -> list[ledger.Side]:
    """The sides of an arrival; in one currency, what is missing is the fee of the receiver's bank."""
    same = amount.currency.code == payout.currency
    reached = payout.amount if same else amount
    sides = [
        ledger.Side(_K.TRANSIT, payout.collector, -payout.amount),
        ledger.Side(_K.EXCHANGE, payout.collector, payout.amount),
        ledger.Side(_K.EXCHANGE, payout.receiver, -reached),
        ledger.Side(_K.BANK, payout.receiver, amount),
    ]
    if same and amount < payout.amount:
        sides.append(ledger.Side(_K.FEES, payout.receiver, payout.amount - amount))
    return sides


@transaction.atomic
def correct(row: Payout, *, by: Person | None) -> Payout:
    """Take an arrival back that was confirmed wrongly: the transfer waits again.

    Raises NotPossible, and NotEnough when the money was spent already.
    """
    payout = _lock(row)
    payout.state = after(PAYOUT, payout.state, "correct")
    book = ledger.book(payout.campaign.project)
    there = funds.arrived(payout.campaign).get(payout.arrived_currency, money(0, payout.arrived_currency))
    if there < payout.arrived:
        raise funds.NotEnough(max(there, money(0, payout.arrived_currency)))
    funds.check_account(book, _K.BANK, payout.receiver, payout.arrived)
    _mirror(payout, f"payout:{payout.uid}:arrival:{payout.attempt}")
    facts = _facts(payout, payout.arrived)
    payout.arrived_minor, payout.arrived_on, payout.confirmed_at = 0, None, None
    payout.waiting_since, payout.reminders = timezone.now(), 0
    payout.save()
    record(by, PAYOUT_CORRECTED, payout.campaign, organisation=payout.receiver, **facts)
    return payout


@transaction.atomic
def returned(row: Payout, *, on: date, fee_back: bool, by: Person | None) -> Payout:
    """The bank sent the money back, and perhaps kept its fee; raises NotPossible."""
    payout = _lock(row)
    payout.state, payout.ended_on = after(PAYOUT, payout.state, "return"), on
    _mirror(payout, f"payout:{payout.uid}")
    if payout.fee_minor and not fee_back:
        sides = [
            ledger.Side(_K.FEES, payout.collector, payout.fee),
            ledger.Side(_K.BANK, payout.collector, -payout.fee),
        ]
        _post(payout, Transaction.Kind.FEE, sides, key=f"payout:{payout.uid}:fee", on=on)
    elif fee_back:
        payout.fee_minor = 0
    payout.save(update_fields=["state", "ended_on", "fee_minor"])
    facts = _facts(payout, payout.amount)
    record(by, PAYOUT_RETURNED, payout.campaign, organisation=payout.collector, **facts)
    return payout


@transaction.atomic
def undo(row: Payout, *, by: Person | None) -> Payout:
    """Take out a transfer entered by mistake, by its mirror; raises NotPossible."""
    payout = _lock(row)
    payout.state, payout.ended_on = after(PAYOUT, payout.state, "undo"), timezone.localdate()
    payout.save(update_fields=["state", "ended_on"])
    _mirror(payout, f"payout:{payout.uid}")
    facts = _facts(payout, payout.amount)
    record(by, PAYOUT_CORRECTED, payout.campaign, organisation=payout.collector, **facts)
    return payout


def remind() -> int:
    """Remind receivers of transfers they did not confirm, after 14 days and then every week; gives how many."""
    now, done = timezone.now(), 0
    for number in range(MOST_REMINDERS):
        since = now - PATIENCE - number * REMIND_EVERY
        due = Payout.objects.filter(state=Payout.State.SENT, reminders=number, waiting_since__lte=since)
        for row in due.select_related("campaign__project", "collector", "receiver").order_by("pk")[:100]:
            with transaction.atomic():
                # Claimed by the change itself: two workers at once remind once.
                claimed = due.filter(pk=row.pk).update(reminders=F("reminders") + 1)
                if claimed:
                    facts = _facts(row, row.amount)
                    record(None, PAYOUT_WAITS, row.campaign, organisation=row.collector, **facts)
                    done += 1
    return done
