"""The way of the money: expenses on their lines (D16), everybody's trace and each donor's exact share (D15)."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core.money import money
from plugins.crowdfunding.domain import audit, funds, payments, payouts, spending, traces
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Entry, Ledger, Payment, Payout, Spending
from tests.crowdfunding.factories import received
from tests.crowdfunding.money_way import arrived, line, passing, sent, spent
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
WEIGHTS = st.lists(st.integers(0, 10**9), max_size=40)


@given(total=st.integers(0, 10**12), weights=WEIGHTS)
def test_shares_add_up_to_the_total(total, weights):
    """Largest remainder: nobody's cent is lost or made, and nobody is off by a whole unit."""
    found = traces.shares(total, weights)
    whole = sum(weights)
    assert sum(found) == (total if whole else 0)
    for share, weight in zip(found, weights, strict=True):
        assert share >= 0
        assert abs(share * whole - total * weight) < max(1, whole)
    assert [traces.share_at(total, weights, at) for at in range(len(weights))] == found


@given(total=st.integers(0, 10**6), weights=st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_a_bigger_gift_never_has_a_smaller_share(total, weights):
    found = traces.shares(total, weights)
    ranked = sorted(zip(weights, found, strict=True))
    assert all(small[1] <= big[1] for small, big in itertools.pairwise(ranked) if small[0] < big[0])


def test_every_donor_s_share_adds_up_to_the_trace():
    """D15: what the donors read on their pages is, together, what the ledger says."""
    campaign = passing()
    gifts = [received(campaign, minor, email=f"d{minor}@tiwizi.example") for minor in (3333, 3334, 5001, 101)]
    arrived(sent(campaign, 10_000, 99), 108_111)
    sent(campaign, 777)
    planned = line(campaign.project, 500_000)
    spent(campaign, 10_001, line=planned)
    spent(campaign, 3_333)
    mine = [traces.of_pledge(gift.pledge) for gift in gifts]
    whole = traces.of_campaign(campaign)
    assert sum(one.fees.amount for one in mine) == whole.funds.fees.amount
    assert sum(one.waits.amount for one in mine if one.waits) == whole.funds.left.amount
    for place, payout in enumerate(whole.payouts):
        assert sum(one.passed[place].amount.amount for one in mine) == payout.amount.amount
    assert sum(one.passed[1].arrived.amount for one in mine) == money(108_111, "MAD").amount
    for place, summed in enumerate(whole.lines):
        assert sum(one.spent[place].amount.amount for one in mine) == summed.amount.amount
    assert [summed.line for summed in whole.lines] == [planned, None]


def test_a_gift_that_went_back_has_no_share():
    campaign = passing()
    gone, kept = received(campaign), received(campaign, email="b@tiwizi.example")
    payments.undo(gone, by=None, reason="mistake")
    assert traces.of_pledge(gone.pledge) is None
    assert traces.of_pledge(kept.pledge).gift == money(5000, "EUR")


@pytest.fixture
def campaign():
    made = passing()
    received(made, 100_000)
    arrived(sent(made, 50_000), 500_000)
    return made


def test_the_donor_reads_her_share_on_her_private_page(client, campaign):
    gift = received(campaign, 50_000, email="b@tiwizi.example")
    spent(campaign, 30_000)
    page = client.get(gift.pledge.get_absolute_url()).content.decode()
    assert "166,67\u00a0€" in page  # a third of 500
    assert "100\u00a0DH" in page  # a third of 300


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_at_any_length(client, campaign, number, django_assert_max_num_queries):
    for _ in range(number):
        sent(campaign, 100)
        spent(campaign, 100, line=line(campaign.project))
        passing(project=campaign.project)
    with django_assert_max_num_queries(16):
        assert client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/money/").status_code == 200


def test_the_way_begins_empty_and_hides_what_is_hidden(client):
    project = ProjectFactory()
    assert client.get(f"/fr/crowdfunding/money/{project.slug}/").status_code == 200
    hidden = passing(project=project, hidden=True)
    assert client.get(f"/fr/crowdfunding/campaigns/{hidden.slug}/money/").status_code == 404
    shown = passing(project=project)
    assert client.get(f"/fr/crowdfunding/money/{project.slug}/").url.endswith(f"{shown.slug}/money/")


class Way(RuleBasedStateMachine):
    """Gifts come and go back, money is sent, arrives, comes back, is spent and corrected; in any order."""

    gifts = Bundle("gifts")
    transfers = Bundle("transfers")
    expenses = Bundle("expenses")

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.campaign = passing()
        self.line = line(self.campaign.project, 20_000)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(target=gifts, minor=st.integers(100, 90_000), donor=st.integers(0, 2))
    def give(self, minor, donor):
        return received(self.campaign, minor, email=f"d{donor}@tiwizi.example").pk

    @rule(pk=gifts)
    def take_back(self, pk):
        with contextlib.suppress(NotPossible):
            payments.undo(Payment.objects.get(pk=pk), by=None, reason="mistake")

    @rule(target=transfers, minor=st.integers(1, 90_000), fee=st.integers(0, 300), key=st.integers(0, 9))
    def send(self, minor, fee, key):
        try:
            return sent(self.campaign, minor, fee, key=f"form-{self.campaign.uid[-10:]}-{key}").pk
        except (funds.NotEnough, payouts.AlreadyUsed):
            return multiple()

    @rule(
        pk=transfers,
        act=st.sampled_from(["arrive", "correct", "return", "undo"]),
        minor=st.integers(1, 10**6),
    )
    def follow(self, pk, act, minor):
        row = Payout.objects.get(pk=pk)
        with contextlib.suppress(NotPossible, funds.NotEnough):
            if act == "arrive":
                arrived(row, minor)
            elif act == "return":
                payouts.returned(row, on=row.sent_on, fee_back=bool(minor % 2), by=None)
            else:
                getattr(payouts, act)(row, by=None)

    @rule(target=expenses, minor=st.integers(1, 300_000), mine=st.booleans(), planned=st.booleans())
    def spend(self, minor, mine, planned):
        side, currency = (self.campaign.collector, "EUR") if mine else (self.campaign.receiver, "MAD")
        facts = {"line": self.line if planned else None, "organisation": side}
        try:
            return spent(self.campaign, minor, currency, **facts).pk
        except (funds.NotEnough, spending.AboveLine):
            return multiple()

    @rule(pk=expenses)
    def unspend(self, pk):
        with contextlib.suppress(NotPossible):
            spending.undo(Spending.objects.get(pk=pk), by=None)

    @invariant()
    def books_are_true(self):
        project, campaign = self.campaign.project, self.campaign
        assert [fault for found in audit.run(project) for fault in found.faults] == []
        book = Ledger.objects.filter(project=project).first()
        if book is None:
            return
        entries = Entry.objects.filter(ledger=book)
        for currency in ("EUR", "MAD"):
            assert sum(entries.filter(currency=currency).values_list("amount_minor", flat=True)) == 0

        def on(kind, side, currency):
            return funds.balance(book, kind, side, currency)

        state = funds.of_campaign(campaign)
        way = traces.of_campaign(campaign)
        assert on("transit", campaign.collector, "EUR") == way.waiting
        assert on("bank", campaign.collector, "EUR") == state.left
        assert on("bank", campaign.receiver, "MAD") == funds.arrived(campaign).get("MAD", money(0, "MAD"))
        assert on("bank", campaign.receiver, "MAD") >= money(0, "MAD")
        line_spent = Spending.objects.filter(line=self.line, state="booked", currency="MAD")
        assert sum(line_spent.values_list("amount_minor", flat=True)) <= 20_000


RUNS = settings(
    max_examples=25,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_any_sequence_leaves_the_way_of_the_money_true():
    """D15, D26: each currency adds up to zero, the accounts say what the rows say, nothing is below zero."""
    run_state_machine_as_test(Way, settings=RUNS)
