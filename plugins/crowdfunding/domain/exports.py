"""Accounts as files for a spreadsheet or an accountant: streamed, a chunk in memory at a time.

Text that a spreadsheet would take for a formula is defused; amounts have a decimal comma and no currency sign.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.journal import record
from core.models import Organisation, Person
from plugins.crowdfunding.domain import codes, fec
from plugins.crowdfunding.models import Campaign, Payment, Payout, Pledge, Spending
from plugins.crowdfunding.verbs import EXPORTED

CHUNK = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST = timedelta(days=366 * 10)


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both in it."""

    first: date
    last: date


class _Echo:
    """A file that gives each row back."""

    def write(self, value: str) -> str:
        return value


def safe(value: Any) -> str:
    """A cell of text that no spreadsheet runs; what people typed cannot begin a formula."""
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA) else text


def decimal(minor: int | None) -> str:
    """Minor units with a decimal comma: ``1250`` is ``12,50``."""
    if minor is None:
        return ""
    sign, value = ("-" if minor < 0 else ""), abs(minor)
    return f"{sign}{value // 100},{value % 100:02}"


def day(value: Any) -> str:
    """A day as ISO 8601, or nothing."""
    return value.isoformat() if value else ""


def chunks(rows: QuerySet) -> Iterator[Any]:
    """All rows of a queryset in the order of their ids, CHUNK in memory at a time."""
    after = 0
    while True:
        found = list(rows.filter(pk__gt=after).order_by("pk")[:CHUNK])
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1].pk


def lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """CSV as spreadsheets of French and Arabic computers open it: UTF-8 with its mark, semicolons."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff" + writer.writerow(list(header))
    for row in rows:
        yield writer.writerow(list(row))


PAYMENTS = (
    "day", "project", "campaign", "code", "name", "email", "anonymous", "way", "state", "amount", "fee",
    "given back", "contested", "currency", "reference",
)  # fmt: skip


def payments(organisation: Organisation, period: Period) -> Iterator[str]:
    """Money that came in a period, with what went back of it."""
    rows = Payment.objects.filter(collector=organisation, received_on__range=(period.first, period.last))
    rows = rows.exclude(state__in=Payment.UNFINISHED).select_related("pledge", "campaign__project")
    return lines(PAYMENTS, map(_payment, chunks(rows)))


def _payment(row: Payment) -> list[str]:
    pledge = row.pledge
    return [
        day(row.received_on),
        safe(row.campaign.project.title),
        safe(row.campaign.title),
        codes.shown(pledge.code),
        safe(pledge.name),
        safe(pledge.email),
        "1" if pledge.anonymous else "0",
        row.channel,
        row.state,
        decimal(row.amount_minor),
        decimal(row.fee_minor),
        decimal(row.refunded_minor),
        decimal(row.disputed_minor),
        row.currency,
        safe(row.reference),
    ]


PLEDGES = (
    "day", "project", "campaign", "code", "name", "email", "anonymous", "way", "state", "amount", "currency",
)  # fmt: skip


def pledges(organisation: Organisation, period: Period) -> Iterator[str]:
    """Promises made in a period, whatever became of them."""
    rows = Pledge.objects.filter(
        collector=organisation, created_at__date__gte=period.first, created_at__date__lte=period.last
    ).select_related("campaign__project")
    return lines(PLEDGES, map(_pledge, chunks(rows)))


def _pledge(row: Pledge) -> list[str]:
    return [
        day(timezone.localdate(row.created_at)),
        safe(row.campaign.project.title),
        safe(row.campaign.title),
        codes.shown(row.code),
        safe(row.name),
        safe(row.email),
        "1" if row.anonymous else "0",
        row.channel,
        row.state,
        decimal(row.amount_minor),
        row.currency,
    ]


DONORS = ("name", "email", "gifts", "amount", "currency", "first", "last")


def donors(organisation: Organisation, period: Period) -> Iterator[str]:
    """What each donor gave in a period, net; one without address is one row per campaign."""
    rows = Payment.objects.filter(
        collector=organisation,
        state=Payment.State.RECEIVED,
        received_on__range=(period.first, period.last),
    )
    net = Sum(F("amount_minor") - F("refunded_minor") - F("disputed_minor"))
    sums = (
        rows.order_by()
        .values("pledge__email", "currency", _alone=_alone())
        .annotate(
            name=Max("pledge__name"),
            gifts=Count("pk"),
            net=net,
            first=Min("received_on"),
            last=Max("received_on"),
        )
        .order_by("pledge__email", "_alone", "currency")
    )
    return lines(DONORS, map(_donor, sums.iterator(chunk_size=CHUNK)))


def _alone() -> Any:
    """What parts donors without address: their pseudonym; those with one are parted by it."""
    from django.db.models import Case, Value, When

    return Case(When(pledge__email="", then=F("pledge__donor")), default=Value(""))


def _donor(row: Any) -> list[str]:
    return [
        safe(row["name"]),
        safe(row["pledge__email"]),
        str(row["gifts"]),
        decimal(row["net"]),
        row["currency"],
        day(row["first"]),
        day(row["last"]),
    ]


PROJECTS = ("project", "campaign", "state", "goal", "received", "fees", "passed on", "spent", "currency")


def projects(organisation: Organisation, period: Period) -> Iterator[str]:
    """What each campaign of the organisation received, passed on and spent itself in a period."""
    campaigns = Campaign.objects.filter(collector=organisation).select_related("project")
    return lines(PROJECTS, (_project(row, sums) for row, sums in _summed(campaigns, period)))


def _summed(campaigns: QuerySet, period: Period) -> Iterator[tuple[Campaign, dict[str, int]]]:
    """Campaigns with their sums: three queries a chunk, not per campaign."""
    known: list[Campaign] = []
    for campaign in chunks(campaigns):
        known.append(campaign)
        if len(known) == CHUNK:
            yield from _sums(known, period)
            known = []
    yield from _sums(known, period)


def _sums(known: list[Campaign], period: Period) -> list[tuple[Campaign, dict[str, int]]]:
    when = (period.first, period.last)
    came = Payment.objects.filter(campaign__in=known, received_on__range=when)
    net = F("amount_minor") - F("refunded_minor") - F("disputed_minor")
    standing = Q(state=Payment.State.RECEIVED)
    received = _by(came, received=Sum(net, filter=standing), fees=Sum("fee_minor"))
    sent = Payout.objects.filter(campaign__in=known, sent_on__range=when, state__in=Payout.STANDING)
    passed = _by(sent, passed=Sum("amount_minor"), bank=Sum("fee_minor"))
    gone = Spending.objects.filter(
        campaign__in=known,
        spent_on__range=when,
        state=Spending.State.BOOKED,
        currency=F("campaign__currency"),
    )
    spent = _by(gone, spent=Sum("amount_minor"))
    return [
        (row, {**received.get(row.pk, {}), **passed.get(row.pk, {}), **spent.get(row.pk, {})})
        for row in known
    ]


def _by(rows: QuerySet, **sums: Any) -> dict[int, dict[str, int]]:
    found = rows.order_by().values("campaign_id").annotate(**sums)
    return {row["campaign_id"]: {name: row[name] or 0 for name in sums} for row in found}


def _project(row: Campaign, sums: dict[str, int]) -> list[str]:
    return [
        safe(row.project.title),
        safe(row.title),
        row.state,
        decimal(row.goal_minor),
        decimal(sums.get("received", 0)),
        decimal(sums.get("fees", 0) + sums.get("bank", 0)),
        decimal(sums.get("passed", 0)),
        decimal(sums.get("spent", 0)),
        row.currency,
    ]


def entries(currency: str) -> Callable[[Organisation, Period], Iterator[str]]:
    """Accounting entries in a currency."""

    def streamed(organisation: Organisation, period: Period) -> Iterator[str]:
        return fec.pieces(organisation, period.first, period.last, currency)

    return streamed


@dataclass(frozen=True)
class Export:
    """A file that can be asked for: its name, what it holds in words, and how it is made."""

    label: Any
    stream: Callable[[Organisation, Period], Iterator[str]]
    ending: str = "csv"
    content_type: str = "text/csv"


EXPORTS: dict[str, Export] = {
    "payments": Export(_("money that came, gift by gift"), payments),
    "pledges": Export(_("promises, whatever became of them"), pledges),
    "donors": Export(_("what each donor gave"), donors),
    "projects": Export(_("each campaign: received, fees, passed on, spent"), projects),
    "fec-eur": Export(
        _("accounting entries in euros (FEC)"), entries("EUR"), "txt", "text/tab-separated-values"
    ),
    "fec-mad": Export(
        _("accounting entries in dirhams (FEC)"), entries("MAD"), "txt", "text/tab-separated-values"
    ),
}


@transaction.atomic
def export(
    organisation: Organisation, kind: str, period: Period, *, by: Person | None
) -> tuple[Export, Iterator[str]]:
    """A file's pieces, after writing in the journal who took it; raises KeyError for an unknown kind."""
    wanted = EXPORTS[kind]
    what = f"{kind} {period.first.isoformat()}…{period.last.isoformat()}"
    record(by, EXPORTED, organisation, organisation=organisation, what=what)
    return wanted, wanted.stream(organisation, period)
