"""A site that collects through Stripe, and the fake of Stripe it speaks to: donors, banks, deliveries, comparisons."""

from __future__ import annotations

import secrets
from datetime import timedelta

import requests
from django.db.models import Sum
from django.urls import reverse

from core.money import money
from plugins.crowdfunding.domain import audit, checkouts, pledges, providers
from plugins.crowdfunding.gateways.stripe.gateway import EVENTS
from plugins.crowdfunding.models import (
    Account,
    Campaign,
    Entry,
    GatewayAccount,
    Ledger,
    Payment,
    Pledge,
    Tally,
)
from tests.crowdfunding.factories import CampaignFactory
from tests.crowdfunding.stripe_fake import Server

OK, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"
REFUSED_LATER, ASKS_LATER = "4000000000000341", "4000002760003184"
IBAN = "DE89370400440532013000"
RETURN = "http://site.example/p/token/"


class Collecting:
    """One campaign whose collector has keys at Stripe, with its webhook on the live server."""

    def __init__(self, server: Server, address: str, **facts: object) -> None:
        self.server, self.address = server, address
        self.campaign = CampaignFactory(**facts)
        name = secrets.token_hex(4)
        key, hook = f"sk_test_{name}", f"whsec_{name}"
        self.account = GatewayAccount.objects.create(
            organisation=self.campaign.collector,
            gateway="stripe",
            sealed=providers.sealed(key, hook),
            test=True,
        )
        path = reverse("crowdfunding_machine:webhook", args=["stripe", self.account.uid])
        self.bank = server.fake.account(key, webhook=f"{address}{path}", secret=hook)
        self.bank.courier.types = frozenset(EVENTS)

    def give(self, minor: int = 5000, channel: str = "card") -> Payment:
        """A pledge and the page it is paid on."""
        donor = pledges.Donor(email="donor@tiwizi.example")
        amount = money(minor, self.campaign.currency)
        key = secrets.token_urlsafe(24)
        made = pledges.pledge(self.campaign, donor, amount, form_key=key, channel=channel)
        return self.page(made, channel)

    def page(self, pledge: Pledge, channel: str = "card") -> Payment:
        """A page for a pledge that is there."""
        return checkouts.begin(fresh(pledge), channel=channel, return_url=RETURN, cancel_url=RETURN)

    def press(self, payment: Payment, number: str = OK, step: str = "") -> int:
        """What the donor presses on the page."""
        address = f"{self.server.url}/pay/{payment.session}"
        form = {"number": number, "step": step}
        return requests.post(address, form, allow_redirects=False, timeout=10).status_code

    def back(self, payment: Payment) -> Payment:
        """The donor's browser comes back."""
        return checkouts.follow(fresh(payment))

    def deliver(self, types: str = "", **how: object) -> list[int]:
        """What Stripe sends by itself."""
        return self.bank.courier.deliver(types, **how)

    def states(self, payment: Payment) -> tuple[str, str]:
        """The payment's and its pledge's state."""
        now = fresh(payment)
        return now.state, now.pledge.state

    @property
    def raised(self) -> int:
        return Tally.objects.get(campaign=self.campaign).received_minor

    def booked(self, kind: str) -> int:
        """What the ledger says is on an account."""
        rows = Entry.objects.filter(account__kind=kind, account__organisation=self.campaign.collector)
        return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0

    def agree(self) -> None:
        """The ledger is whole and says of the provider's account what the provider says."""
        currency = self.campaign.currency.lower()
        assert self.booked(Account.Kind.PROVIDER) == self.bank.balance.get(currency, 0)
        for book in Ledger.objects.filter(project=self.campaign.project):
            assert audit.of_ledger(book).faults == []


def conditional(server: Server, address: str) -> Collecting:
    """An all-or-nothing campaign: cards are stored first."""
    return Collecting(server, address, kind=Campaign.Kind.ALL_OR_NOTHING, needed_minor=10_000)


def fresh(row):
    """The row as it is now."""
    related = ("pledge__campaign__project", "pledge__collector", "pledge__mandate", "account")
    rows = type(row).objects
    return (rows.select_related(*related) if isinstance(row, Payment) else rows).get(pk=row.pk)


def long_ago(payment: Payment) -> None:
    """Makes the sweeper look at a payment."""
    now = fresh(payment)
    Payment.objects.filter(pk=now.pk).update(
        recorded_at=now.recorded_at - timedelta(hours=1), checked_at=None
    )
