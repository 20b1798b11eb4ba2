"""What the kind of a campaign means: when its round ends, from when promises are fixed, what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from moneyed import Money

from core import dates
from core.money import CurrencyMismatch, minor, money, text
from plugins.crowdfunding.domain import verdicts
from plugins.crowdfunding.models import Campaign

FREEZE = timedelta(hours=24)
"""Before the end of a round on which gifts depend, promises can no longer be cancelled for this long."""
GRACE = timedelta(days=7)
"""How long transfers on their way and donors whose card failed have after the end."""
SECOND_ROUND = timedelta(days=10)
"""The second round lasts at least so long: the seven days of the first fit in."""


class Frozen(ValueError):
    """The promise is fixed: the end is less than 24 hours away, or the money is being collected."""

    def __init__(self, since: datetime) -> None:
        super().__init__(since.isoformat())
        self.since = since


class RulesFixed(ValueError):
    """Donors promised under published rules: kind, minimum and tolerance no longer change."""


class EndFixed(ValueError):
    """The last 24 hours of a round have begun: its end no longer moves."""


@dataclass(frozen=True)
class Terms:
    """The rule a campaign is opened under; ``needed`` is None when every gift is kept."""

    kind: str = Campaign.Kind.KEEP
    needed: Money | None = None
    tolerance_percent: int = 0
    first_closes_on: date | None = None

    def columns(self, goal: Money) -> dict[str, object]:
        """As they stand on the campaign's row: what its kind does not use is empty. Raises CurrencyMismatch."""
        conditional = self.kind in Campaign.CONDITIONAL
        if conditional and self.needed is not None and self.needed.currency != goal.currency:
            raise CurrencyMismatch(f"{self.needed} and {goal}")
        two = self.kind == Campaign.Kind.TWO_ROUNDS
        return {
            "kind": self.kind,
            "needed_minor": minor(self.needed or goal) if conditional else 0,
            "tolerance_percent": self.tolerance_percent if conditional else 0,
            "first_closes_on": self.first_closes_on if two else None,
        }


def terms_of(campaign: Campaign) -> Terms:
    """The rule of a campaign as it stands."""
    conditional = campaign.kind in Campaign.CONDITIONAL
    return Terms(
        campaign.kind,
        campaign.needed if conditional else None,
        campaign.tolerance_percent,
        campaign.first_closes_on,
    )


def last_day(campaign: Campaign) -> date:
    """The last day of the round that runs."""
    if campaign.is_conditional and campaign.first_closes_on is not None:
        return campaign.first_closes_on
    return campaign.closes_on


def deadline(campaign: Campaign) -> datetime:
    """The moment the round is over: midnight after its last day, where the instance is."""
    midnight = datetime.combine(last_day(campaign) + timedelta(days=1), time.min)
    return timezone.make_aware(midnight)


def frozen_from(campaign: Campaign) -> datetime | None:
    """From when promises are fixed; None when every gift is kept anyway."""
    if not campaign.is_conditional:
        return None
    return deadline(campaign).astimezone(UTC) - FREEZE


def frozen_since(campaign: Campaign, now: datetime | None = None) -> datetime | None:
    """Since when promises are fixed, or None while they can be cancelled."""
    since = frozen_from(campaign)
    running = campaign.state in {Campaign.State.OPEN, Campaign.State.COLLECTING}
    if since is None or not running or (now or timezone.now()) < since:
        return None
    return since


def check_not_frozen(campaign: Campaign, now: datetime | None = None) -> None:
    """Raise Frozen when promises to the campaign are fixed."""
    since = frozen_since(campaign, now)
    if since is not None:
        raise Frozen(since)


def first_round_runs(campaign: Campaign) -> bool:
    """Whether the campaign is in the first of its two rounds."""
    return campaign.kind == Campaign.Kind.TWO_ROUNDS and campaign.is_conditional


def end_is_fixed(campaign: Campaign) -> bool:
    """Whether the last day no longer moves: its last 24 hours began, or the campaign is being collected or over."""
    if campaign.kind not in Campaign.CONDITIONAL or campaign.state == Campaign.State.DRAFT:
        return False
    return campaign.state != Campaign.State.OPEN or frozen_since(campaign) is not None


def check_change(campaign: Campaign, terms: Terms, goal: Money, closes_on: date) -> None:
    """Raise RulesFixed or EndFixed when a campaign that is no draft would change what donors agreed to."""
    if campaign.state == Campaign.State.DRAFT:
        return
    if campaign.kind not in Campaign.CONDITIONAL:
        if terms.kind != campaign.kind:
            raise RulesFixed(campaign.kind)
        return
    if goal.currency.code != campaign.currency or minor(goal) < campaign.needed_minor:
        raise RulesFixed(campaign.currency)
    before, after = terms_of(campaign).columns(campaign.goal), terms.columns(goal)
    if any(before[name] != after[name] for name in ("kind", "needed_minor", "tolerance_percent")):
        raise RulesFixed(campaign.kind)
    first_moves = after["first_closes_on"] != campaign.first_closes_on
    if first_moves and not first_round_runs(campaign):
        raise EndFixed(str(campaign.first_closes_on))
    if (first_moves or closes_on != campaign.closes_on) and end_is_fixed(campaign):
        raise EndFixed(last_day(campaign).isoformat())


def bar(campaign: Campaign) -> Money:
    """What must really be there for a conditional campaign to succeed: the needed sum less the tolerance."""
    return money(verdicts.bar(campaign.needed_minor, campaign.tolerance_percent), campaign.currency)


def sentences(campaign: Campaign) -> list[str]:
    """The rule in words, in the active language; the same on the page, where one gives, and in letters."""
    if campaign.kind == Campaign.Kind.TWO_ROUNDS:
        first = _first_round(campaign) if campaign.round == 1 else [_second_round(campaign)]
    elif campaign.kind == Campaign.Kind.ALL_OR_NOTHING:
        first = _all_or_nothing(campaign)
    elif campaign.kind == Campaign.Kind.RECURRING:
        return [_("Gifts come again each month, every three months or each year until the donor stops them.")]
    elif campaign.kind == Campaign.Kind.MATCHING:
        return [_("The gifts fill a pot that adds to gifts for other campaigns, by a published rule.")]
    else:
        return [_("Every gift is kept, even if the goal is not reached.")]
    return first + (_freeze(campaign) if campaign.is_conditional else [])


def _shown(amount: Money) -> str:
    """An amount kept together in sentences that run from right to left."""
    return f"\u2068{text(amount, get_language() or 'fr')}\u2069"


def moment(at: datetime) -> str:
    """A day and an hour, in the active language and local time."""
    return _("%(day)s at %(hour)s") % {"day": dates.text(at, "d MMMM y"), "hour": dates.text(at, "HH:mm")}


def _day(day: date) -> str:
    return dates.text(day, "d MMMM y")


def _all_or_nothing(campaign: Campaign) -> list[str]:
    facts = {"needed": _shown(campaign.needed), "day": _day(campaign.closes_on)}
    return [
        _("All or nothing: the project gets the money only if %(needed)s come together by %(day)s.") % facts,
        *_otherwise(campaign),
    ]


def _first_round(campaign: Campaign) -> list[str]:
    facts = {
        "needed": _shown(campaign.needed),
        "first": _day(last_day(campaign)),
        "day": _day(campaign.closes_on),
        "goal": _shown(campaign.goal),
    }
    return [
        _("Two rounds: at least %(needed)s must come together by %(first)s.") % facts,
        *_otherwise(campaign),
        _("If they do, a second round goes on until %(day)s towards %(goal)s, and keeps every gift.") % facts,
    ]


def _second_round(campaign: Campaign) -> str:
    facts = {
        "needed": _shown(campaign.needed),
        "day": _day(campaign.closes_on),
        "goal": _shown(campaign.goal),
    }
    return (
        _(
            "The minimum of %(needed)s was reached. The second round goes on until %(day)s towards %(goal)s, and keeps every gift."
        )
        % facts
    )


def _otherwise(campaign: Campaign) -> list[str]:
    """Who is charged when, and by how much the needed sum may be missed."""
    told = [
        _("Cards are charged only then. If it is not enough, nobody is charged and what came is given back.")
    ]
    if campaign.tolerance_percent:
        facts = {"percent": campaign.tolerance_percent, "bar": _shown(bar(campaign))}
        told.append(_("Up to %(percent)s %% less is still enough: %(bar)s.") % facts)
    return told


def _freeze(campaign: Campaign) -> list[str]:
    facts = {"moment": moment(frozen_from(campaign) or deadline(campaign))}
    return [_("In the last 24 hours, from %(moment)s, promises can no longer be cancelled.") % facts]
