"""What each budget line has: there, promised, missing, by whom; kinds and currencies are never added together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, DateField, F, QuerySet, Sum, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language, ngettext

from core.models import BudgetLine, Project
from core.money import money, text
from plugins.crowdfunding.domain.promise_lives import IN_KIND_PROMISED
from plugins.crowdfunding.models import Allotment, Campaign, DaysOffer, InKindOffer, OfferedThing, Share

THERE = frozenset(
    {("share", Share.State.PAID), ("in_kind", InKindOffer.State.RECEIVED), ("days", DaysOffer.State.DONE)}
)
"""What is there; the rest is promised."""


class Overfunded(ValueError):
    """The line would get more than it needs; says by how much and who else pays (D16)."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(f"{bar.line.uid} +{bar.excess}")
        self.bar = bar


@dataclass(frozen=True)
class Payer:
    """One who pays a line, or part of it: a share, a campaign, or things or days in one state together."""

    kind: str
    size: int
    state: str = ""
    who: str = ""
    reference: str = ""
    decided_on: date | None = None
    uid: str = ""
    campaign: Campaign | None = None

    @property
    def state_words(self) -> str:
        """Where a share stands, in words."""
        return str(Share.State(self.state).label) if self.kind == "share" else ""


@dataclass
class Bar:
    """One line with what it has, in what it counts: minor units, things or days.

    ``committed`` is what its payers are to bring together, whether it came or not.
    """

    line: BudgetLine
    there: int = 0
    promised: int = 0
    committed: int = 0
    payers: list[Payer] = field(default_factory=list)

    def add(self, payer: Payer, *, there: int = 0, promised: int = 0) -> None:
        """Count a payer in."""
        self.there += there
        self.promised += promised
        self.committed += payer.size
        self.payers.append(payer)

    @property
    def size(self) -> int:
        return self.line.measure

    @property
    def missing(self) -> int:
        return max(0, self.size - self.there - self.promised)

    @property
    def excess(self) -> int:
        """By how much the line is funded above its amount."""
        return max(0, self.committed - self.size)

    @property
    def widths(self) -> tuple[int, int]:
        """Whole per cent that is there and that is promised; together never beyond 100."""
        there = min(100, self.there * 100 // self.size)
        return there, min(100 - there, self.promised * 100 // self.size)

    def words(self, measure: int) -> str:
        """A measure of this line as plain text."""
        return measured(self.line, measure)


def measured(line: BudgetLine, measure: int) -> str:
    """So much of what a line counts, as plain text: an amount, things in their unit, days."""
    if line.kind == BudgetLine.Kind.MONEY:
        return text(money(measure, line.currency), get_language() or "fr")
    if line.kind == BudgetLine.Kind.DAYS:
        return ngettext("%(number)s day", "%(number)s days", measure) % {"number": measure}
    return f"{measure} {line.unit}".strip()


def of_project(project: Project | int, known: Iterable[Campaign] = ()) -> list[Bar]:
    """Every line with what it has; two queries when the campaigns that pay are ``known`` with their tallies."""
    key = project if isinstance(project, int) else project.pk
    return _filled(BudgetLine.objects.filter(project_id=key), known)


def of_line(line: BudgetLine) -> Bar:
    """One line with what it has."""
    bars = _filled(BudgetLine.objects.filter(project_id=line.project_id), ())
    return next(bar for bar in bars if bar.line.pk == line.pk)


def _filled(lines: QuerySet[BudgetLine], known: Iterable[Campaign]) -> list[Bar]:
    bars = {line.pk: Bar(line) for line in lines}
    if not bars:
        return []
    parts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line, kind, state, size, who, reference, day, uid, key in _rows(list(bars)):
        if kind == "campaign":
            parts[key].append((line, size))
            continue
        there = (kind, state) in THERE
        payer = Payer(kind, size, state, who, reference, day, uid)
        bars[line].add(payer, there=size if there else 0, promised=0 if there else size)
    if parts:
        _add_campaigns(bars, parts, {campaign.pk: campaign for campaign in known})
    return list(bars.values())


def _add_campaigns(
    bars: dict[int, Bar], parts: dict[int, list[tuple[int, int]]], known: dict[int, Campaign]
) -> None:
    """A campaign's gifts fill its lines from the top: first what came, then what is promised."""
    if any(key not in known for key in parts):
        known = Campaign.objects.select_related("tally").in_bulk(list(parts))
    places = {line: place for place, line in enumerate(bars)}
    for key in sorted(parts):
        campaign = known[key]
        came, promised = campaign.tally.received_minor, campaign.tally.promised_minor
        for line, size in sorted(parts[key], key=lambda part: places[part[0]]):
            there = min(came, size)
            coming = min(promised, size - there)
            came, promised = came - there, promised - coming
            payer = Payer("campaign", size, campaign.state, campaign=campaign)
            bars[line].add(payer, there=there, promised=coming)


def _rows(lines: list[int]) -> list[tuple[Any, ...]]:
    """All that pays these lines, in one query: shares and campaigns one by one, things and days added up."""
    shares = Share.objects.filter(line__in=lines).exclude(state=Share.State.WITHDRAWN).order_by()
    over = (Campaign.State.CANCELLED, Campaign.State.FAILED)
    allotted = Allotment.objects.filter(line__in=lines).exclude(campaign__state__in=over).order_by()
    things = OfferedThing.objects.filter(line__in=lines).order_by()
    days = DaysOffer.objects.filter(line__in=lines).order_by()
    none = Value(None, output_field=DateField())

    def summed(rows: QuerySet[Any], kind: str, state: str, column: str) -> QuerySet[Any]:
        size = Cast(Sum(column), BigIntegerField())
        return rows.values_list(
            "line_id", Value(kind), F(state), size, Value(""), Value(""), none, Value(""), Value(0)
        )

    found = shares.values_list(
        "line_id", Value("share"), "state", "amount_minor", "who", "reference", "decided_on", "uid", "pk"
    ).union(
        allotted.values_list(
            "line_id",
            Value("campaign"),
            Value(""),
            "amount_minor",
            Value(""),
            Value(""),
            none,
            Value(""),
            "campaign_id",
        ),
        summed(things.filter(offer__state__in=IN_KIND_PROMISED), "in_kind", "offer__state", "quantity"),
        summed(things.filter(offer__state=InKindOffer.State.RECEIVED), "in_kind", "offer__state", "arrived"),
        summed(days.filter(state=DaysOffer.State.ACCEPTED), "days", "state", "days"),
        summed(days.filter(state=DaysOffer.State.DONE), "days", "state", "done_days"),
        all=True,
    )
    return sorted((row for row in found if row[3]), key=lambda row: (row[1], row[8], row[2]))


def lock(keys: Iterable[int | None]) -> list[BudgetLine]:
    """Hold lines until the end of the transaction, in the order of their keys; who promises to a line holds it."""
    wanted = sorted({key for key in keys if key is not None})
    return list(BudgetLine.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))


def check(lines: Iterable[BudgetLine], *, despite: bool) -> list[Bar]:
    """The lines funded above their amount, after a change in the same transaction.

    Raises Overfunded for the first of them unless ``despite`` says that who decides was told and wants it so.
    """
    over = [bar for line in lines if (bar := of_line(line)).excess]
    if over and not despite:
        raise Overfunded(over[0])
    return over
