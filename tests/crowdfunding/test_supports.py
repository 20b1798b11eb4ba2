"""Regular support: periods, cards charged and tried again, everything safe to repeat."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import Letter
from core.money import money
from plugins.crowdfunding.domain import (
    audit,
    checkouts,
    payments,
    periods,
    pledges,
    support_acts,
    supports,
)
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways.base import Unreachable
from plugins.crowdfunding.models import Campaign, GatewayAccount, Mandate, Pledge, Support, Tally
from tests.crowdfunding.factories import CampaignFactory, receipt
from tests.crowdfunding.fake_provider import NAME, fake

pytestmark = pytest.mark.django_db
START = date(2026, 1, 31)


@pytest.fixture
def at(monkeypatch):
    """``at(day)``: it is noon of that day."""

    def go(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    go(START)
    return go


@pytest.fixture
def campaign(at):
    """A campaign of regular support that runs for years."""
    return CampaignFactory(
        kind=Campaign.Kind.RECURRING, opens_on=START, closes_on=date(2030, 12, 31), goal_minor=50_000
    )


def begun(campaign, minor=1000, *, interval="month", channel="transfer", email="amie@tiwizi.example"):
    donor = pledges.Donor(email=email, name="Amie")
    return supports.make(
        campaign,
        donor,
        money(minor, "EUR"),
        interval=interval,
        channel=channel,
        form_key=secrets.token_urlsafe(24),
    )


def tally(campaign):
    found = Tally.objects.get(campaign=campaign)
    return found.monthly_minor, found.supporters


def sound(campaign):
    """The books of the campaign are true."""
    assert list(audit.of_campaigns(campaign.project)) == []
    assert [fault for one in audit.run(campaign.project) for fault in one.faults] == []


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
        pledges.follow_up()
        periods.work()
    Pledge.objects.filter(support=row).update(waiting_since=datetime(2026, 1, 1, tzinfo=UTC))
    pledges.follow_up()
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


@pytest.fixture
def provider(campaign):
    found = fake()
    GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME, account="acct_1")
    return found


def stored(campaign, provider, answer="ok", **facts):
    """A support whose card is stored; charged, the card answers so."""
    row = begun(campaign, channel="card", **facts)
    payment = checkouts.begin(
        support_acts.for_card(row), channel="card", return_url="https://t.example/", cancel_url=""
    )
    intent = next(one for one in provider.intents if one.session == payment.session)
    provider.pay(intent)
    provider.methods[f"pm_{intent.session}"] = answer
    checkouts.follow(payment)
    row.refresh_from_db()
    return row


def test_a_card_counts_once_stored_and_pays_each_period(campaign, provider, at):
    """Not counted before the card is stored; then charged at once and each month, exactly once."""
    begun(campaign, channel="card", email="left@tiwizi.example")
    assert tally(campaign) == (0, 0)
    row = stored(campaign, provider)
    assert (row.state, tally(campaign)) == (Support.State.ACTIVE, (1000, 1))
    for day in (START, date(2026, 2, 28), date(2026, 3, 31)):
        at(day)
        periods.work()
        periods.work()
    assert list(row.pledges.values_list("state", flat=True)) == ["received"] * 3
    assert provider.balance() == 3 * 1000 - provider.fees
    assert Tally.objects.get(campaign=campaign).received_minor == 3000
    sound(campaign)


def test_the_provider_does_not_answer_and_is_asked_again(campaign, provider, at):
    """Killed after the provider took it, before we wrote it: the same attempt, one charge."""
    row = stored(campaign, provider)
    provider.breaks = "after"
    periods.work()
    assert row.pledges.get().state == Pledge.State.SECURED
    periods.work()
    assert row.pledges.get().state == Pledge.State.RECEIVED
    assert provider.balance() == 1000 - provider.fees
    sound(campaign)


def test_three_tries_in_ten_days_then_paused(campaign, provider, at):
    """Refused on day 0, 4 and 10: a letter with a link each time, then paused and no longer counted."""
    row = stored(campaign, provider, "card_declined")
    tried = []
    for day in range(13):
        at(START + timedelta(days=day))
        pledges.follow_up()
        periods.work()
        tried.append(Support.objects.get(pk=row.pk).tries)
    row.refresh_from_db()
    assert [tried.index(1), tried.index(2)] == [0, 4]
    assert row.state == Support.State.PAUSED
    assert Letter.objects.filter(template__endswith="/refused").count() == 3
    assert Letter.objects.filter(template__endswith="support_paused").count() == 1
    assert tally(campaign) == (0, 0)
    assert not Pledge.objects.filter(support=row, state__in=Pledge.WAITING).exists()
    sound(campaign)


def test_another_card_pays_what_was_refused(campaign, provider, at):
    """Failing: a new card is stored, what is due is charged with it, the support runs again."""
    row = stored(campaign, provider, "card_declined")
    periods.work()
    row.refresh_from_db()
    assert row.state == Support.State.FAILING
    assert tally(campaign) == (1000, 1)
    payment = checkouts.begin(
        support_acts.for_card(row), channel="card", return_url="https://t.example/", cancel_url=""
    )
    provider.pay(next(one for one in provider.intents if one.session == payment.session))
    checkouts.follow(payment)
    periods.work()
    row.refresh_from_db()
    assert (row.state, row.tries) == (Support.State.ACTIVE, 0)
    assert row.pledges.get().state == Pledge.State.RECEIVED
    sound(campaign)


def test_another_card_while_all_is_well_charges_nothing(campaign, provider, at):
    """The page only stores the card: the next period is charged with it, no gift is added."""
    row = stored(campaign, provider)
    periods.work()
    old = row.mandate_id
    payment = checkouts.begin(
        support_acts.for_card(row), channel="card", return_url="https://t.example/", cancel_url=""
    )
    provider.pay(next(one for one in provider.intents if one.session == payment.session))
    checkouts.follow(payment)
    periods.work()
    row.refresh_from_db()
    assert row.mandate_id != old
    assert Tally.objects.get(campaign=campaign).received_minor == 1000
    at(date(2026, 2, 28))
    periods.work()
    assert Pledge.objects.get(support=row, period=date(2026, 2, 28)).mandate_id == row.mandate_id
    sound(campaign)


@pytest.mark.parametrize("where", range(6))
def test_killed_between_two_steps(campaign, provider, at, monkeypatch, where):
    """Killed before any step of the work and run again: each period is promised and charged once."""
    row = stored(campaign, provider)
    at(date(2026, 2, 28))
    names = ["end_over", "promise_due", "try_again", "charge_due"]
    if where < 4:
        with monkeypatch.context() as broken:
            broken.setattr(periods, names[where], _die)
            with pytest.raises(KeyboardInterrupt):
                periods.work()
    else:
        provider.breaks = "before" if where == 4 else "after"
        periods.work()
    periods.work()
    assert sorted(row.pledges.values_list("state", flat=True)) == ["received", "received"]
    assert provider.balance() == 2000 - provider.fees
    sound(campaign)


def _die(*_args):
    raise KeyboardInterrupt


def test_a_card_that_ends_is_told_of_a_year_before_and_at_the_end(campaign, provider, at):
    """One letter as soon as the end is within a year, one when the payment after next would fail."""
    row = stored(campaign, provider)
    Mandate.objects.filter(pk=row.mandate_id).update(expires=date(2026, 12, 31))
    letters = Letter.objects.filter(template__endswith="support_card")
    periods.warn(), periods.warn()
    assert letters.count() == 1
    Support.objects.filter(pk=row.pk).update(number=11, next_on=date(2026, 12, 31))
    periods.warn(), periods.warn()
    assert letters.count() == 2


def test_unreachable_is_not_a_refusal(campaign, provider, at):
    """A provider that is down costs no try."""
    row = stored(campaign, provider)
    provider.breaks = "before"
    periods.work()
    row.refresh_from_db()
    assert (row.state, row.tries) == (Support.State.ACTIVE, 0)
    assert issubclass(Unreachable, Exception)
