"""Whether a campaign reached what it needs: plain numbers in, what to do next out. Nothing here touches a row.

Amounts are minor units of the campaign's one currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


def bar(needed: int, tolerance_percent: int) -> int:
    """The least sum that is enough: the needed one less the tolerance, rounded up to a whole minor unit."""
    return -(-needed * (100 - tolerance_percent) // 100)


@dataclass(frozen=True)
class Count:
    """What a campaign has at a moment of its closing, each promise in one column only."""

    received: int = 0
    """Really there, offline money confirmed by the treasurer included."""
    secured: int = 0
    """Cards that can be charged, or were and have not answered."""
    processing: int = 0
    """Payments of other promises that the bank works on: a direct debit takes days."""
    due: int = 0
    """Donors whose card failed and who were asked again."""
    on_its_way: int = 0
    """Transfers, cheques and cash that were promised."""

    @property
    def sure(self) -> int:
        """What is there or can be taken without anybody doing anything more."""
        return self.received + self.secured + self.processing

    @property
    def unanswered(self) -> bool:
        """Whether a provider still owes an answer."""
        return bool(self.secured or self.processing)


class Next(StrEnum):
    """What the closing run does now."""

    WAIT = "wait"
    CHARGE = "charge"
    SUCCEED = "succeed"
    FAIL = "fail"


def before_charging(count: Count, bar: int, *, over: bool) -> Next:
    """No card is charged before the bar can be reached without those who have yet to act.

    ``over``: the days given to transfers on their way are past.
    """
    if count.sure >= bar:
        return Next.CHARGE
    hoped = count.sure + count.due + (0 if over else count.on_its_way)
    return Next.FAIL if over or hoped < bar else Next.WAIT


def after_charging(count: Count, bar: int, *, over: bool) -> Next:
    """Once cards were charged: judged on money really in, when every provider and every donor has answered.

    ``over``: the days given to donors are past; who has not answered by then no longer counts.
    """
    if count.unanswered:
        return Next.CHARGE
    hoped = 0 if over else count.due + count.on_its_way
    if count.received + hoped < bar:
        return Next.FAIL
    return Next.WAIT if hoped else Next.SUCCEED
