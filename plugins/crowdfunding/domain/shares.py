"""Who pays what of a budget: shares of communes and programmes, and the part of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from moneyed import Money

from core.domain.permissions import manages
from core.journal import record
from core.models import BudgetLine, Organisation, Person, Project
from core.money import CurrencyMismatch, minor, money
from plugins.crowdfunding.domain import campaigns, lines
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.promise_lives import SHARE, after
from plugins.crowdfunding.models import Allotment, Campaign, Share
from plugins.crowdfunding.verbs import (
    LINE_OVER,
    SHARE_ANNOUNCED,
    SHARE_DECIDED,
    SHARE_PAID,
    SHARE_UNPAID,
    SHARE_WITHDRAWN,
)


class NotMoney(ValueError):
    """The line counts things or days, or is of another project."""


@dataclass(frozen=True)
class Promise:
    """A share as it is announced; with the reference and date when it is decided already."""

    who: str
    amount: Money
    organisation: Organisation | None = None
    reference: str = ""
    decided_on: date | None = None


def may_plan(person: object, project: Project) -> bool:
    """Whether the person says who pays what: who answers for the project."""
    return not project.is_remote and manages(person, project)  # type: ignore[arg-type]


@transaction.atomic
def announce(
    line: BudgetLine, promise: Promise, *, by: Person | None, form_key: str, despite: bool = False
) -> Share:
    """Write a share down; the same form sent twice is one share.

    Raises NotMoney, CurrencyMismatch, and Overfunded when the line gets more than it needs (D16).
    """
    known = Share.objects.filter(form_key=form_key).first()
    if known is not None:
        return known
    _check(line, promise.amount)
    lines.lock([line.pk])
    try:
        with transaction.atomic():
            share = Share.objects.create(line=line, form_key=form_key, made_by=by, **_columns(promise))
    except IntegrityError:
        return Share.objects.get(form_key=form_key)
    _hold(line, despite=despite, by=by)
    verb = SHARE_DECIDED if promise.decided_on else SHARE_ANNOUNCED
    _note(share, verb, by)
    return share


def _columns(promise: Promise) -> dict[str, object]:
    decided = promise.decided_on is not None
    return {
        "who": promise.who,
        "organisation": promise.organisation,
        "amount_minor": minor(promise.amount),
        "reference": promise.reference,
        "decided_on": promise.decided_on,
        "state": Share.State.DECIDED if decided else Share.State.ANNOUNCED,
    }


def _check(line: BudgetLine, amount: Money) -> None:
    if line.kind != BudgetLine.Kind.MONEY:
        raise NotMoney(line.uid)
    if amount.currency.code != line.currency:
        raise CurrencyMismatch(f"{amount} for a line in {line.currency}")


def lock(share: Share) -> Share:
    """The share as it is now, held until the end of the transaction."""
    rows = Share.objects.select_related("line__project__owner")
    return rows.select_for_update(of=("self",)).get(pk=share.pk)


@transaction.atomic
def decide(share: Share, on: date, reference: str, *, by: Person | None) -> Share:
    """The council or the programme decided it; raises NotPossible."""
    found = lock(share)
    found.state = after(SHARE, found.state, "decide")
    found.decided_on, found.reference = on, reference
    found.save(update_fields=["state", "decided_on", "reference"])
    _note(found, SHARE_DECIDED, by)
    return found


@transaction.atomic
def pay(share: Share, on: date, *, by: Person | None) -> Share:
    """The money came; raises NotPossible."""
    found = lock(share)
    found.state = after(SHARE, found.state, "pay")
    found.paid_on = on
    found.save(update_fields=["state", "paid_on"])
    _note(found, SHARE_PAID, by)
    return found


@transaction.atomic
def unpay(share: Share, *, by: Person | None) -> Share:
    """It had not come after all; raises NotPossible."""
    found = lock(share)
    found.state = after(SHARE, found.state, "unpay")
    found.paid_on = None
    found.save(update_fields=["state", "paid_on"])
    _note(found, SHARE_UNPAID, by)
    return found


@transaction.atomic
def withdraw(share: Share, *, by: Person | None) -> Share:
    """It is not given any more; raises NotPossible once it is paid."""
    found = lock(share)
    found.state = after(SHARE, found.state, "withdraw")
    found.save(update_fields=["state"])
    _note(found, SHARE_WITHDRAWN, by)
    return found


@transaction.atomic
def allot(
    campaign: Campaign, line: BudgetLine, amount: Money | None, *, by: Person | None, despite: bool = False
) -> None:
    """Say what a campaign is to pay of a line; None takes its part away.

    Raises NotMoney, CurrencyMismatch, and Overfunded when the line gets more than it needs (D16).
    """
    campaign = campaigns.lock(campaign)
    lines.lock([line.pk])
    if line.project_id != campaign.project_id:
        raise NotMoney(line.uid)
    if amount is None:
        Allotment.objects.filter(campaign=campaign, line=line).delete()
        return
    _check(line, amount)
    if line.currency != campaign.currency:
        raise CurrencyMismatch(f"{campaign.currency} for a line in {line.currency}")
    Allotment.objects.update_or_create(campaign=campaign, line=line, defaults={"amount_minor": minor(amount)})
    _hold(line, despite=despite, by=by)


def _hold(line: BudgetLine, *, despite: bool, by: Person | None) -> None:
    for bar in lines.check([line], despite=despite):
        excess = fact(money(bar.excess, line.currency))
        record(by, LINE_OVER, line.project, organisation=line.project.owner, line=str(line), excess=excess)


def _note(share: Share, verb: str, by: Person | None) -> None:
    project = share.line.project
    facts = {"who": share.who, "amount": fact(share.amount), "line": str(share.line)}
    record(by, verb, project, organisation=project.owner, **facts)
