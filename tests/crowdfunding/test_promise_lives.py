"""Any sequence of acts on shares, things and days leaves the bars true (hypothesis, state machine)."""

from __future__ import annotations

import contextlib

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from plugins.crowdfunding.domain import days, in_kind, lines, shares
from plugins.crowdfunding.domain.in_kind import Reception, Transport
from plugins.crowdfunding.domain.promise_lives import DAYS, IN_KIND, SHARE, NotPossible
from plugins.crowdfunding.models import DaysOffer, InKindOffer, Share
from tests.crowdfunding.factories import CampaignFactory
from tests.crowdfunding.test_lines import budget, share, things, work

pytestmark = pytest.mark.django_db


class Promises(RuleBasedStateMachine):
    """Shares, things and days move in any order; bars stay the sums of what stands, each kind for itself."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.campaign = CampaignFactory()
        project = self.campaign.project
        self.line = {
            "share": budget(project, size=1_000),
            "things": budget(project, "in_kind", 20),
            "days": budget(project, "days", 20),
        }

    def teardown(self) -> None:
        """Each history is rolled back."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(target=made, kind=st.sampled_from(["share", "things", "days"]), size=st.integers(1, 30))
    def promise(self, kind, size):
        if kind == "share":
            return kind, share(self.line[kind], size * 40, despite=True).pk
        make = things if kind == "things" else work
        return kind, make(self.campaign, self.line[kind], size).pk

    @rule(
        one=made,
        act=st.sampled_from(
            ["accept", "decline", "withdraw", "ship", "receive", "done", "decide", "pay", "unpay"]
        ),
        part=st.integers(0, 30),
        despite=st.booleans(),
    )
    def act(self, one, act, part, despite):
        kind, key = one
        model = {"share": Share, "things": InKindOffer, "days": DaysOffer}[kind]
        row = model.objects.get(pk=key)
        table = {"share": SHARE, "things": IN_KIND, "days": DAYS}[kind]
        before = row.state
        with contextlib.suppress(
            NotPossible, lines.Overfunded, AttributeError, days.BadDays, in_kind.BadCount
        ):
            self.do(row, kind, act, part, despite)
        row.refresh_from_db()
        assert row.state == before or row.state == table[before].get(act), (before, act, row.state)

    def do(self, row, kind, act, part, despite):
        today = timezone.localdate()
        domain = {"share": shares, "things": in_kind, "days": days}[kind]
        extra = {
            "accept": (("",), {"by": None, "despite": despite}),
            "decline": (("non",), {"by": None}),
            "withdraw": ((), {"by": None} if kind == "share" else {}),
            "ship": ((Transport("Atlas", today),), {"by": None}),
            "receive": ((self.reception(row, part),), {"by": None}),
            "done": ((part, today), {"by": None}),
            "decide": ((today, "ref"), {"by": None}),
            "pay": ((today,), {"by": None}),
            "unpay": ((), {"by": None}),
        }[act]
        getattr(domain, act)(row, *extra[0], **extra[1])

    def reception(self, row, part):
        arrived = {thing.pk: part for thing in row.things.all()} if isinstance(row, InKindOffer) else {}
        return Reception("Directrice", timezone.localdate(), "note", arrived=arrived)

    @invariant()
    def bars_are_the_sums_of_what_stands(self):
        bars = {bar.line.pk: bar for bar in lines.of_project(self.campaign.project)}
        paid = sum(row.amount_minor for row in Share.objects.filter(state="paid"))
        coming = sum(row.amount_minor for row in Share.objects.filter(state__in=["announced", "decided"]))
        offers = InKindOffer.objects.prefetch_related("things")
        came = sum(t.arrived for row in offers.filter(state="received") for t in row.things.all())
        awaited = offers.filter(state__in=["accepted", "in_transit"])
        sent = sum(t.quantity for row in awaited for t in row.things.all())
        done = sum(row.done_days for row in DaysOffer.objects.filter(state="done"))
        agreed = sum(row.days for row in DaysOffer.objects.filter(state="accepted"))
        wanted = {"share": (paid, coming), "things": (came, sent), "days": (done, agreed)}
        for kind, line in self.line.items():
            bar = bars[line.pk]
            assert (bar.there, bar.promised) == wanted[kind]
            assert 0 <= sum(bar.widths) <= 100
            assert bar.missing == max(0, bar.size - bar.there - bar.promised)

    @invariant()
    def accepted_things_have_deeds_without_gaps(self):
        numbers = InKindOffer.objects.exclude(deed_number=None).values_list("deed_number", flat=True)
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_any_sequence_of_acts_leaves_the_bars_true():
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
