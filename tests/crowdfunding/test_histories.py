"""Any sequence of user acts, provider events, duplicates and crashes leaves the money right."""

from __future__ import annotations

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, DISPUTE, PAYMENT, PLEDGE, REFUND
from plugins.crowdfunding.models import Campaign, Dispute, Payment, Pledge, Refund
from tests.crowdfunding.histories import ACTS, History

pytestmark = pytest.mark.django_db
NUMBER = int(os.environ.get("TIWIZI_HISTORIES", "120"))
"""How many histories one run plays; ``make histories`` plays 10,000."""
SMALL = st.integers(0, 9)
OFTEN = [
    "card",
    "pay",
    "pay",
    "pay",
    "come_back",
    "come_back",
    "event",
    "event",
    "charge",
    "refund",
    "send",
    "lost",
    "contest",
    "support",
    "work",
    "end",
]
"""Acts on which others depend come more often, so that histories reach the far states."""
STEPS = st.lists(st.tuples(st.sampled_from([*sorted(ACTS), *OFTEN]), SMALL, SMALL), min_size=6, max_size=30)
BEGINNING = [("card", 0, 1), ("pay", 0, 0), ("card", 1, 4), ("pay", 1, 1), ("come_back", 0, 0)]


@settings(
    max_examples=NUMBER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    database=None,
)
@given(steps=STEPS, conditional=st.booleans())
def test_any_history_leaves_the_money_right(steps, conditional):
    """Σ entries = 0, nothing captured twice, raised = Σ settled − refunds − disputes, never captured and released."""
    with transaction.atomic():
        history = History(conditional=conditional)
        history.play([*BEGINNING, *steps])
        note(f"provider: {history.provider.intents}")
        assert history.faults() == []
        history.settle()
        assert history.differences() == []
        if len(steps) % 4 == 0:  # the last word takes as long as the history
            history.close_all()
            assert history.unfinished() == []
        assert history.faults() == []
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("table", "states"),
    [
        (CAMPAIGN, Campaign.State),
        (PLEDGE, Pledge.State),
        (PAYMENT, Payment.State),
        (REFUND, Refund.State),
        (DISPUTE, Dispute.State),
    ],
)
def test_tables_are_closed(table, states):
    """Every state of the model has its row, every act leads to a state."""
    assert set(table) == set(states)
    assert {state for acts in table.values() for state in acts.values()} <= set(states)
