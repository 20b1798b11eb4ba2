"""From the card provider to the bank: money of card gifts can be passed on once it stands on the bank account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from moneyed import Money

from core.journal import record
from core.models import Organisation, Person, Project
from core.money import minor, money
from plugins.crowdfunding.domain import funds, ledger
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.models import Account, Entry, Settlement, Transaction
from plugins.crowdfunding.verbs import SETTLED, SETTLEMENT_UNDONE

_K = Account.Kind


class AlreadyUsed(ValueError):
    """The form made another entry before."""


class AlreadyUndone(ValueError):
    """The entry was taken back before."""


def at_provider(organisation: Organisation) -> list[tuple[Project, Money]]:
    """What stands at the card provider, by project and currency; two queries."""
    rows = Entry.objects.filter(account__kind=_K.PROVIDER, account__organisation=organisation)
    sums = rows.order_by("ledger__project", "currency").values_list("ledger__project", "currency")
    found = [(pk, money(total, code)) for pk, code, total in sums.annotate(Sum("amount_minor")) if total > 0]
    projects = Project.objects.in_bulk([pk for pk, _amount in found])
    return [(projects[pk], amount) for pk, amount in found]


def settle(
    organisation: Organisation,
    amounts: Sequence[tuple[Project, Money]],
    *,
    on: date,
    reference: str,
    by: Person | None,
    form_key: str,
) -> list[Settlement]:
    """Book what came from the provider, an amount per project; the same form counts once.

    Raises NotEnough, and AlreadyUsed when the form was filled in differently before.
    """
    keys = [f"{form_key}-{project.pk}-{amount.currency.code}" for project, amount in amounts]
    if known := _known(form_key, amounts, on):
        return known
    try:
        with transaction.atomic():
            # In the order of the projects: two at once lock the ledgers one after the other.
            parts = sorted(zip(amounts, keys, strict=True), key=lambda part: part[0][0].pk)
            return [_settle(organisation, *part, on, reference, by, key) for part, key in parts]
    except IntegrityError:
        known = _known(form_key, amounts, on)
        if not known:
            raise
        return known


def _known(form_key: str, amounts: Sequence[tuple[Project, Money]], on: date) -> list[Settlement]:
    """What a form already made; raises AlreadyUsed when it said something else."""
    known = list(Settlement.objects.filter(form_key__startswith=f"{form_key}-"))
    before = {(row.project_id, row.currency, row.amount_minor, row.settled_on) for row in known}
    now = {(project.pk, amount.currency.code, minor(amount), on) for project, amount in amounts}
    if known and before != now:
        raise AlreadyUsed(form_key)
    return known


def _settle(
    organisation: Organisation,
    project: Project,
    amount: Money,
    on: date,
    reference: str,
    by: Person | None,
    key: str,
) -> Settlement:
    book = ledger.book(project)
    funds.check_account(book, _K.PROVIDER, organisation, amount)
    made = Settlement.objects.create(
        collector=organisation,
        project=project,
        currency=amount.currency.code,
        amount_minor=minor(amount),
        settled_on=on,
        reference=reference,
        form_key=key,
        made_by=by,
    )
    ledger.post(
        project,
        Transaction.Kind.SETTLEMENT,
        [ledger.Side(_K.BANK, organisation, amount), ledger.Side(_K.PROVIDER, organisation, -amount)],
        cause=ledger.Cause("settlement", made.uid),
        key=f"settlement:{made.uid}",
        booked_on=on,
    )
    record(by, SETTLED, organisation, organisation=organisation, amount=fact(amount))
    return made


@transaction.atomic
def undo(row: Settlement, *, by: Person | None) -> Settlement:
    """Take an entry back by its mirror; raises AlreadyUndone, and NotEnough when the bank has less by now."""
    rows = Settlement.objects.select_related("collector", "project")
    found = rows.select_for_update(of=("self",)).get(pk=row.pk)
    if found.undone_at is not None:
        raise AlreadyUndone(found.uid)
    book = ledger.book(found.project)
    funds.check_account(book, _K.BANK, found.collector, found.amount)
    done = Transaction.objects.select_related("ledger__project").get(key=f"settlement:{found.uid}")
    ledger.undo(
        done,
        cause=ledger.Cause("settlement", found.uid),
        key=f"undo:settlement:{found.uid}",
        booked_on=timezone.localdate(),
        memo={},
    )
    found.undone_at = timezone.now()
    found.save(update_fields=["undone_at"])
    record(by, SETTLEMENT_UNDONE, found.collector, organisation=found.collector, amount=fact(found.amount))
    return found
