"""Cash: taken by one person, confirmed by another, numbered without gaps; in the accounts only once confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from moneyed import Money

from core.domain.permissions import is_animator, roles
from core.journal import record
from core.models import Membership, Organisation, Person
from core.money import CurrencyMismatch, minor, money
from plugins.crowdfunding.domain import cash_letters, collectors, payments, pledges, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import PLEDGE, NotPossible, after
from plugins.crowdfunding.domain.numbers import ltr, next_number
from plugins.crowdfunding.models import Campaign, CashGift, Payment, Pledge
from plugins.crowdfunding.verbs import CASH_CORRECTED, CASH_DECLARED, CASH_REFUSED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SERIES = "cash"
PATIENCE = timedelta(days=3)
"""How long declared cash may wait before those who confirm are reminded."""
_ROLE = Membership.Role
TAKERS = frozenset({_ROLE.TREASURER, _ROLE.MANAGER, _ROLE.AGENT})
CONFIRMERS = frozenset({_ROLE.TREASURER, _ROLE.MANAGER})


class SamePerson(ValueError):
    """Who took the money cannot confirm it, neither by another account of the same mailbox."""


class AlreadyDeclared(ValueError):
    """Cash for this promise was declared before and waits for its confirmation."""


class FormUsed(ValueError):
    """The same filled form already declared other cash."""


@dataclass(frozen=True)
class Taken:
    """Cash as who took it says."""

    amount: Money
    on: date


def may_declare(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person may take cash: treasurer, manager, agent, or an animator with any role there."""
    held = roles(person, organisation)
    return bool(held & TAKERS) or bool(held and is_animator(person))


def confirms(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person confirms cash that others took."""
    return bool(roles(person, organisation) & CONFIRMERS)


def mailbox(email: str) -> str:
    """What two accounts of one mailbox share: what follows a plus does not count."""
    name, _at, host = email.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def same_person(one: Person, other: Person) -> bool:
    """Whether two accounts are one person's, as far as the site can know."""
    return one.pk == other.pk or mailbox(one.email) == mailbox(other.email)


def confirmers(organisation: Organisation) -> list[Person]:
    """Who confirms cash that others took; one query."""
    rows = Person.objects.filter(
        is_active=True,
        memberships__organisation=organisation,
        memberships__until=None,
        memberships__role__in=CONFIRMERS,
    )
    return list(rows.distinct().order_by("name", "pk"))


def declare(campaign: Campaign, donor: pledges.Donor, taken: Taken, *, by: Person, form_key: str) -> CashGift:
    """Note cash that came without a promise: it counts as promised until confirmed; the same form counts once.

    Raises CurrencyMismatch, NotPossible for a draft, NotAuthorised, NotSetUp and FormUsed.
    """
    if taken.amount.currency.code != campaign.currency:
        raise CurrencyMismatch(f"{taken.amount} is not in {campaign.currency}")
    if campaign.state == Campaign.State.DRAFT:
        raise NotPossible(campaign.state, "receive")
    _check(campaign.collector, taken)
    known = _same_form(form_key, taken, donor, campaign)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            pledge = Pledge.objects.create(
                form_key=form_key,
                origin=Pledge.Origin.COUNTER,
                channel=Pledge.Channel.CASH,
                **pledges.columns(campaign, donor, taken.amount),
            )
            gift = _write(pledge, taken, by=by, form_key=form_key)
            tallies.promise(pledge, 1)
            return gift
    except IntegrityError:
        known = _same_form(form_key, taken, donor, campaign)
        if known is None:
            raise
        return known


def _same_form(form_key: str, taken: Taken, donor: pledges.Donor, campaign: Campaign) -> CashGift | None:
    known = CashGift.objects.select_related("pledge").filter(form_key=form_key).first()
    if known is None:
        return None
    before = (
        known.pledge.campaign_id,
        known.amount,
        known.received_on,
        known.pledge.name,
        known.pledge.email,
    )
    if before != (campaign.pk, taken.amount, taken.on, donor.name, donor.email):
        raise FormUsed(known.receipt_number)
    return known


@transaction.atomic
def declare_for(row: Pledge, taken: Taken, *, by: Person, form_key: str) -> CashGift:
    """Note cash that came for a promise made before. Raises AlreadyDeclared, NotPossible, CurrencyMismatch…"""
    pledge = pledges.lock(row)
    known = CashGift.objects.filter(form_key=form_key, pledge=pledge).first()
    if known is not None:
        return known
    after(PLEDGE, pledge.state, "receive")
    if taken.amount.currency.code != pledge.currency:
        raise CurrencyMismatch(f"{taken.amount} is not in {pledge.currency}")
    _check(pledge.collector, taken)
    if CashGift.objects.filter(pledge=pledge, state=CashGift.State.DECLARED).exists():
        raise AlreadyDeclared(pledge.code)
    return _write(pledge, taken, by=by, form_key=form_key)


def _check(organisation: Organisation, taken: Taken) -> None:
    if not collectors.settings_of(organisation).may_collect(taken.on):
        raise collectors.NotAuthorised(str(organisation))
    if taken.amount.amount <= 0 or taken.on > timezone.localdate():
        raise NotPossible(str(taken.on), "receive")


def _write(
    pledge: Pledge,
    taken: Taken,
    *,
    by: Person,
    form_key: str,
    verb: str = CASH_DECLARED,
    replaces: CashGift | None = None,
) -> CashGift:
    """The entry with its number, its place in the journal and the donor's letter."""
    year = timezone.localdate().year
    gift = CashGift.objects.create(
        collector=pledge.collector,
        pledge=pledge,
        year=year,
        number=next_number(pledge.collector, SERIES, year),
        currency=pledge.currency,
        amount_minor=minor(taken.amount),
        received_on=taken.on,
        form_key=form_key,
        declared_by=by,
        replaces=replaces,
    )
    record(
        by,
        verb,
        pledge.campaign,
        organisation=pledge.collector,
        amount=fact(gift.amount),
        number=ltr(gift.receipt_number),
    )
    cash_letters.declared(gift)
    return gift


def lock(row: CashGift) -> tuple[Pledge, CashGift]:
    """The promise and the entry as they are now, held in this order; raises NotPossible unless it is declared."""
    pledge = pledges.lock(row.pledge)
    gifts = CashGift.objects.select_related("collector", "declared_by")
    gift = gifts.select_for_update(of=("self",)).get(pk=row.pk)
    gift.pledge = pledge
    if gift.state != CashGift.State.DECLARED:
        raise NotPossible(gift.state, "confirm")
    return pledge, gift


@transaction.atomic
def confirm(row: CashGift, *, by: Person) -> Payment:
    """Say that the money is in the box: now it is in the accounts. Raises SamePerson, NotPossible, NotAuthorised…"""
    pledge, gift = lock(row)
    if same_person(by, gift.declared_by):
        raise SamePerson(gift.receipt_number)
    receipt = payments.Receipt(gift.amount, gift.received_on, Pledge.Channel.CASH, gift.receipt_number)
    gift.payment = payments.receive(pledge, receipt, by=by)
    _decide(gift, CashGift.State.CONFIRMED, by)
    return gift.payment


@transaction.atomic
def refuse(row: CashGift, reason: str, *, by: Person) -> CashGift:
    """The entry does not stand: its number stays, void; a gift without promise counts no more. Raises NotPossible."""
    pledge, gift = lock(row)
    gift.reason = CashGift.Reason(reason)
    _decide(gift, CashGift.State.REFUSED, by)
    record(by, CASH_REFUSED, pledge.campaign, organisation=pledge.collector, number=ltr(gift.receipt_number))
    cash_letters.refused(gift)
    if pledge.origin == Pledge.Origin.COUNTER:
        _void(pledge)
    return gift


def _void(pledge: Pledge) -> None:
    """A gift nobody promised and nobody has is nothing any more."""
    counted = tallies.waits(pledge.state)
    if "cancel" not in PLEDGE[pledge.state]:  # its campaign ended meanwhile and released it
        return
    pledge.state, pledge.ended_at = after(PLEDGE, pledge.state, "cancel"), timezone.now()
    pledge.save(update_fields=["state", "ended_at"])
    if counted:
        tallies.promise(pledge, -1)


@transaction.atomic
def correct(row: CashGift, taken: Taken, reason: str, *, by: Person, form_key: str) -> CashGift:
    """Replace an entry by one with the right amount or day and a number of its own; another than ``by`` confirms it.

    Raises NotPossible, NotAuthorised, CurrencyMismatch.
    """
    known = CashGift.objects.filter(form_key=form_key, replaces=row).first()
    if known is not None:
        return known
    pledge, gift = lock(row)
    if taken.amount.currency.code != pledge.currency:
        raise CurrencyMismatch(f"{taken.amount} is not in {pledge.currency}")
    _check(pledge.collector, taken)
    gift.reason = CashGift.Reason(reason)
    _decide(gift, CashGift.State.CORRECTED, by)
    counted = tallies.waits(pledge.state) and pledge.origin == Pledge.Origin.COUNTER
    before = pledge.amount_minor
    if pledge.origin == Pledge.Origin.COUNTER:
        pledge.amount_minor = minor(taken.amount)
        pledge.save(update_fields=["amount_minor"])
    new = _write(pledge, taken, by=by, form_key=form_key, verb=CASH_CORRECTED, replaces=gift)
    if counted and before != pledge.amount_minor:
        tallies.change_promise(pledge, pledge.amount_minor - before)
    return new


def _decide(gift: CashGift, state: str, by: Person) -> None:
    gift.state, gift.decided_by, gift.decided_at = state, by, timezone.now()
    gift.save(update_fields=["state", "decided_by", "decided_at", "reason", "payment"])


def remind(now: datetime | None = None) -> int:
    """Write to who may confirm, once a week, of cash that waits longer than three days; gives how many entries."""
    now = now or timezone.now()
    late = CashGift.objects.filter(state=CashGift.State.DECLARED, declared_at__lte=now - PATIENCE)
    rows = list(late.select_related("collector", "declared_by", "pledge__campaign").order_by("pk")[:500])
    asked: dict[int, list[Person]] = {}
    for gift in rows:
        people = asked.setdefault(gift.collector_id, confirmers(gift.collector))
        with transaction.atomic():
            for person in people:
                if not same_person(person, gift.declared_by):
                    cash_letters.waits(gift, person, week=f"{now:%G-%V}")
    return len(rows)


def book(organisation: Organisation) -> QuerySet[CashGift]:
    """The cash book, with what a page shows of each entry."""
    rows = CashGift.objects.filter(collector=organisation)
    return rows.select_related("pledge__campaign", "declared_by", "decided_by", "payment", "replaced_by")


def declared(organisation: Organisation) -> list[Money]:
    """What was taken and waits for its confirmation, one amount per currency."""
    rows = CashGift.objects.filter(collector=organisation, state=CashGift.State.DECLARED)
    sums = rows.order_by("currency").values_list("currency").annotate(Sum("amount_minor"))
    return [money(total, currency) for currency, total in sums]
