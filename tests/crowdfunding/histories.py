"""Histories of money: any acts of donors, treasurers, time and a provider, in any order, twice, with crashes.

A history is a list of ``(act, number, number)``; the numbers choose among what is there, so that every list means
something and shrinks well. ``play`` plays one, ``check`` says what is not true afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import (
    audit,
    checkouts,
    events,
    moves,
    outcomes,
    payments,
    pledges,
    refunds,
    rules,
)
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import (
    Account,
    Campaign,
    Entry,
    GatewayAccount,
    Payment,
    Pledge,
    ProviderEvent,
    Refund,
)
from tests.crowdfunding.factories import CampaignFactory, promise, receipt
from tests.crowdfunding.fake_provider import FEE, NAME, FakeProvider, fake
from tests.crowdfunding.history_fates import CHOICES, Fates
from tests.factories import OrganisationFactory, PersonFactory

Step = tuple[str, int, int]
EXPECTED = (
    NotPossible, GatewayError, refunds.TooMuch, outcomes.Mismatch, pledges.NotTaking, moves.WrongTarget, rules.Frozen
)  # fmt: skip
METHODS = ("ok", "card_declined", "authentication_required", "debit")


class History(Fates):
    """One campaign, its donors and its provider; two other campaigns of its organisation."""

    def __init__(self, *, conditional: bool) -> None:
        kind = Campaign.Kind.ALL_OR_NOTHING if conditional else Campaign.Kind.KEEP
        needed = 4_000 if conditional else 0
        self.campaign = CampaignFactory(kind=kind, needed_minor=needed, collector=OrganisationFactory())
        self.campaigns = self.campaigns_of(self.campaign)
        self.provider: FakeProvider = fake()
        self.account = GatewayAccount.objects.create(organisation=self.campaign.collector, gateway=NAME)
        self.person = PersonFactory()
        self.forms = 0
        self.wrong: list[str] = []

    def play(self, steps: list[Step]) -> None:
        """Do each step; what the rules refuse is part of the history."""
        for act, first, second in steps:
            with suppress(*EXPECTED), self.watched():
                ACTS[act](self, first, second)

    def _pick(self, rows: list, number: int):
        if not rows:
            raise NotPossible("nothing", "pick")
        return rows[number % len(rows)]

    def _pledge(self, number: int) -> Pledge:
        return self._pick(list(Pledge.objects.filter(campaign__in=self.campaigns).order_by("pk")), number)

    def _payment(self, number: int, **which: object) -> Payment:
        rows = Payment.objects.filter(campaign__in=self.campaigns, **which).select_related(*events.OURS)
        return self._pick(list(rows.order_by("pk")), number)

    def _refund(self, number: int) -> Refund:
        rows = Refund.objects.filter(payment__campaign__in=self.campaigns)
        rows = rows.select_related("payment__pledge", "payment__account")
        return self._pick(list(rows.order_by("pk")), number)

    # Donors

    def promise(self, first: int, second: int) -> None:
        choice = CHOICES[second % 3]
        promise(self.campaign, 1000 * (1 + second % 9), email=f"d{first % 3}@tiwizi.example", if_fails=choice)

    def card(self, first: int, second: int) -> None:
        donor = pledges.Donor(email=f"d{first % 3}@tiwizi.example", if_fails=CHOICES[second % 3])
        self.forms += 1
        amount = money(1000 * (1 + second % 9), "EUR")
        key = f"history-{self.campaign.uid}-{self.forms:03}"[-40:]
        made = pledges.pledge(self.campaign, donor, amount, form_key=key, channel="card")
        self._begin(made, "card")

    def begin(self, first: int, second: int) -> None:
        self._begin(self._pledge(first), ("card", "debit")[second % 2])

    def _begin(self, pledge: Pledge, channel: str) -> Payment:
        return checkouts.begin(pledge, channel=channel, return_url="https://x.example/", cancel_url="")

    def cancel(self, first: int, second: int) -> None:
        pledges.cancel(self._pledge(first))  # its page stays open, as when a campaign is called off

    def switch(self, first: int, second: int) -> None:
        pledges.switch(self._pledge(first))

    def come_back(self, first: int, second: int) -> None:
        checkouts.follow(self._payment(first, account=self.account))

    # At the provider

    def pay(self, first: int, second: int) -> None:
        intent = self._pick(self.provider.intents, first)
        self.provider.methods[f"pm_{intent.session}"] = METHODS[second % len(METHODS)]
        self.provider.pay(intent)

    def leave(self, first: int, second: int) -> None:
        self.provider.decline(self._pick(self.provider.intents, first))

    def clear(self, first: int, second: int) -> None:
        self.provider.clear(self._pick(self.provider.intents, first), bounces=bool(second % 2))

    def contest(self, first: int, second: int) -> None:
        self.provider.dispute(self._pick(self.provider.intents, first))

    def decide(self, first: int, second: int) -> None:
        self.provider.decide(self._pick(sorted(self.provider.disputes), first), won=bool(second % 2))

    def bounce_refund(self, first: int, second: int) -> None:
        self.provider.bounce_refund(self._pick(sorted(self.provider.refunds), first))

    def event(self, first: int, second: int) -> None:
        for _again in range(1 + second % 2):
            self.deliver(self._pick(list(range(len(self.provider.events))), first))

    def deliver(self, number: int) -> ProviderEvent:
        """One delivery of one event, signed."""
        return events.handle(self.account, str(number).encode(), {"X-Fake-Signature": "signed"})

    def breaks(self, first: int, second: int) -> None:
        self.provider.breaks = ("before", "after")[first % 2]

    def lost(self, first: int, second: int) -> None:
        """Done at the provider, and we fell before its answer."""
        self.provider.breaks = "after"
        (self.charge, self.send)[second % 2](first, second)

    # Treasurer and time

    def receive(self, first: int, second: int) -> None:
        channel = ("transfer", "cheque", "cash")[second % 3]
        payments.receive(self._pledge(first), receipt(1000 + second, channel=channel), by=self.person)

    def undo(self, first: int, second: int) -> None:
        payments.undo(self._payment(first), by=self.person, reason="mistake")

    def refund(self, first: int, second: int) -> None:
        payment = self._payment(first, state=Payment.State.RECEIVED)
        part = payment.standing_minor if second % 3 else max(1, payment.standing_minor // 3)
        self.forms += 1
        refunds.request(
            payment, money(part, "EUR"), by=self.person, reason="donor",
            form_key=f"refund-{self.campaign.uid}-{self.forms}",
        )  # fmt: skip

    def send(self, first: int, second: int) -> None:
        refunds.send(self._refund(first))

    def finish(self, first: int, second: int) -> None:
        refunds.finish_by_hand(self._refund(first), by=self.person)

    def retry(self, first: int, second: int) -> None:
        refunds.retry(self._refund(first))

    def drop(self, first: int, second: int) -> None:
        refunds.drop(self._refund(first), by=self.person)

    def expire(self, first: int, second: int) -> None:
        pledges.expire(self._pledge(first))

    def charge(self, first: int, second: int) -> None:
        checkouts.charge(self._pledge(first))

    def release(self, first: int, second: int) -> None:
        pledges.release(self._pledge(first))

    def sweep(self, first: int, second: int) -> None:
        later = timezone.now() + timedelta(hours=1 + first)
        checkouts.sweep(later)
        refunds.sweep(later)

    def tomorrow(self, first: int, second: int) -> None:
        """The provider has forgotten our keys, and all that hangs is asked again."""
        self.provider.forget()
        self.sweep(30, 0)

    # The end

    def settle(self) -> None:
        """Everything the provider has to say arrives at last, and the sweeper has passed."""
        with self.watched():
            self._settle()

    def _settle(self) -> None:
        self.provider.breaks = ""
        for number in range(len(self.provider.events)):
            with suppress(*EXPECTED):
                self.deliver(number)
        self.sweep(0, 0)
        for number in range(len(self.provider.events)):
            with suppress(*EXPECTED):
                self.deliver(number)

    def faults(self) -> list[str]:
        """What is not true now: our books in themselves."""
        found = list(self.wrong)
        for campaign in self._used():
            found += [fault for one in audit.run(campaign.project) for fault in one.faults]
            found += audit.of_campaigns(campaign.project)
        rows = Pledge.objects.filter(campaign__in=self.campaigns)
        taken = Payment.objects.filter(campaign__in=self.campaigns, state=Payment.State.RECEIVED)
        for code in rows.filter(pk__in=taken.values("pledge"), state=Pledge.State.RELEASED):
            found.append(f"{code} is taken and released")
        return found

    def _used(self) -> list[Campaign]:
        """Campaigns that somebody gave to."""
        given = set(Pledge.objects.values_list("campaign", flat=True))
        return [campaign for campaign in self.campaigns if campaign.pk in given]

    def differences(self) -> list[str]:
        """Where our ledger differs from the provider's own books, once everything has arrived."""
        waits = ProviderEvent.objects.filter(account=self.account, state=ProviderEvent.State.HUMAN)
        projects = [campaign.project for campaign in self.campaigns]
        lines = Entry.objects.filter(ledger__project__in=projects, account__kind=Account.Kind.PROVIDER)
        ours = lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        theirs = self.provider.balance()
        if waits.exists() or ours == theirs:
            return []  # what waits for a person is not booked yet
        return [f"the ledger says {ours} at the provider, the provider {theirs} (a fee is {FEE})"]


ACTS: dict[str, Callable[[History, int, int], None]] = {
    name: getattr(History, name)
    for name in (
        "promise", "card", "begin", "cancel", "switch", "come_back", "pay", "leave", "clear", "contest", "decide",
        "bounce_refund", "event", "breaks", "lost", "receive", "undo", "refund", "send", "finish", "retry", "drop", "expire",
        "charge", "release", "sweep", "tomorrow", "move", "take_back", "support", "another_card", "stop", "work", "end", "late",
        "call_off",
    )
}  # fmt: skip
