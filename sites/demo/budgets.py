"""Budgets of the demonstration: lines in money, things and days, who pays them, and an offer in kind."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from core import money
from core.domain import budgets
from core.models import BudgetLine, Project
from plugins.crowdfunding.domain import in_kind, offers, shares
from plugins.crowdfunding.models import Campaign, InKindOffer, Share

Row = dict[str, Any]


@transaction.atomic
def load_lines(campaign: Campaign, row: Row) -> None:
    """The lines of a project that has none yet, with the campaign's part and shares of others."""
    project = campaign.project
    if BudgetLine.objects.filter(project=project).exists():
        return
    for order, found in enumerate(row.get("lines", [])):
        line = BudgetLine.objects.create(
            project=project, kind=found["kind"], texts=found["texts"], order=order, **measure(found)
        )
        if "allot" in found:
            shares.allot(campaign, line, money.parse(found["allot"], campaign.currency), by=None)
        if "share" in found:
            announce(line, found["share"], form_key=f"demo-{line.uid[-16:]}-share")


def measure(row: Row) -> dict[str, object]:
    """What a line counts, as its columns."""
    amount = money.parse(row["amount"], row["currency"]) if "amount" in row else None
    size = budgets.Measure(amount, row.get("quantity"), row.get("unit", ""))
    return size.columns(row["kind"])


def announce(line: BudgetLine, row: Row, *, form_key: str) -> Share:
    """The share of a council, decided."""
    promise = shares.Promise(
        row["who"],
        money.parse(row["amount"], line.currency),
        reference=row["reference"],
        decided_on=date.fromisoformat(row["decided"]),
    )
    return shares.announce(line, promise, by=None, form_key=form_key)


def line_of(project: Project, number: int) -> BudgetLine | None:
    """A line of the project by its place in the data, from 1; None when people removed it."""
    return BudgetLine.objects.filter(project=project, order=number - 1).first()


def load_things(campaign: Campaign, row: Row) -> None:
    """Offers of things for a line, accepted with a sentence."""
    for number, found in enumerate(row.get("things", []), start=1):
        form_key = f"demo-{campaign.uid[-16:]}-things-{number}"
        if InKindOffer.objects.filter(form_key=form_key).exists():
            continue
        giver = offers.Giver(f"things-{number}@{campaign.project.slug}.example", found["who"], found["town"])
        line = line_of(campaign.project, found["line"])
        things = [in_kind.Thing(found["what"], found["quantity"], line=line)]
        with transaction.atomic():
            made = in_kind.offer(campaign, giver, things, form_key=form_key, currency=campaign.currency)
            in_kind.accept(made, found["answer"], by=None)
