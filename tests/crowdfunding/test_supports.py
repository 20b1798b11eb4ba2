"""Regular support: periods promised once each, standing orders, what the donor changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Letter
from core.money import money
from plugins.crowdfunding.domain import payments, periods, pledges, reminders, support_acts, supports
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, Pledge, Support
from tests.crowdfunding.factories import receipt
from tests.crowdfunding.regular import START, at, begun, campaign, sound, tally

__all__ = ["at", "campaign"]  # fixtures

pytestmark = pytest.mark.django_db


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.sampled_from([1, 3, 12]), st.integers(0, 60))
def test_the_day_of_a_month_is_never_lost(start, months, number):
    """Periods keep the day of the first, or take the last day of a shorter month; never two in one month."""
    days = [supports.months_later(start, months * n) for n in range(number + 1)]
    assert days == sorted(set(days))
    for day in days:
        following = day + timedelta(days=1)
        assert day.day == start.day or (day.day < start.day and following.day == 1)


@given(st.integers(1, 10**9), st.sampled_from([1, 3, 12]))
def test_the_amount_per_month_is_rounded_half_up(minor, months):
    assert abs(supports.monthly(minor, months) * months - minor) * 2 <= months


def test_a_standing_order_promises_each_period_once(campaign, at):
    """The 31st, the 28th, the 31st: one pledge each, however often the work runs."""
    row = begun(campaign)
    for day in (START, date(2026, 2, 27), date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 31)):
        at(day)
        periods.work()
        periods.work()
    found = row.pledges.order_by("period").values_list("period", flat=True)
    assert list(found) == [START, date(2026, 2, 28), date(2026, 3, 31)]
    assert tally(campaign) == (1000, 1)
    sound(campaign)


def test_the_same_form_is_one_support(campaign):
    """Sent twice it is one; filled in otherwise it is refused; below the minimum too."""
    donor = pledges.Donor(email="a@tiwizi.example")
    facts = {"interval": "month", "channel": "transfer", "form_key": "f" * 24}
    first = supports.make(campaign, donor, money(500, "EUR"), **facts)
    assert supports.make(campaign, donor, money(500, "EUR"), **facts).pk == first.pk
    with pytest.raises(pledges.AlreadyUsed):
        supports.make(campaign, donor, money(900, "EUR"), **facts)
    with pytest.raises(pledges.BelowMinimum):
        supports.make(campaign, donor, money(50, "EUR"), **facts | {"form_key": "g" * 24})
    assert tally(campaign) == (500, 1)
    assert Pledge.objects.count() == 1


def test_periods_missed_while_nobody_worked_are_not_caught_up(campaign, at):
    """After three months without a worker one pledge is made, not three."""
    row = begun(campaign)
    at(date(2026, 5, 5))
    periods.work()
    row.refresh_from_db()
    assert list(row.pledges.order_by("period").values_list("period", flat=True)) == [START, date(2026, 4, 30)]
    assert row.next_on == date(2026, 5, 31)


def test_a_transfer_with_the_standing_code_pays_the_oldest(campaign, at):
    """The code of the standing order finds the promise that waits; money counts as received, per year."""
    row = begun(campaign)
    at(date(2026, 2, 28))
    periods.work()
    first = support_acts.waiting(campaign.collector, [row.code])[row.code]
    assert first.period == START
    payments.receive(first, receipt(1000, day=date(2026, 2, 10)), by=None)
    second = support_acts.waiting(campaign.collector, [row.code])[row.code]
    assert second.period == date(2026, 2, 28)
    assert support_acts.history(row).years == [(2026, money(1000, "EUR"))]
    sound(campaign)


def test_a_standing_order_that_never_comes_is_paused(campaign, at):
    """Nothing came for two periods: paused, and the donor told once."""
    row = begun(campaign, interval="quarter")
    for month in (2, 5, 8, 11):
        at(date(2026, month, 28))
        reminders.follow_up()
        periods.work()
    Pledge.objects.filter(support=row).update(waiting_since=datetime(2026, 1, 1, tzinfo=UTC))
    reminders.follow_up()
    at(date(2027, 2, 1))
    periods.work()
    row.refresh_from_db()
    assert row.state == Support.State.PAUSED
    assert Letter.objects.filter(template__endswith="support_paused").count() == 1
    assert tally(campaign) == (0, 0)
    sound(campaign)


def test_what_the_donor_changes(campaign, at):
    """Another amount, a pause, going on, an end: the monthly sum follows, nothing is asked while paused."""
    row = begun(campaign, 3000, interval="quarter")
    assert tally(campaign) == (1000, 1)
    support_acts.change(row, money(6000, "EUR"))
    assert tally(campaign) == (2000, 1)
    support_acts.pause(row)
    assert tally(campaign) == (0, 0)
    assert not Pledge.objects.filter(state__in=Pledge.WAITING).exists()
    at(date(2026, 12, 1))
    periods.work()
    assert row.pledges.count() == 1
    support_acts.resume(row)
    row.refresh_from_db()
    assert row.next_on == date(2027, 1, 31)
    support_acts.stop(row)
    with pytest.raises(NotPossible):
        support_acts.resume(row)
    assert tally(campaign) == (0, 0)
    sound(campaign)


def test_the_end_of_the_campaign_ends_its_supports(campaign, at):
    """Told once; nothing waits any more."""
    row = begun(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)
    periods.work()
    periods.work()
    row.refresh_from_db()
    assert row.state == Support.State.STOPPED
    assert Letter.objects.filter(template__endswith="support_stopped").count() == 1
    sound(campaign)
