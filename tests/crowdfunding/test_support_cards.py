"""Regular support by card: stored once, charged each period exactly once, tried again, paused."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from core.models import Letter
from plugins.crowdfunding import privacy
from plugins.crowdfunding.domain import checkouts, periods, reminders, support_acts
from plugins.crowdfunding.models import Campaign, GatewayAccount, Mandate, Pledge, Support, Tally
from plugins.crowdfunding.privacy import together as together_privacy
from tests.crowdfunding.fake_provider import NAME, fake
from tests.crowdfunding.regular import START, at, begun, campaign, sound, tally
from tests.factories import PersonFactory

__all__ = ["at", "campaign"]  # fixtures

pytestmark = pytest.mark.django_db


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
        reminders.follow_up()
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


def test_a_refused_promise_that_ended_pauses_the_support(campaign, provider, at):
    """The donor cancels what was refused, or nobody worked for weeks: paused and told once, not failing for ever."""
    row = stored(campaign, provider, "card_declined")
    periods.work()
    at(START + timedelta(days=20))
    reminders.follow_up()
    periods.work(), periods.work()
    row.refresh_from_db()
    assert (row.state, tally(campaign)) == (Support.State.PAUSED, (0, 0))
    assert Letter.objects.filter(template__endswith="support_paused").count() == 1
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


def test_erasing_a_supporter_stops_the_support(campaign, provider, at):
    """Name and address go, nothing more is charged, sums stay true; the export says what there was."""
    row = stored(campaign, provider)
    periods.work()
    person = PersonFactory(email=row.email)
    said = together_privacy.export_supports(person)
    assert said[0]["card"] == "•••• 4242"
    assert json.dumps(said)
    together_privacy.erase_supports(person)
    row.refresh_from_db()
    assert (row.state, row.email, row.name) == (Support.State.STOPPED, "", "")
    at(date(2026, 4, 30))
    periods.work()
    assert provider.balance() == 1000 - provider.fees
    assert json.dumps(privacy.export_pledges(person)) == "[]"
    sound(campaign)


def test_nothing_is_taken_while_moderation_hides_the_campaign(campaign, provider, at):
    """Hidden: no promise, no charge, not stopped; shown again it goes on."""
    row = stored(campaign, provider)
    Campaign.objects.filter(pk=campaign.pk).update(hidden=True)
    periods.work()
    assert row.pledges.get().state == Pledge.State.SECURED
    Campaign.objects.filter(pk=campaign.pk).update(hidden=False)
    periods.work()
    row.refresh_from_db()
    assert (row.state, row.pledges.get().state) == (Support.State.ACTIVE, Pledge.State.RECEIVED)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_do_it_once(campaign, provider, at):
    """Four workers promise and charge the same periods at the same moment: one pledge and one charge each."""
    rows = [stored(campaign, provider, email=f"s{number}@tiwizi.example") for number in range(5)]
    at(date(2026, 2, 28))
    errors = []

    def worker():
        try:
            periods.work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    periods.work()
    assert errors == []
    for row in rows:
        assert sorted(row.pledges.values_list("state", flat=True)) == ["received", "received"]
    assert provider.balance() == 10 * 1000 - provider.fees
    sound(campaign)
