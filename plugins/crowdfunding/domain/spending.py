"""Expenses: money of a campaign spent by its receiver or its collector, on a budget line or outside the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from moneyed import Money

from core.domain.notices import quiet
from core.journal import record
from core.models import BudgetLine, Organisation, Person, PrivateFile, Project
from core.money import minor, money
from plugins.crowdfunding.domain import collectors, funds, ledger, payouts
from plugins.crowdfunding.domain.amounts import END, ISOLATE, fact
from plugins.crowdfunding.domain.lifecycles import SPENDING, after
from plugins.crowdfunding.domain.payouts import AlreadyUsed
from plugins.crowdfunding.models import Account, Campaign, Payout, Spending, Transaction
from plugins.crowdfunding.verbs import SPENDING_UNDONE, SPENT, SPENT_OVER

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

WHERE = {Spending.Where.BANK: Account.Kind.BANK, Spending.Where.CASH: Account.Kind.CASH}


class NotItsMoney(ValueError):
    """The organisation neither collects nor receives for the campaign, or the line is another project's."""


class AboveLine(ValueError):
    """The expense goes above its budget line and nobody said why; ``over`` says by how much."""

    def __init__(self, over: Money) -> None:
        super().__init__(str(over))
        self.over = over


@dataclass(frozen=True)
class Expense:
    """What was paid: ``what`` is public, the supplier is not; ``over_why`` allows to go above the line."""

    amount: Money
    spent_on: date
    what: str
    line: BudgetLine | None = None
    where: str = Spending.Where.BANK
    supplier: str = ""
    over_why: str = ""
    invoice: PrivateFile | None = None


def may_spend(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person books expenses of an organisation: its treasurers and managers."""
    return payouts.may_confirm(person, organisation)


def campaigns_of(organisation: Organisation) -> QuerySet[Campaign]:
    """Campaigns whose money an organisation may use, because it collects or receives for them; newest first."""
    rows = Campaign.objects.filter(Q(collector=organisation) | Q(receiver=organisation))
    state = Campaign.State
    waits = Q(
        kind__in=Campaign.CONDITIONAL, round=1, state__in=[state.OPEN, state.COLLECTING, state.CANCELLED]
    )
    rows = rows.exclude(waits).exclude(state__in=[state.DRAFT, state.FAILED])
    rows = rows.exclude(opened_at=None, hidden=True)
    return rows.select_related("project", "collector", "receiver").order_by("-pk")


def lines_of(project: Project) -> QuerySet[BudgetLine]:
    """Budget lines in money."""
    return BudgetLine.objects.filter(project=project, kind=BudgetLine.Kind.MONEY)


def _spent(line: BudgetLine) -> dict[str, int]:
    """What was spent on a line, minor units per currency."""
    rows = Spending.objects.filter(line=line, state=Spending.State.BOOKED).order_by()
    return dict(rows.values_list("currency").annotate(Sum("amount_minor")))


def rate(project: Project, currency: str, into: str) -> Fraction | None:
    """What one unit of a currency became in another over all transfers that arrived; None before the first."""
    if currency == into:
        return Fraction(1)
    came = Payout.objects.filter(campaign__project=project, state=Payout.State.ARRIVED)
    for source, target, turned in ((currency, into, False), (into, currency, True)):
        sums = came.filter(currency=source, arrived_currency=target).aggregate(
            sent=Sum("amount_minor"), got=Sum("arrived_minor")
        )
        if sums["sent"] and sums["got"]:
            found = Fraction(sums["got"], sums["sent"])
            return 1 / found if turned else found
    return None


def left_on(line: BudgetLine, currency: str) -> Money | None:
    """What a line still allows, in a currency; another one counts at the rate of the transfers that arrived.

    None for a line that is not in money, or when no transfer says what the one is in the other.
    """
    if line.amount is None:
        return None
    total = Fraction(0)
    for unit, sum_minor in (
        (line.currency, line.amount_minor or 0),
        *((c, -m) for c, m in _spent(line).items()),
    ):
        turned = rate(line.project, unit, currency)
        if turned is None:
            return None
        total += sum_minor * turned
    return money(floor(total), currency)


def over(line: BudgetLine | None, amount: Money) -> Money:
    """By how much an expense would pass its line; zero within it."""
    none = money(0, amount.currency.code)
    left = left_on(line, amount.currency.code) if line is not None else None
    return none if left is None else max(none, min(amount, amount - left))


def book(
    campaign: Campaign, organisation: Organisation, expense: Expense, *, by: Person | None, form_key: str
) -> Spending:
    """Write an expense; the same form sent twice is one.

    Raises NotItsMoney, NotEnough, AboveLine and AlreadyUsed.
    """
    known = Spending.objects.filter(form_key=form_key).first()
    if known is not None:
        return _same(known, campaign, expense)
    try:
        return _book(campaign, organisation, expense, by=by, form_key=form_key)
    except IntegrityError:
        known = Spending.objects.filter(form_key=form_key).first()
        if known is None:
            raise
        return _same(known, campaign, expense)


def _same(known: Spending, campaign: Campaign, expense: Expense) -> Spending:
    before = (known.campaign_id, known.amount, known.spent_on, known.what)
    if before != (campaign.pk, expense.amount, expense.spent_on, expense.what):
        raise AlreadyUsed(known.uid)
    return known


@transaction.atomic
def _book(
    row: Campaign, organisation: Organisation, expense: Expense, *, by: Person | None, form_key: str
) -> Spending:
    rows = Campaign.objects.select_related("project", "collector", "receiver")
    campaign = rows.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if organisation.pk not in {campaign.collector_id, campaign.receiver_id}:
        raise NotItsMoney(str(organisation))
    if expense.line is not None and expense.line.project_id != campaign.project_id:
        raise NotItsMoney(expense.line.uid)
    held = ledger.book(
        campaign.project
    )  # two expenses cannot spend the same balance, nor pass a line together
    _check_there(campaign, organisation, expense.amount)
    funds.check_account(held, WHERE[Spending.Where(expense.where)], organisation, expense.amount)
    above = over(expense.line, expense.amount)
    if above.amount and not expense.over_why:
        raise AboveLine(above)
    made = Spending.objects.create(
        campaign=campaign,
        organisation=organisation,
        line=expense.line,
        where=expense.where,
        currency=expense.amount.currency.code,
        amount_minor=minor(expense.amount),
        spent_on=expense.spent_on,
        what=expense.what,
        supplier=expense.supplier,
        over_minor=minor(above),
        over_why=expense.over_why if above.amount else "",
        invoice=expense.invoice,
        form_key=form_key,
        recorded_by=by,
    )
    _post(made)
    _tell(made, by)
    return made


def _check_there(campaign: Campaign, organisation: Organisation, amount: Money) -> None:
    """Raise NotEnough when the campaign has less at the organisation that spends."""
    currency = amount.currency.code
    if not payouts.is_the_project_s(campaign):
        raise funds.NotEnough(money(0, currency))
    if organisation.pk == campaign.collector_id:
        there = funds.of_campaign(campaign).available if currency == campaign.currency else money(0, currency)
    else:
        there = funds.arrived(campaign).get(currency, money(0, currency))
    if there < amount:
        raise funds.NotEnough(max(there, money(0, currency)))


def _memo(row: Spending) -> dict[str, str]:
    return {
        "campaign": row.campaign.uid,
        "spending": row.uid,
        "what": row.what,
        "line": row.line.uid if row.line else "",
    }


def _post(row: Spending) -> None:
    where = WHERE[Spending.Where(row.where)]
    ledger.post(
        row.campaign.project,
        Transaction.Kind.SPENDING,
        [
            ledger.Side(Account.Kind.SPENT, row.organisation, row.amount),
            ledger.Side(where, row.organisation, -row.amount),
        ],
        cause=ledger.Cause("spending", row.uid),
        key=f"spending:{row.uid}",
        booked_on=row.spent_on,
        memo=_memo(row),
    )


def _tell(row: Spending, by: Person | None) -> None:
    """Expenses stand in the timeline; one above its line is told to followers and to both sides."""
    facts = {"amount": fact(row.amount), "what": f"{ISOLATE}{row.what}{END}"}
    with quiet():
        record(by, SPENT, row.campaign, organisation=row.organisation, **facts)
    if row.over_minor:
        line = f"{ISOLATE}{row.line}{END}"
        record(by, SPENT_OVER, row.campaign, organisation=row.organisation, amount=fact(row.over), line=line)


@transaction.atomic
def undo(row: Spending, *, by: Person | None) -> Spending:
    """Take an expense out of the accounts by its mirror; raises NotPossible."""
    rows = Spending.objects.select_related("campaign__project", "organisation", "line")
    found = rows.select_for_update(of=("self",)).get(pk=row.pk)
    found.state = after(SPENDING, found.state, "undo")
    found.undone_by, found.undone_at = by, timezone.now()
    found.save(update_fields=["state", "undone_by", "undone_at"])
    done = Transaction.objects.select_related("ledger__project").get(key=f"spending:{found.uid}")
    ledger.undo(
        done,
        cause=ledger.Cause("spending", found.uid),
        key=f"undo:spending:{found.uid}",
        booked_on=timezone.localdate(),
        memo=_memo(found),
    )
    with quiet():
        facts = {"amount": fact(found.amount)}
        record(by, SPENDING_UNDONE, found.campaign, organisation=found.organisation, **facts)
    return found


def attach(row: Spending, invoice: PrivateFile, *, by: Person | None) -> None:
    """Put the invoice of an expense, or another photograph of it; what was public is hidden until marked again."""
    Spending.objects.filter(pk=row.pk).update(invoice=invoice, invoice_public=False, shown_by=None)


def show_invoice(row: Spending, shown: bool, *, by: Person | None) -> None:
    """Let everyone see the invoice, or nobody but keepers: the treasurer vouches that it shows no personal data."""
    Spending.objects.filter(pk=row.pk, invoice__isnull=False).update(
        invoice_public=shown, shown_by=by if shown else None
    )


def may_see_invoice(person: Person | AnonymousUser, row: Spending) -> bool:
    """Whether the person may open an invoice: everyone when it is marked, else who keeps either side's accounts."""
    public = row.invoice_public and row.state == Spending.State.BOOKED and row.campaign.is_public
    return (
        public or may_spend(person, row.organisation) or collectors.may_keep(person, row.campaign.collector)
    )
