"""Any history of gifts, corrections, refunds and sponsors' payments leaves every sum of a pot true (hypothesis)."""

from __future__ import annotations

import contextlib
import itertools
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.money import money
from plugins.crowdfunding.domain import audit, matching, payments, refunds, sponsors, sums_audit
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Match, MatchedCampaign, MatchingFund, Payment, Refund
from tests.crowdfunding.factories import CampaignFactory, manager, receipt, received
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
TOTAL, GIFT, PERSON, RATIO = 30_000, 6_000, 9_000, 80


class Pot(RuleBasedStateMachine):
    """Three donors, two campaigns of one project each, one pot with all its caps."""

    gifts = Bundle("gifts")
    given_back = Bundle("given_back")
    paid = Bundle("paid")

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.keys = itertools.count(1)
        today = timezone.localdate()
        terms = sponsors.Terms(
            money(TOTAL, "EUR"),
            today,
            today + timedelta(days=9),
            ratio_percent=RATIO,
            gift_cap=money(GIFT, "EUR"),
            person_cap=money(PERSON, "EUR"),
        )
        self.fund = sponsors.set_up(OrganisationFactory(), terms, by=None, form_key="f" * 24)
        self.campaigns = [CampaignFactory(), CampaignFactory()]
        for campaign in self.campaigns:
            sponsors.answer(sponsors.offer(self.fund, campaign, by=None), by=None, accept=True)
        self.by = manager(self.campaigns[0].collector)

    def teardown(self) -> None:
        """Each history is rolled back."""
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @rule(target=gifts, minor=st.integers(100, 20_000), donor=st.integers(0, 2), where=st.integers(0, 1))
    def give(self, minor, donor, where):
        return received(self.campaigns[where], minor, email=f"d{donor}@tiwizi.example").pk

    @rule(pk=gifts)
    def undo(self, pk):
        with contextlib.suppress(NotPossible):
            payments.undo(self.payment(pk), by=self.by, reason="mistake")

    @rule(target=given_back, pk=gifts, part=st.integers(1, 100))
    def refund(self, pk, part):
        payment = self.payment(pk)
        amount = money(max(1, payment.standing_minor * part // 100), "EUR")
        key = f"refund-{next(self.keys):030}"
        with contextlib.suppress(NotPossible, refunds.TooMuch):
            return refunds.request(payment, amount, by=None, reason="donor", form_key=key).pk
        return 0

    @rule(pk=given_back)
    def drop(self, pk):
        row = Refund.objects.filter(pk=pk).select_related("payment__pledge").first()
        if row is not None:
            with contextlib.suppress(NotPossible):
                refunds.drop(row, by=self.by)

    @rule(target=paid, where=st.integers(0, 1), minor=st.integers(1, 12_000))
    def settle(self, where, minor):
        place = MatchedCampaign.objects.select_related("fund__sponsor").get(
            fund=self.fund, campaign=self.campaigns[where]
        )
        place.campaign = self.campaigns[where]
        return sponsors.settle(place, receipt(minor), by=self.by, form_key=f"settle-{next(self.keys):024}").pk

    @rule(pk=paid)
    def settled_by_mistake(self, pk):
        with contextlib.suppress(NotPossible):
            payments.undo(self.payment(pk), by=self.by, reason="mistake")

    @staticmethod
    def payment(pk):
        return Payment.objects.select_related("pledge__campaign", "collector").get(pk=pk)

    @invariant()
    def sums_are_true(self):
        for campaign in self.campaigns:
            campaign.tally.refresh_from_db()
            assert list(sums_audit.of_campaign(campaign)) == []
            assert list(audit.of_campaign(campaign)) == []
        assert list(sums_audit.of_funds()) == []

    @invariant()
    def no_cap_is_passed(self):
        matches = Match.objects.filter(fund=self.fund)
        assert MatchingFund.objects.get(pk=self.fund.pk).left >= money(0, "EUR")
        assert (matches.aggregate(sum=Sum("amount_minor"))["sum"] or 0) <= TOTAL
        for _key, total in matches.order_by().values_list("person_key").annotate(Sum("amount_minor")):
            assert total <= PERSON
        for match in matches.select_related("payment__pledge"):
            there = matching.standing(match.payment)
            assert match.amount_minor <= min(GIFT, there * RATIO // 100)

    @invariant()
    def what_is_settled_was_paid(self):
        for place in MatchedCampaign.objects.filter(fund=self.fund):
            rows = Match.objects.filter(fund=self.fund, campaign=place.campaign_id, settled_by__isnull=False)
            assert (rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0) <= place.settled_minor


RUNS = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_any_history_leaves_the_pot_true():
    """D16: caps, sums, tallies and settlements agree after every act, in any order."""
    run_state_machine_as_test(Pot, settings=RUNS)
