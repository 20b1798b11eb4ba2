"""A project's budget: lines are added, changed, put in order and removed while nobody promised anything to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, ProtectedError
from moneyed import Money

from core.journal import record
from core.models import BudgetLine, Person, Project
from core.money import minor
from core.verbs import EDITED

MOST = 60
"""More lines than this are no budget that people read."""


class NotALine(ValueError):
    """The kind and what is counted do not go together."""


class InUse(ValueError):
    """Somebody promised or gave something to the line: its history keeps it."""


class TooMany(ValueError):
    """The project already has MOST lines."""


@dataclass(frozen=True)
class Measure:
    """How much a line is: money, or a quantity of a unit (days need none)."""

    amount: Money | None = None
    quantity: int | None = None
    unit: str = ""

    def columns(self, kind: str) -> dict[str, object]:
        """The columns of a line; raises NotALine when they do not fit its kind."""
        if kind == BudgetLine.Kind.MONEY:
            if self.amount is None or self.amount.amount <= 0 or self.quantity is not None:
                raise NotALine(kind)
            return {"amount_minor": minor(self.amount), "currency": self.amount.currency.code}
        if self.amount is not None or not self.quantity or self.quantity < 1:
            raise NotALine(kind)
        unit = " ".join(self.unit.split())[:40] if kind == BudgetLine.Kind.IN_KIND else ""
        return {"quantity": self.quantity, "unit": unit}


def of_project(project: Project) -> list[BudgetLine]:
    """The lines in order; one query."""
    return list(BudgetLine.objects.filter(project=project))


@transaction.atomic
def add(project: Project, kind: str, texts: dict[str, str], measure: Measure, *, by: Person) -> BudgetLine:
    """One more line, at the end; raises NotALine and TooMany."""
    Project.objects.select_for_update().get(pk=project.pk)
    lines = BudgetLine.objects.filter(project=project)
    if lines.count() >= MOST:
        raise TooMany(project.slug)
    last = lines.aggregate(last=Max("order"))["last"]
    columns = measure.columns(BudgetLine.Kind(kind))
    order = 0 if last is None else last + 1
    line = BudgetLine.objects.create(project=project, kind=kind, texts=written(texts), order=order, **columns)
    record(by, EDITED, project)
    return line


@transaction.atomic
def edit(line: BudgetLine, texts: dict[str, str], measure: Measure, *, by: Person) -> BudgetLine:
    """Change words and size of a line; raises NotALine when its kind or currency would change."""
    found = BudgetLine.objects.select_for_update().select_related("project").get(pk=line.pk)
    columns = measure.columns(found.kind)
    if columns.get("currency", "") != found.currency:
        raise NotALine(found.currency)
    for name, value in columns.items():
        setattr(found, name, value)
    found.texts = {**found.texts, **written(texts)}
    found.save()
    record(by, EDITED, found.project)
    return found


@transaction.atomic
def remove(line: BudgetLine, *, by: Person) -> None:
    """Take a line out; raises InUse when something was promised to it."""
    project = line.project
    try:
        with transaction.atomic():
            line.delete()
    except ProtectedError as error:
        raise InUse(line.uid) from error
    record(by, EDITED, project)


@transaction.atomic
def raise_line(line: BudgetLine, *, by: Person) -> None:
    """Put a line before the one above it; gifts fill lines from the top."""
    Project.objects.select_for_update().get(pk=line.project_id)
    lines = of_project(line.project)
    place = next(number for number, one in enumerate(lines) if one.pk == line.pk)
    if place == 0:
        return
    lines[place - 1], lines[place] = lines[place], lines[place - 1]
    for number, one in enumerate(lines):
        BudgetLine.objects.filter(pk=one.pk).update(order=number)
    record(by, EDITED, line.project)


def written(texts: dict[str, str]) -> dict[str, str]:
    """Texts on one line each, without the empty ones."""
    return {
        language: " ".join(text.split())[:200] for language, text in texts.items() if text and text.strip()
    }
