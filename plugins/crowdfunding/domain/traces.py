"""The way of the money: collected, passed on, arrived, spent; for everyone, and for each donor her exact share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from moneyed import Money

from core.models import Project
from core.money import minor, money
from plugins.crowdfunding.domain import funds
from plugins.crowdfunding.models import Campaign, Payout, Pledge, Spending

SHOWN = 40
"""Transfers and expenses of one campaign on a page, the newest; sums count all."""


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Whole minor units of a total for each weight, by largest remainder: they add up to the total exactly.

    Equal remainders go to who stands first. No weight at all, no shares.
    """
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    found = [total * weight // whole for weight in weights]
    left = total - sum(found)
    order = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in order[:left]:
        found[at] += 1
    return found


def share_at(total: int, weights: Sequence[int], at: int) -> int:
    """The share of one weight alone, the same as in :func:`shares` without making the others."""
    whole = sum(weights)
    if whole <= 0:
        return 0
    rest = total * weights[at] % whole
    left = total - sum(total * weight // whole for weight in weights)
    before = 0
    for place, weight in enumerate(weights):
        other = total * weight % whole
        before += other > rest or (other == rest and place < at)
    return total * weights[at] // whole + (before < left)


@dataclass(frozen=True)
class LineSum:
    """What was spent on a budget line in one currency; ``line`` is None outside the plan."""

    line: object
    amount: Money


@dataclass(frozen=True)
class Trace:
    """A campaign's money from the gifts to the invoices."""

    campaign: Campaign
    funds: funds.Funds
    payouts: list[Payout]
    spendings: list[Spending]
    lines: list[LineSum]
    arrived: list[Money]
    waiting: Money
    left: list[Money]
    """What the receiver has not spent, per currency."""

    @property
    def collected(self) -> Money:
        return money(self.funds.received, self.campaign.currency)

    @property
    def sent(self) -> Money:
        return money(self.funds.sent, self.campaign.currency)

    @property
    def spent(self) -> list[Money]:
        """What was spent, per currency."""
        return _per_currency([one.amount for one in self.lines])

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to tell beyond the gauge."""
        return bool(self.funds.received or self.payouts or self.spendings)

    @property
    def rests(self) -> bool:
        """Whether the same organisation collects and uses the money."""
        return self.campaign.collector_id == self.campaign.receiver_id


def of_campaign(campaign: Campaign) -> Trace:
    """The trace of a campaign; a fixed number of queries."""
    rows = Payout.objects.filter(campaign=campaign).exclude(state=Payout.State.UNDONE)
    payouts = list(rows.select_related("receiver").order_by("-sent_on", "-pk"))
    for payout in payouts:
        payout.campaign = campaign
    spent = Spending.objects.filter(campaign=campaign, state=Spending.State.BOOKED)
    spendings = list(spent.select_related("line", "organisation").order_by("-spent_on", "-pk"))
    waiting = sum(row.amount_minor for row in payouts if row.state == Payout.State.SENT)
    return Trace(
        campaign=campaign,
        funds=funds.of_campaign(campaign),
        payouts=payouts[:SHOWN],
        spendings=spendings[:SHOWN],
        lines=_lines(spendings),
        arrived=_per_currency([row.arrived for row in payouts if row.state == Payout.State.ARRIVED]),
        waiting=money(waiting, campaign.currency),
        left=list(funds.arrived(campaign).values()),
    )


def _per_currency(amounts: Sequence[Money]) -> list[Money]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        code = amount.currency.code
        sums[code] = sums.get(code, money(0, code)) + amount
    return [sums[code] for code in sorted(sums)]


def _lines(spendings: Sequence[Spending]) -> list[LineSum]:
    """Expenses summed by line and currency, planned ones in their order, those outside the plan last."""
    sums: dict[tuple[int | None, str], int] = {}
    known: dict[int | None, object] = {}
    order: dict[int | None, tuple[int, int]] = {}
    for row in spendings:
        key = (row.line_id, row.currency)
        sums[key] = sums.get(key, 0) + row.amount_minor
        known[row.line_id] = row.line
        order[row.line_id] = (row.line.order, row.line.pk) if row.line else (10**6, 0)
    keys = sorted(sums, key=lambda key: (order[key[0]], key[1]))
    return [LineSum(known[line], money(sums[line, currency], currency)) for line, currency in keys]


def campaigns_of(project: Project) -> list[Campaign]:
    """A project's public campaigns, newest first."""
    rows = Campaign.objects.public().filter(project=project)
    return list(rows.select_related("project", "tally", "collector", "receiver").order_by("-pk")[:20])


@dataclass(frozen=True)
class Passed:
    """A donor's share of one transfer."""

    payout: Payout
    amount: Money
    arrived: Money | None


@dataclass(frozen=True)
class GiftTrace:
    """What a gift became: exact shares, which over all gifts add up to what the ledger says."""

    gift: Money
    fees: Money
    passed: list[Passed] = field(default_factory=list)
    spent: list[LineSum] = field(default_factory=list)
    waits: Money | None = None
    """Her share of what is still at the collector; None once nothing is."""

    @property
    def has_moved(self) -> bool:
        return bool(self.passed or self.spent)


def weights(campaign: Campaign) -> list[tuple[int, int]]:
    """Pledge and net amount of each gift that is there, in the order in which they were entered."""
    rows = funds.gifts(campaign).order_by("pk")
    columns = ("pledge_id", "amount_minor", "refunded_minor", "disputed_minor")
    return [
        (pledge, amount - refunded - disputed)
        for pledge, amount, refunded, disputed in rows.values_list(*columns)
    ]


def of_pledge(pledge: Pledge) -> GiftTrace | None:
    """The share of a donor's gift in all that happened to the campaign's money; None when no money is there."""
    gifts = weights(pledge.campaign)
    at = next((place for place, (owner, _net) in enumerate(gifts) if owner == pledge.pk), None)
    if at is None:
        return None
    net = [amount for _owner, amount in gifts]

    def mine(amount: Money) -> Money:
        return money(share_at(max(0, minor(amount)), net, at), amount.currency.code)

    trace = of_campaign(pledge.campaign)
    left = mine(trace.funds.left)
    return GiftTrace(
        gift=money(net[at], pledge.currency),
        fees=mine(trace.funds.fees),
        passed=[
            Passed(
                row,
                mine(row.amount),
                mine(row.arrived) if row.state == Payout.State.ARRIVED else None,
            )
            for row in trace.payouts
            if row.state in Payout.STANDING
        ],
        spent=[LineSum(one.line, mine(one.amount)) for one in trace.lines],
        waits=left if left.amount else None,
    )


def rate_text(rate: Fraction) -> str:
    """A rate with four decimals, as banks print it: ``10,8125``."""
    scaled = round(rate * 10_000)
    return f"{scaled // 10_000},{scaled % 10_000:04}"
