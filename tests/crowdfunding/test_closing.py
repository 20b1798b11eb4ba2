"""The closing run from its first day to its last: collected or given back, one side only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.models import JournalEntry
from plugins.crowdfunding.domain import audit, closing, payments, pledges, refunds
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, ClosingRun, GatewayAccount, Payment, Pledge, Refund, Tally
from tests.crowdfunding.bank import at_the_bank, end_today, secured, store
from tests.crowdfunding.factories import CampaignFactory, promise, receipt, received

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7, minutes=1)


@pytest.fixture
def bank(tmp_path):
    with at_the_bank(tmp_path / "bank") as found:
        yield found


def all_or_nothing(needed=10_000, **facts):
    return CampaignFactory(kind="all_or_nothing", goal_minor=needed, needed_minor=needed, **facts)


def two_rounds(needed=10_000, **facts):
    day = timezone.localdate() + timedelta(days=20)
    return CampaignFactory(kind="two_rounds", needed_minor=needed, first_closes_on=day, **facts)


def close(campaign, after=timedelta(0)):
    """One turn of the closing run, so long after its deadline."""
    end_today(campaign)
    run = closing.run(campaign, now=timezone.now() + after)
    campaign.refresh_from_db()
    return run


def states(campaign):
    return sorted(Pledge.objects.filter(campaign=campaign).values_list("state", flat=True))


@pytest.fixture(autouse=True)
def one_side_and_true_books(db):
    """After each test: the books are true and no pledge was both captured and released."""
    yield
    assert [fault for found in audit.run() for fault in found.faults] == []
    assert list(audit.of_campaigns()) == []
    came = Payment.objects.filter(state__in=["received", "refunded", "kept"])
    assert not came.filter(pledge__state__in=["released", "secured"]).exists()


def test_reached_all_are_charged_once_and_the_donors_told(bank, mailoutbox):
    """B: all-or-nothing that reaches its minimum: every card is charged, gifts are booked, everyone hears of it."""
    campaign = all_or_nothing()
    for number in range(3):
        secured(campaign, 4000, email=f"d{number}@tiwizi.example")
    run = close(campaign)
    assert (run.phase, run.cards, run.received_minor, campaign.state) == ("succeeded", 3, 12_000, "succeeded")
    assert states(campaign) == ["received"] * 3
    assert len(set(bank.charges())) == len(bank.charges()) == 3
    assert Tally.objects.get(campaign=campaign).received_minor == 12_000
    assert closing.run(campaign).phase == "succeeded"
    assert len(bank.charges()) == 3
    deliver_letters()
    told = [mail for mail in mailoutbox if "d0@tiwizi.example" in mail.to]
    assert any("120" in mail.body for mail in told)


def test_out_of_reach_nobody_is_charged(bank, mailoutbox):
    """B: what cannot be reached fails at once: cards are released, never charged."""
    campaign = all_or_nothing()
    secured(campaign, 4000)
    promise(campaign, 3000, email="t@tiwizi.example")
    run = close(campaign)
    assert (run.phase, campaign.state, run.charging_since) == ("failed", "failed", None)
    assert states(campaign) == ["expired", "released"]
    assert bank.done() == []
    assert Tally.objects.get(campaign=campaign).promised_minor == 0


def test_two_of_ten_cards_fail_and_one_recovers(bank):
    """B: 2 of 10 cards fail, 1 donor gives another one within 7 days: judged on what is really in, with tolerance."""
    campaign = all_or_nothing(10_000, tolerance_percent=10)
    rows = [secured(campaign, 1000, email=f"d{n}@tiwizi.example") for n in range(8)]
    rows += [secured(campaign, 1000, kind, email=f"{kind}@tiwizi.example") for kind in ("bad", "confirm")]
    run = close(campaign)
    assert (run.phase, campaign.state) == ("asking", "collecting")
    assert states(campaign) == ["due"] * 2 + ["received"] * 8
    assert close(campaign, timedelta(days=3)).phase == "asking"
    store(rows[-1], GatewayAccount.objects.get(), "good")
    assert close(campaign, timedelta(days=3)).phase == "asking"
    assert states(campaign) == ["due"] + ["received"] * 9
    run = close(campaign, WEEK)
    assert (run.phase, run.received_minor, campaign.state) == ("succeeded", 9000, "succeeded")
    assert states(campaign) == ["expired"] + ["received"] * 9
    assert not Refund.objects.exists()


def test_too_many_cards_fail_and_everything_is_given_back(bank):
    """B: one side only: after seven days too little is in, so what was charged goes back in full."""
    campaign = all_or_nothing(10_000)
    for number in range(9):
        secured(campaign, 1000, email=f"d{number}@tiwizi.example")
    secured(campaign, 1000, "bad", email="bad@tiwizi.example")
    assert close(campaign).phase == "asking"
    run = close(campaign, WEEK)
    assert (run.phase, run.received_minor, campaign.state) == ("failed", 9000, "failed")
    assert states(campaign) == ["refunded"] * 9 + ["released"]
    assert refunds.sweep() == 9
    assert len(set(bank.refunded())) == 9
    assert set(Refund.objects.values_list("state", "reason")) == {("done", "failed")}
    assert Tally.objects.get(campaign=campaign).received_minor == 0


def test_a_transfer_on_its_way_has_seven_days_before_any_card_is_charged(bank, mailoutbox):
    """Nobody's card is charged while the sum hangs on transfers: they have 7 days, then it is decided."""
    campaign = all_or_nothing()
    secured(campaign, 6000)
    transfer = promise(campaign, 4000, email="t@tiwizi.example")
    for _twice in range(2):
        assert close(campaign).phase == "waiting"
    assert bank.done() == []
    deliver_letters()
    told = [mail for mail in mailoutbox if "t@tiwizi.example" in mail.to]
    assert len(told) == 2  # how to pay, then until when it still counts
    assert transfer.code[:4] in told[-1].subject
    payments.receive(transfer, receipt(4000), by=None)
    run = close(campaign, timedelta(days=2))
    assert (run.phase, campaign.state) == ("succeeded", "succeeded")
    assert len(bank.charges()) == 1


def test_a_transfer_that_never_comes_does_not_count(bank):
    campaign = all_or_nothing()
    secured(campaign, 6000)
    promise(campaign, 4000, email="t@tiwizi.example")
    assert close(campaign).phase == "waiting"
    assert close(campaign, WEEK).phase == "failed"
    assert states(campaign) == ["expired", "released"]
    assert bank.done() == []


def test_a_transfer_that_comes_after_a_failure_is_given_back(bank):
    """Late money is still booked, then owed to its donor."""
    campaign = all_or_nothing()
    transfer = promise(campaign, 4000)
    assert close(campaign).phase == "failed"
    payments.receive(transfer, receipt(4000), by=None)
    closing.work()
    transfer.refresh_from_db()
    assert transfer.state == "refunded"
    assert Refund.objects.get().by_hand


def test_offline_gifts_of_a_campaign_that_failed_go_where_their_donors_wished(bank, mailoutbox):
    """B: return, another project, keep for the association."""
    campaign = all_or_nothing()
    back = received(campaign, 1000, email="back@tiwizi.example", if_fails="return")
    keep = received(campaign, 2000, email="keep@tiwizi.example", if_fails="keep")
    move = received(campaign, 3000, email="move@tiwizi.example", if_fails="move")
    assert close(campaign).phase == "failed"
    for row, state in ((back, "refunded"), (keep, "kept"), (move, "received")):
        row.refresh_from_db()
        assert row.state == state
    assert Refund.objects.get().amount_minor == 1000
    assert Tally.objects.get(campaign=campaign).received_minor == 3000
    deliver_letters()
    assert [mail for mail in mailoutbox if "move@tiwizi.example" in mail.to][-1]
    closing.endings.late(timezone.now())
    assert Refund.objects.count() == 1
    ClosingRun.objects.update(judged_at=timezone.now() - timedelta(days=31))
    closing.endings.late(timezone.now())
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [1000, 3000]


def test_a_refund_that_was_dropped_stays_dropped(bank):
    """The donor gave it anew: the run neither gives it back again nor turns for ever."""
    campaign = all_or_nothing()
    payment = received(campaign, 1000)
    close(campaign)
    refunds.drop(Refund.objects.get(), by=None)
    for _twice in range(2):
        closing.work()
    payment.refresh_from_db()
    assert payment.state == "received"
    assert Refund.objects.count() == 1


def test_nobody_promises_between_the_end_of_the_round_and_the_run(bank):
    campaign = two_rounds()
    end_today(campaign)
    with pytest.raises(pledges.NotTaking):
        promise(campaign)


def test_two_rounds_that_fail(bank):
    campaign = two_rounds()
    secured(campaign, 4000)
    assert close(campaign).phase == "failed"
    assert (campaign.state, campaign.round) == ("failed", 1)
    assert states(campaign) == ["released"]
    assert bank.done() == []


def test_two_rounds_that_succeed_go_on(bank):
    """B: round 1 is collected, then the campaign goes on to its optimum and keeps every gift."""
    campaign = two_rounds()
    secured(campaign, 10_000)
    assert close(campaign).phase == "succeeded"
    assert (campaign.state, campaign.round) == ("open", 2)
    assert campaign.takes_pledges()
    assert not campaign.is_conditional
    assert JournalEntry.objects.filter(verb="crowdfunding.campaign.continued").count() == 1
    pledge = promise(campaign, 500, email="second@tiwizi.example")
    pledges.cancel(pledge)
    assert closing.run(campaign).phase == "succeeded"


def test_a_silent_provider_is_asked_again_under_the_same_key(bank):
    """The answer was lost, the money was not: one charge, found when asked again."""
    campaign = all_or_nothing()
    secured(campaign, 10_000, "silent")
    run = close(campaign)
    assert (run.phase, states(campaign)) == ("charging", ["secured"])
    run = close(campaign)
    assert (run.phase, states(campaign)) == ("succeeded", ["received"])
    assert len(bank.charges()) == 1
    assert Payment.objects.filter(way="charge").count() == 1


def test_a_provider_that_stays_down_is_told_to_the_team_once_a_day(bank):
    campaign = all_or_nothing()
    secured(campaign, 10_000, "lost")
    for hours in (0, 1, 25, 26, 50):
        assert close(campaign, timedelta(hours=hours)).phase == "charging"
    assert JournalEntry.objects.filter(verb="crowdfunding.campaign.stalled").count() == 2


def test_a_debit_at_the_bank_is_waited_for(bank):
    """No verdict while a bank still works on money: seven days or not."""
    campaign = all_or_nothing()
    secured(campaign, 10_000, "slow")
    assert close(campaign).phase == "charging"
    assert close(campaign, 2 * WEEK).phase == "charging"
    bank.settle()
    assert close(campaign, 2 * WEEK).phase == "succeeded"


def test_cancelling_gives_everything_back_and_charges_nobody(bank):
    from plugins.crowdfunding.domain import campaigns

    campaign = all_or_nothing()
    secured(campaign, 9000)
    received(campaign, 3000, email="t@tiwizi.example")
    campaigns.cancel(campaign, by=None)
    closing.work()
    campaign.refresh_from_db()
    assert campaign.state == "cancelled"
    assert states(campaign) == ["refunded", "released"]
    assert Refund.objects.get().reason == "cancelled"
    assert bank.done() == []
    with pytest.raises(NotPossible):
        campaigns.cancel(campaign, by=None)


def test_a_card_stored_too_late_is_charged_or_released_as_the_others(bank):
    reached, missed = all_or_nothing(1000), all_or_nothing(1000)
    secured(reached, 1000)
    late = [secured(campaign, 500, email="late@tiwizi.example") for campaign in (reached, missed)]
    Pledge.objects.filter(pk__in=[row.pk for row in late]).update(state="started")
    Tally.objects.update(promises=0, promised_minor=0)
    Tally.objects.filter(campaign=reached).update(promises=1, promised_minor=1000)
    close(reached)
    close(missed)
    for row in late:
        store(Pledge.objects.get(pk=row.pk), row.mandate.account)
    closing.work()
    assert [states(reached), states(missed)] == [["received", "received"], ["released"]]
    assert Campaign.objects.get(pk=missed.pk).state == "failed"
