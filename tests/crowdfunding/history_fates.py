"""What becomes of campaigns and supports in a history of money: ends, choices, other projects, periods, and the last word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import (
    campaigns,
    changes,
    checkouts,
    closing,
    endings,
    moves,
    periods,
    pledges,
    refunds,
    reminders,
    support_acts,
    supports,
)
from plugins.crowdfunding.models import Campaign, ClosingRun, Payment, Pledge, Support
from tests.crowdfunding.factories import CampaignFactory

CHOICES = ("return", "keep", "move")


class Fates:
    """The acts of a history that ``histories.History`` takes up beside its own."""

    def campaigns_of(self, campaign: Campaign) -> list[Campaign]:
        """The campaign, another one of its organisation that keeps every gift, and one of regular support."""
        collector = campaign.collector
        far = timezone.localdate() + timedelta(days=3000)
        support = CampaignFactory(collector=collector, kind=Campaign.Kind.RECURRING, closes_on=far)
        return [campaign, CampaignFactory(collector=collector), support]

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note every charge that is made for a promise nobody may charge any more."""
        made = self.provider.charge

        def charge(order):
            before = len(self.provider.intents)
            try:
                return made(order)
            finally:
                row = Pledge.objects.get(uid=order.key.rpartition("-")[0])
                if len(self.provider.intents) > before and row.state != Pledge.State.SECURED:
                    self.wrong.append(f"{row} is charged although it is {row.state}")

        self.provider.charge = charge
        try:
            yield
        finally:
            del self.provider.charge

    # Donors

    def move(self, first: int, second: int) -> None:
        new = moves.move(changes.shut_pages(self._pledge(first)), self.campaigns[second % 2])
        if second % 3:
            changes.pay_moved(new)

    def take_back(self, first: int, second: int) -> None:
        changes.cancel(self._pledge(first))

    def support(self, first: int, second: int) -> None:
        self.forms += 1
        donor = pledges.Donor(email=f"d{first % 3}@tiwizi.example")
        made = supports.make(
            self.campaigns[2], donor, money(1000 * (1 + second % 3), "EUR"), interval="month",
            channel=("card", "transfer")[second % 4 == 3], form_key=f"s-{self.campaign.uid}-{self.forms}",
        )  # fmt: skip
        if made.channel == "card":
            payment = self._begin(support_acts.for_card(made), "card")
            self.pay(len(self.provider.intents) - 1, second)
            checkouts.follow(payment)

    def _support(self, number: int) -> Support:
        return self._pick(list(Support.objects.filter(campaign=self.campaigns[2]).order_by("pk")), number)

    def another_card(self, first: int, second: int) -> None:
        self._begin(support_acts.for_card(self._support(first)), "card")

    def stop(self, first: int, second: int) -> None:
        (support_acts.stop, support_acts.pause, support_acts.resume)[second % 3](self._support(first))

    # Time

    def work(self, first: int, second: int) -> None:
        if second % 2:
            self.pass_days((4, 31)[first % 2])
        periods.work()

    def pass_days(self, days: int) -> None:
        """All days of supports lie further back: as if so many had passed."""
        gone = timedelta(days=days)
        for row in Support.objects.filter(campaign=self.campaigns[2]):
            Support.objects.filter(pk=row.pk).update(
                starts_on=row.starts_on - gone, next_on=row.next_on - gone
            )
        for row in Pledge.objects.filter(campaign=self.campaigns[2]).order_by("period"):
            day = row.period - gone if row.period else None
            Pledge.objects.filter(pk=row.pk).update(period=day, waiting_since=row.waiting_since - gone)

    def end(self, first: int, second: int) -> None:
        """The last day of a campaign is over; its run begins, and goes on days later."""
        row = self.campaigns[first % 2]
        yesterday = timezone.localdate() - timedelta(days=1)
        Campaign.objects.filter(pk=row.pk).update(closes_on=yesterday, opens_on=yesterday)
        campaigns.close_ended()
        closing.work(timezone.now() + timedelta(days=(0, 1, 8, 16)[second % 4]))

    def late(self, first: int, second: int) -> None:
        endings.late(timezone.now() + timedelta(days=31 * (second % 2)))

    def call_off(self, first: int, second: int) -> None:
        if second % 3 == 0:
            campaigns.cancel(self.campaigns[first % 2], by=self.person)

    # The last word

    def close_all(self) -> None:
        """Every campaign ends, banks and donors have had all the time there is."""
        self._banks_end()
        for row in Support.objects.exclude(state=Support.State.STOPPED):
            support_acts.stop(row)
        now = timezone.now()
        for number in (0, 1):
            self.end(number, 0)
        for days in (9, 18, 40):
            later = now + timedelta(days=days)
            self._banks_end()
            checkouts.sweep(later)
            changes.sweep_moved()
            closing.work(later)
            refunds.sweep(later)
        Payment.objects.filter(state=Payment.State.STARTED).update(recorded_at=now - timedelta(days=2))
        Pledge.objects.update(created_at=now - timedelta(days=3))
        checkouts.sweep(now + timedelta(days=50))
        reminders.follow_up(now + timedelta(days=100))

    def _banks_end(self) -> None:
        """Pages nobody finishes are shut, and what was at a bank came."""
        for intent in list(self.provider.intents):
            self.provider.decline(intent)
            self.provider.clear(intent, bounces=False)

    def unfinished(self) -> list[str]:
        """What nobody moves on although everything has ended."""
        waiting = Pledge.objects.filter(campaign__in=self.campaigns)
        waiting = waiting.filter(state__in=[Pledge.State.STARTED, *Pledge.WAITING])
        found = [f"{row} of {row.campaign.kind} is {row.state} for ever" for row in waiting]
        runs = ClosingRun.objects.exclude(phase__in=ClosingRun.OVER)
        found += [f"the closing run of {run.campaign} is {run.phase} for ever" for run in runs]
        hanging = Payment.objects.filter(state__in=Payment.UNFINISHED)
        return found + [f"payment {row.key} is {row.state} for ever" for row in hanging]
