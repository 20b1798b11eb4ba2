"""Gates: what must be true before an organisation may appeal to the public and take money.

A site changes the rules by ``settings.CROWDFUNDING_GATES``; :data:`RULES` are those of France and Morocco.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from moneyed import Money

from core.journal import record
from core.models import Organisation, Person
from core.money import money, percent
from plugins.crowdfunding.domain.collectors import NotAuthorised
from plugins.crowdfunding.models import (
    Campaign,
    CollectorSettings,
    GenerosityDeclaration,
    Payment,
    Tally,
)
from plugins.crowdfunding.verbs import DECLARED

OPEN, CHARGE, PAY = "open", "charge", "pay"
"""Acts that gates stop: opening a campaign, a new card payment, asking for any money."""

RULES: dict[str, Any] = {
    "threshold_minor": 15_300_000,
    "threshold_currency": "EUR",
    "threshold_countries": ("FR",),
    "warn_percent": 80,
    "authorisation_stops": (CHARGE, PAY),
    "report_days": 30,
}
"""153,000 € of public generosity a year; an authorisation stops paying, not promising; a report within 30 days."""


def rule(name: str) -> Any:
    """A rule of this site."""
    return getattr(settings, "CROWDFUNDING_GATES", {}).get(name, RULES[name])


@dataclass(frozen=True)
class Gate:
    """One condition: whether it is met, what it stops when it is not, in words, and where to do something."""

    name: str
    title: str
    is_open: bool
    stops: frozenset[str]
    reason: str
    url: str
    action: str


class GateShut(NotAuthorised):
    """A gate stops the act; ``gates`` says which and why."""

    def __init__(self, gates: Iterable[Gate]) -> None:
        self.gates = tuple(gates)
        super().__init__(", ".join(gate.name for gate in self.gates))


@dataclass(frozen=True)
class Meter:
    """What an organisation received from the public in a civil year, against the threshold of the law."""

    year: int
    received: Money
    threshold: Money
    declaration: GenerosityDeclaration | None

    @property
    def percent(self) -> int:
        return percent(self.received, self.threshold)

    @property
    def is_over(self) -> bool:
        """Whether the sum is above the threshold and nothing was declared."""
        return self.received > self.threshold and self.declaration is None

    @property
    def is_near(self) -> bool:
        return self.percent >= rule("warn_percent")


def applies(found: CollectorSettings | None) -> bool:
    """Whether the threshold of public generosity concerns this collector."""
    return found is not None and found.country in rule("threshold_countries")


def meter(organisation: Organisation, year: int | None = None) -> Meter:
    """What the organisation received in a year over all its campaigns, net of what went back; two queries."""
    year = year or timezone.localdate().year
    currency = rule("threshold_currency")
    came = Payment.objects.filter(
        collector=organisation,
        currency=currency,
        state=Payment.State.RECEIVED,
        received_on__range=(date(year, 1, 1), date(year, 12, 31)),
    )
    net = Sum(F("amount_minor") - F("refunded_minor") - F("disputed_minor"))
    return Meter(
        year=year,
        received=money(came.aggregate(net=net)["net"] or 0, currency),
        threshold=money(rule("threshold_minor"), currency),
        declaration=GenerosityDeclaration.objects.filter(organisation=organisation, year=year).first(),
    )


def _surely_below(organisation: Organisation) -> bool:
    """Whether all campaigns of all years together are below the threshold: one row a campaign instead of all gifts."""
    rows = Tally.objects.filter(
        campaign__collector=organisation, campaign__currency=rule("threshold_currency")
    )
    return (rows.aggregate(sum=Sum("received_minor"))["sum"] or 0) <= rule("threshold_minor")


def check(campaign: Campaign) -> list[Gate]:
    """Every gate of a campaign, open or shut."""
    organisation = campaign.collector
    found = CollectorSettings.objects.filter(organisation=organisation).first()
    return [
        _account(organisation, found, campaign.currency),
        _authorisation(organisation, found),
        _generosity(organisation, found),
    ]


def shut(campaign: Campaign, act: str) -> list[Gate]:
    """The gates that stop an act now."""
    return [gate for gate in check(campaign) if not gate.is_open and act in gate.stops]


def demand(campaign: Campaign, act: str) -> None:
    """Raise GateShut while something stops the act; call it before a campaign opens and before a card is charged."""
    if closed := shut(campaign, act):
        raise GateShut(closed)


def _account(organisation: Organisation, found: CollectorSettings | None, currency: str) -> Gate:
    ready = found is not None and found.takes(currency)
    return Gate(
        name="account",
        title=_("Bank account for %(currency)s") % {"currency": currency},
        is_open=ready,
        stops=frozenset({OPEN, PAY}),
        reason=_("The bank details for this currency are entered.")
        if ready
        else _("The bank details for this currency are missing: gifts have nowhere to go."),
        url=reverse("crowdfunding:treasury_account", args=[organisation.slug]),
        action=_("Enter the bank details"),
    )


def _authorisation(organisation: Organisation, found: CollectorSettings | None) -> Gate:
    may = found is None or found.may_collect()
    if found is None or not found.needs_authorisation:
        reason = _("The country of registration asks for no authorisation in advance.")
    elif may:
        reason = _("Authorised under number %(number)s.") % {"number": found.authorisation_number}
    else:
        reason = _(
            "Law 18-18 asks for an authorisation; its number is missing or its dates are over. Promises are noted, "
            "nobody is asked to pay."
        )
    return Gate(
        name="authorisation",
        title=_("Authorisation to appeal to the public"),
        is_open=may,
        stops=frozenset(rule("authorisation_stops")),
        reason=reason,
        url=reverse("crowdfunding:treasury_account", args=[organisation.slug]),
        action=_("Enter the authorisation"),
    )


def _generosity(organisation: Organisation, found: CollectorSettings | None) -> Gate:
    is_open = not applies(found) or _surely_below(organisation) or not meter(organisation).is_over
    return Gate(
        name="generosity",
        title=_("Yearly threshold of public generosity"),
        is_open=is_open,
        stops=frozenset({OPEN, CHARGE}),
        reason=_("The sum of this year is below the threshold, or the appeal is declared.")
        if is_open
        else _(
            "More than the threshold came this year: declare the appeal at the prefecture and enter its number."
        ),
        url=reverse("crowdfunding:treasury_gates", args=[organisation.slug]) + "#declare",
        action=_("Enter the declaration number"),
    )


@transaction.atomic
def declare(
    organisation: Organisation, *, by: Person | None, year: int, number: str, declared_on: date
) -> GenerosityDeclaration:
    """Note the declaration of a year; entered again it replaces the number."""
    made, _new = GenerosityDeclaration.objects.update_or_create(
        organisation=organisation,
        year=year,
        defaults={"number": number, "declared_on": declared_on, "made_by": by, "made_at": timezone.now()},
    )
    record(by, DECLARED, organisation, organisation=organisation, number=number, year=str(year))
    return made
