"""Any sequence of what a treasury does leaves the books true (hypothesis, state machine); and all of it at once."""

from __future__ import annotations

import contextlib
import threading
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
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
from plugins.crowdfunding.domain import audit, cash, deposits, funds, ledger, payments, pledges
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.statements import booking
from plugins.crowdfunding.models import BankLine, CashGift, Deposit, Entry, Payment, Pledge, Series, Tally
from tests.crowdfunding.factories import CampaignFactory, manager, promise, receipt, treasurer
from tests.crowdfunding.statement_files import came, took

pytestmark = pytest.mark.django_db
AMOUNTS = st.sampled_from([1000, 2000, 5000])


class Treasury(RuleBasedStateMachine):
    """Promises, files, cash of two persons, cheques, deposits and corrections, twice and in any order."""

    made = Bundle("made")
    lines = Bundle("lines")
    gifts = Bundle("gifts")

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.campaign = CampaignFactory()
        self.two = (treasurer(self.campaign.collector), manager(self.campaign.collector))
        self.number = 0

    def teardown(self) -> None:
        """Each history is rolled back."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    def key(self) -> str:
        """Another filled form."""
        self.number += 1
        return f"form-{self.number:030}"

    @rule(target=made, minor=AMOUNTS)
    def promise(self, minor):
        return promise(self.campaign, minor, email=f"d{self.number % 3}@x.example", name="Zahra Ouali").pk

    @rule(pk=made, act=st.sampled_from([pledges.cancel, pledges.expire]))
    def end(self, pk, act):
        with contextlib.suppress(NotPossible):
            act(Pledge.objects.get(pk=pk))

    @rule(target=lines, minor=AMOUNTS, pk=made, day=st.integers(1, 3))
    def import_line(self, minor, pk, day):
        text = Pledge.objects.get(pk=pk).code
        took(self.campaign, self.two[0], came(minor, text, day=date(2026, 11, day)))
        return BankLine.objects.order_by("-pk").first().pk

    @rule()
    def confirm_all(self):
        found = [one for one in booking.review(self.campaign.collector) if one.group == "sure"]
        pairs = [f"{one.line.uid}:{one.best.key}" for one in found]
        booking.confirm_sure(self.campaign.collector, pairs, by=self.two[0])
        booking.confirm_sure(self.campaign.collector, pairs, by=self.two[0])

    @rule(line=lines, pk=made)
    def book(self, line, pk):
        with contextlib.suppress(NotPossible, booking.AlreadyDecided):
            booking.book(BankLine.objects.get(pk=line), Pledge.objects.get(pk=pk), by=self.two[0])

    @rule(line=lines, how=st.sampled_from(["gift", "leave", "undo"]))
    def decide(self, line, how):
        row = BankLine.objects.get(pk=line)
        with contextlib.suppress(NotPossible, booking.AlreadyDecided):
            if how == "gift":
                booking.enter(row, self.campaign, pledges.Donor(name="Omar"), by=self.two[0])
            elif how == "leave":
                booking.leave(row, "other", by=self.two[0])
            else:
                booking.undo(row, by=self.two[0])

    @rule(target=gifts, minor=AMOUNTS, who=st.integers(0, 1))
    def take(self, minor, who):
        taken = cash.Taken(money(minor, "EUR"), timezone.localdate())
        donor = pledges.Donor(email="c@x.example")
        return cash.declare(self.campaign, donor, taken, by=self.two[who], form_key=self.key()).pk

    @rule(target=gifts, pk=made, minor=AMOUNTS, who=st.integers(0, 1))
    def take_for(self, pk, minor, who):
        taken = cash.Taken(money(minor, "EUR"), timezone.localdate())
        try:
            row = Pledge.objects.get(pk=pk)
            return cash.declare_for(row, taken, by=self.two[who], form_key=self.key()).pk
        except (NotPossible, cash.AlreadyDeclared):
            return multiple()

    @rule(
        gift=gifts,
        who=st.integers(0, 1),
        how=st.sampled_from(["confirm", "refuse", "correct"]),
        minor=AMOUNTS,
    )
    def settle(self, gift, who, how, minor):
        row, by = CashGift.objects.get(pk=gift), self.two[who]
        with contextlib.suppress(NotPossible, cash.SamePerson):
            if how == "confirm":
                cash.confirm(row, by=by)
            elif how == "refuse":
                cash.refuse(row, "mistake", by=by)
            else:
                taken = cash.Taken(money(minor, "EUR"), timezone.localdate())
                cash.correct(row, taken, "amount", by=by, form_key=self.key())

    @rule(pk=made, channel=st.sampled_from(["transfer", "cheque"]))
    def receive(self, pk, channel):
        with contextlib.suppress(NotPossible):
            payments.receive(Pledge.objects.get(pk=pk), receipt(channel=channel), by=self.two[0])

    @rule(minor=AMOUNTS, what=st.sampled_from(["cash", "cheque"]))
    def bring(self, minor, what):
        collector, facts = (
            self.campaign.collector,
            {"on": timezone.localdate(), "reference": "", "by": self.two[0]},
        )
        with contextlib.suppress(deposits.MoreThanThere, deposits.NotADeposit):
            if what == "cash":
                part = {self.campaign.project: money(minor, "EUR")}
                deposits.bring_cash(collector, part, form_key=self.key(), **facts)
            else:
                rows = list(deposits.cheques(collector))
                deposits.bring_cheques(collector, rows, form_key=self.key(), **facts)

    @rule()
    def undo_deposit(self):
        row = Deposit.objects.order_by("-pk").first()
        if row is not None:
            deposits.undo(row, by=self.two[0])

    @rule()
    def undo_payment(self):
        row = Payment.objects.filter(state="received").order_by("-pk").first()
        if row is not None:
            with contextlib.suppress(funds.NotEnough):  # cash that is at the bank
                deposits.undo_payment(row, by=self.two[0], reason="mistake")

    @invariant()
    def nothing_holds_less_than_nothing(self):
        """What left an account was there: the bank's, the cash box, the cheques."""
        rows = Entry.objects.filter(ledger__project=self.campaign.project, is_funds=True).order_by()
        sums = rows.values_list("account__kind").annotate(Sum("amount_minor"))
        assert [one for one in sums if one[1] < 0] == []

    @invariant()
    def books_are_true(self):
        project = self.campaign.project
        assert [fault for found in audit.run(project) for fault in found.faults] == []
        assert list(audit.of_campaigns(project)) == []
        standing = Payment.objects.filter(campaign=self.campaign, state="received")
        raised = sum(standing.values_list("amount_minor", flat=True))
        assert Tally.objects.get(campaign=self.campaign).received_minor == raised
        assert ledger.balances(project) in ([money(raised, "EUR")], [])
        cheques = Entry.objects.filter(ledger__project=project, account__kind="cheques")
        there = sum(deposits.cheques(self.campaign.collector).values_list("amount_minor", flat=True))
        assert sum(cheques.values_list("amount_minor", flat=True)) == there

    @invariant()
    def each_line_and_each_receipt_once(self):
        booked = BankLine.objects.filter(state="booked", linked=False, payment__state="received")
        assert all(line.amount == line.payment.amount for line in booked.select_related("payment"))
        numbers = list(CashGift.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert not CashGift.objects.filter(state="confirmed", payment=None).exists()


RUNS = settings(
    max_examples=25,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_any_sequence_leaves_the_treasury_true():
    """D15: cheques and lines agree with the ledger, receipts have no gap, tallies say what payments say."""
    run_state_machine_as_test(Treasury, settings=RUNS)


def at_once(works):
    """Do all works in threads of their own; gives what each raised."""
    raised, barrier = [], threading.Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_treasurers_and_a_double_click_book_a_line_once():
    campaign = CampaignFactory()
    keepers = [treasurer(campaign.collector) for _turn in range(3)]
    rows = [promise(campaign, 1000 + index, email=f"d{index}@x.example") for index in range(4)]
    took(campaign, keepers[0], *[came(row.amount_minor, row.code) for row in rows])
    pairs = [f"{one.line.uid}:{one.best.key}" for one in booking.review(campaign.collector)]
    works = [lambda by=by: booking.confirm_sure(campaign.collector, pairs, by=by) for by in keepers * 2]
    assert at_once(works) == []
    assert Payment.objects.count() == BankLine.objects.filter(state="booked").count() == 4
    assert [fault for found in audit.run(campaign.project) for fault in found.faults] == []
    assert list(audit.of_campaigns(campaign.project)) == []


@pytest.mark.django_db(transaction=True)
def test_receipts_of_a_busy_festival_have_no_gap_and_the_same_file_is_taken_once():
    campaign = CampaignFactory()
    keeper = treasurer(campaign.collector)

    def take(number):
        donor, taken = pledges.Donor(name=f"D{number}"), cash.Taken(money(1000, "EUR"), timezone.localdate())
        cash.declare(campaign, donor, taken, by=keeper, form_key=f"k{number % 5:031}")

    works = [lambda number=number: take(number % 5) for number in range(10)]
    works += [lambda: took(campaign, keeper, came(text="a"), came(text="b"))] * 3
    assert at_once(works) == []
    assert sorted(CashGift.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Series.objects.get().last == 5
    assert BankLine.objects.count() == 2
    assert list(audit.of_campaigns(campaign.project)) == []
