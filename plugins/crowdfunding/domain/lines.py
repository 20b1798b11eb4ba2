"""What each budget line has: there, promised, missing, by whom; kinds and currencies are never added together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language, ngettext

from core.models import BudgetLine, Project
from core.money import money, text
from plugins.crowdfunding.domain.promise_lives import IN_KIND_PROMISED
from plugins.crowdfunding.models import Allotment, Campaign, DaysOffer, InKindOffer, OfferedThing, Share


class Overfunded(ValueError):
    """The line would get more than it needs; says by how much and who else pays (D16)."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(f"{bar.line.uid} +{bar.excess}")
        self.bar = bar


@dataclass(frozen=True)
class Payer:
    """One who pays a line, or part of it: a share, a campaign, things or days together."""

    kind: str
    size: int
    state: str = ""
    share: Share | None = None
    campaign: Campaign | None = None


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


def of_project(project: Project | int) -> list[Bar]:
    """Every line with what it has; four queries, one when there is no line."""
    key = project if isinstance(project, int) else project.pk
    return _filled(BudgetLine.objects.filter(project_id=key))


def of_line(line: BudgetLine) -> Bar:
    """One line with what it has."""
    (bar,) = _filled(BudgetLine.objects.filter(project_id=line.project_id), only=line.pk)
    return bar


def _filled(lines: QuerySet[BudgetLine], only: int | None = None) -> list[Bar]:
    bars = {line.pk: Bar(line) for line in lines}
    if not bars:
        return []
    _add_shares(bars)
    _add_allotments(bars)
    _add_offers(bars)
    return [bar for bar in bars.values() if only is None or bar.line.pk == only]


def _add_shares(bars: dict[int, Bar]) -> None:
    rows = Share.objects.filter(line__in=list(bars)).exclude(state=Share.State.WITHDRAWN)
    for share in rows.select_related("organisation"):
        share.line = bars[share.line_id].line
        paid = share.state == Share.State.PAID
        bars[share.line_id].add(
            Payer("share", share.amount_minor, share.state, share=share),
            there=share.amount_minor if paid else 0,
            promised=0 if paid else share.amount_minor,
        )


def _add_allotments(bars: dict[int, Bar]) -> None:
    """A campaign's gifts fill its lines from the top: first what came, then what is promised."""
    over = (Campaign.State.CANCELLED, Campaign.State.FAILED)
    rows = Allotment.objects.filter(line__in=list(bars)).exclude(campaign__state__in=over)
    by_campaign: dict[int, list[Allotment]] = defaultdict(list)
    for row in rows.select_related("campaign__tally").order_by("line__order", "line_id"):
        by_campaign[row.campaign_id].append(row)
    for parts in by_campaign.values():
        campaign = parts[0].campaign
        came, promised = campaign.tally.received_minor, campaign.tally.promised_minor
        for part in parts:
            there = min(came, part.amount_minor)
            coming = min(promised, part.amount_minor - there)
            came, promised = came - there, promised - coming
            payer = Payer("campaign", part.amount_minor, campaign.state, campaign=campaign)
            bars[part.line_id].add(payer, there=there, promised=coming)


def _add_offers(bars: dict[int, Bar]) -> None:
    """Things and days, added up by the database in one query: promised once accepted, there once received or done."""
    for line, kind, state, size in _sums(list(bars)):
        there = state in (InKindOffer.State.RECEIVED, DaysOffer.State.DONE)
        bars[line].add(Payer(kind, size, state), there=size if there else 0, promised=0 if there else size)


def _sums(lines: list[int]) -> Iterable[tuple[int, str, str, int]]:
    things = OfferedThing.objects.filter(line__in=lines).order_by()
    days = DaysOffer.objects.filter(line__in=lines).order_by()

    def summed(rows: QuerySet, kind: str, state: str, column: str) -> QuerySet:
        return rows.values_list("line_id", Value(kind), F(state), Cast(Sum(column), IntegerField()))  # type: ignore[no-any-return]

    parts = [
        summed(things.filter(offer__state__in=IN_KIND_PROMISED), "in_kind", "offer__state", "quantity"),
        summed(things.filter(offer__state=InKindOffer.State.RECEIVED), "in_kind", "offer__state", "arrived"),
        summed(days.filter(state=DaysOffer.State.ACCEPTED), "days", "state", "days"),
        summed(days.filter(state=DaysOffer.State.DONE), "days", "state", "done_days"),
    ]
    return [row for row in parts[0].union(*parts[1:], all=True) if row[3]]  # type: ignore[misc]


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
