"""From the cash box and the cheques to the bank: what is there, what was brought, and taking that back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from moneyed import Money

from core.journal import record
from core.models import Organisation, Person, Project
from core.money import minor, money
from plugins.crowdfunding.domain import funds, ledger, payments
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.models import Account, Deposit, DepositPart, Entry, Payment, Pledge, Transaction
from plugins.crowdfunding.verbs import DEPOSIT_UNDONE, DEPOSITED

FROM = {Deposit.What.CASH: Account.Kind.CASH, Deposit.What.CHEQUE: Account.Kind.CHEQUES}


class MoreThanThere(ValueError):
    """More was to be brought to the bank than the box holds for a project."""


class NotADeposit(ValueError):
    """Nothing to bring, several currencies at once, or a cheque that is not there."""


class AlreadyMade(ValueError):
    """The same filled form already made another deposit."""


def in_box(organisation: Organisation) -> list[tuple[Project, Money]]:
    """Cash that is confirmed and not at the bank, by project and currency; what is nothing is left out."""
    rows = Entry.objects.filter(account__kind=Account.Kind.CASH, account__organisation=organisation)
    sums = rows.order_by("ledger__project", "currency").values_list("ledger__project", "currency")
    found = [(pk, money(total, code)) for pk, code, total in sums.annotate(Sum("amount_minor")) if total]
    projects = Project.objects.in_bulk([pk for pk, _amount in found])
    return [(projects[pk], amount) for pk, amount in found]


def cheques(organisation: Organisation) -> QuerySet[Payment]:
    """Cheques received that nobody brought to the bank yet, oldest first."""
    rows = Payment.objects.filter(
        collector=organisation, channel=Pledge.Channel.CHEQUE, state=Payment.State.RECEIVED
    )
    there = DepositPart.objects.filter(undone_at=None, payment__collector=organisation).values("payment")
    return rows.exclude(pk__in=there).select_related("pledge__campaign__project").order_by("pk")


def bring_cash(
    organisation: Organisation,
    amounts: Mapping[Project, Money],
    *,
    on: date,
    reference: str,
    by: Person,
    form_key: str,
) -> Deposit:
    """Book cash brought to the bank, an amount per project; the same form counts once.

    Raises NotADeposit, MoreThanThere and AlreadyMade.
    """
    return _once(
        form_key,
        Deposit.What.CASH,
        _total(list(amounts.values())),
        on,
        lambda: _bring_cash(organisation, amounts, on=on, reference=reference, by=by, form_key=form_key),
    )


def bring_cheques(
    organisation: Organisation,
    chosen: Sequence[Payment],
    *,
    on: date,
    reference: str,
    by: Person,
    form_key: str,
) -> Deposit:
    """Book cheques brought to the bank; raises NotADeposit and AlreadyMade."""
    return _once(
        form_key,
        Deposit.What.CHEQUE,
        _total([row.amount for row in chosen]),
        on,
        lambda: _bring_cheques(organisation, chosen, on=on, reference=reference, by=by, form_key=form_key),
    )


def _total(amounts: list[Money]) -> Money:
    if (
        not amounts
        or len({one.currency.code for one in amounts}) != 1
        or any(one.amount <= 0 for one in amounts)
    ):
        raise NotADeposit
    return sum(amounts[1:], amounts[0])


def _once(form_key: str, what: str, total: Money, on: date, make: Callable[[], Deposit]) -> Deposit:
    """Make a deposit unless its form already did; raises AlreadyMade when that one was another."""
    for attempt in (1, 2):
        known = Deposit.objects.filter(form_key=form_key).first()
        if known is not None:
            if (known.what, known.amount, known.deposited_on) != (what, total, on):
                raise AlreadyMade(known.uid)
            return known
        try:
            return make()
        except IntegrityError:
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _bring_cash(
    organisation: Organisation,
    amounts: Mapping[Project, Money],
    *,
    on: date,
    reference: str,
    by: Person,
    form_key: str,
) -> Deposit:
    total = _total(list(amounts.values()))
    deposit = _make(organisation, Deposit.What.CASH, total, on, reference, by, form_key)
    for project in sorted(amounts, key=lambda one: one.pk):
        amount = amounts[project]
        book = ledger.book(project)  # held until the end: nobody takes the same money meanwhile
        rows = Entry.objects.filter(
            ledger=book,
            account__kind=Account.Kind.CASH,
            account__organisation=organisation,
            currency=amount.currency.code,
        )
        if (rows.aggregate(there=Sum("amount_minor"))["there"] or 0) < minor(amount):
            raise MoreThanThere(str(project))
        part = DepositPart.objects.create(deposit=deposit, project=project, amount_minor=minor(amount))
        _post(deposit, part)
    record(by, DEPOSITED, organisation, organisation=organisation, amount=fact(total))
    return deposit


@transaction.atomic
def _bring_cheques(
    organisation: Organisation,
    chosen: Sequence[Payment],
    *,
    on: date,
    reference: str,
    by: Person,
    form_key: str,
) -> Deposit:
    wanted = [row.pk for row in chosen]
    rows = list(cheques(organisation).select_for_update(of=("self",)).filter(pk__in=wanted))
    if len(rows) != len(set(wanted)):
        raise NotADeposit
    total = _total([row.amount for row in rows])
    deposit = _make(organisation, Deposit.What.CHEQUE, total, on, reference, by, form_key)
    for row in sorted(rows, key=lambda one: (one.pledge.campaign.project_id, one.pk)):
        part = DepositPart.objects.create(
            deposit=deposit,
            project=row.pledge.campaign.project,
            amount_minor=row.amount_minor,
            payment=row,
        )
        _post(deposit, part)
    record(by, DEPOSITED, organisation, organisation=organisation, amount=fact(total))
    return deposit


def _make(
    organisation: Organisation, what: str, total: Money, on: date, reference: str, by: Person, form_key: str
) -> Deposit:
    return Deposit.objects.create(
        collector=organisation,
        what=what,
        currency=total.currency.code,
        amount_minor=minor(total),
        deposited_on=on,
        reference=reference,
        form_key=form_key,
        made_by=by,
    )


def _post(deposit: Deposit, part: DepositPart) -> None:
    amount = money(part.amount_minor, deposit.currency)
    ledger.post(
        part.project,
        Transaction.Kind.DEPOSIT,
        [
            ledger.Side(Account.Kind.BANK, deposit.collector, amount),
            ledger.Side(FROM[Deposit.What(deposit.what)], deposit.collector, -amount),
        ],
        cause=ledger.Cause("deposit", part.uid),
        key=f"deposit:{part.uid}",
        booked_on=deposit.deposited_on,
        memo={"channel": str(deposit.what)},
    )


@transaction.atomic
def undo(row: Deposit, *, by: Person) -> Deposit:
    """Take a deposit entered by mistake back by its mirror; one undone before stays as it is.

    Raises NotEnough when the bank account has less by now.
    """
    deposit = Deposit.objects.select_for_update(of=("self",)).select_related("collector").get(pk=row.pk)
    if deposit.undone_at is not None:
        return deposit
    for part in deposit.parts.filter(undone_at=None).select_related("project").order_by("project", "pk"):
        there = ledger.book(part.project)
        funds.check_account(
            there, Account.Kind.BANK, deposit.collector, money(part.amount_minor, deposit.currency)
        )
        _take_back(part)
    deposit.undone_at = timezone.now()
    deposit.save(update_fields=["undone_at"])
    record(by, DEPOSIT_UNDONE, deposit.collector, organisation=deposit.collector, amount=fact(deposit.amount))
    return deposit


def _take_back(part: DepositPart) -> None:
    done = Transaction.objects.select_related("ledger__project").get(key=f"deposit:{part.uid}")
    ledger.undo(
        done,
        cause=ledger.Cause("deposit", part.uid),
        key=f"undo:deposit:{part.uid}",
        booked_on=timezone.localdate(),
        memo=done.memo,
    )
    part.undone_at = timezone.now()
    part.save(update_fields=["undone_at"])


@transaction.atomic
def undo_payment(row: Payment, *, by: Person, reason: str) -> Payment:
    """Take a payment out of the accounts; a cheque that was at the bank leaves it.

    Raises NotPossible, and NotEnough for cash that is not in the box any more.
    """
    payment = payments.undo(row, by=by, reason=reason)
    if payment.channel == Pledge.Channel.CASH:  # its mirror is written: the box may hold nothing, never less
        held = ledger.book(payment.pledge.campaign.project)
        funds.check_account(held, Account.Kind.CASH, payment.collector, money(0, payment.currency))
    for part in DepositPart.objects.filter(payment=payment, undone_at=None).select_related("project"):
        _take_back(part)
    return payment
