"""Any sequence of acts leaves the books true (hypothesis, state machine)."""

from __future__ import annotations

import contextlib

import pytest
from django.db import transaction
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
from plugins.crowdfunding.domain import audit, ledger, payments, pledges
from plugins.crowdfunding.domain.lifecycles import PLEDGE, NotPossible
from plugins.crowdfunding.models import Entry, Payment, Pledge, Tally
from tests.crowdfunding.factories import CampaignFactory, promise, receipt

pytestmark = pytest.mark.django_db
AMOUNTS = st.integers(100, 1_000_000)


class Books(RuleBasedStateMachine):
    """Donors promise and cancel, the treasurer receives, enters and undoes, time runs out; twice, in any order."""

    made = Bundle("made")
    paid = Bundle("paid")

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.campaign = CampaignFactory()

    def teardown(self) -> None:
        """Each history is rolled back."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(target=made, minor=AMOUNTS, donor=st.integers(0, 2))
    def promise(self, minor, donor):
        return promise(self.campaign, minor, email=f"d{donor}@tiwizi.example").pk

    @rule(pk=made)
    def cancel(self, pk):
        with contextlib.suppress(NotPossible):
            pledges.cancel(Pledge.objects.get(pk=pk))

    @rule(pk=made)
    def expire(self, pk):
        with contextlib.suppress(NotPossible):
            pledges.expire(Pledge.objects.get(pk=pk))

    @rule(target=paid, pk=made, minor=AMOUNTS, channel=st.sampled_from(["transfer", "cheque", "cash"]))
    def receive(self, pk, minor, channel):
        try:
            return payments.receive(Pledge.objects.get(pk=pk), receipt(minor, channel=channel), by=None).pk
        except NotPossible:
            return multiple()

    @rule(target=paid, minor=AMOUNTS, donor=st.integers(0, 2), key=st.integers(0, 3))
    def enter(self, minor, donor, key):
        giver = pledges.Donor(email=f"d{donor}@tiwizi.example")
        form = f"counter-{self.campaign.uid[-10:]}-{key:06}"
        came = receipt(minor, channel="cash")
        try:
            return payments.enter_gift(self.campaign, giver, came, by=None, form_key=form).pk
        except pledges.AlreadyUsed:
            return multiple()

    @rule(pk=paid)
    def undo(self, pk):
        with contextlib.suppress(NotPossible):
            payments.undo(Payment.objects.get(pk=pk), by=None, reason="mistake")

    @invariant()
    def books_are_true(self):
        project = self.campaign.project
        assert [fault for found in audit.run(project) for fault in found.faults] == []
        assert list(audit.of_campaigns(project)) == []
        assert sum(Entry.objects.filter(ledger__project=project).values_list("amount_minor", flat=True)) == 0
        standing = Payment.objects.filter(pledge__campaign=self.campaign, state="received")
        raised = sum(standing.values_list("amount_minor", flat=True))
        assert Tally.objects.get(campaign=self.campaign).received_minor == raised
        assert ledger.balances(project) in ([money(raised, "EUR")], [])
        ended = Pledge.objects.filter(campaign=self.campaign, state__in=["cancelled", "expired", "pledged"])
        assert not standing.filter(pledge__in=ended).exists()


RUNS = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_any_sequence_leaves_the_books_true():
    """D15: Σ = 0 in each transaction, raised = Σ received − corrections, no pledge received and cancelled."""
    run_state_machine_as_test(Books, settings=RUNS)


def test_the_table_of_pledges_is_closed():
    """Every state of the model has its row, every act leads to a state."""
    assert set(PLEDGE) == set(Pledge.State)
    assert {state for acts in PLEDGE.values() for state in acts.values()} <= set(Pledge.State)
