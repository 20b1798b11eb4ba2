"""Passing on: who collects, who receives and what has been passed on are three dated facts (D15, D26)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain import files
from core.models import JournalEntry
from core.money import CurrencyMismatch, money
from plugins.crowdfunding.domain import funds, ledger, payments, payouts
from plugins.crowdfunding.domain.lifecycles import PAYOUT, NotPossible
from plugins.crowdfunding.models import Entry, Ledger, Payout, Transaction
from tests.crowdfunding.factories import CampaignFactory, manager, received, treasurer
from tests.crowdfunding.money_way import arrived, passing, photo, sent
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    made = passing()
    received(made, 10_000)
    return made


def accounts(campaign):
    """Balance of each account by its code without the organisation."""
    found = {}
    for entry in Entry.objects.filter(ledger__project=campaign.project).select_related("account"):
        side = {campaign.collector_id: "collector", campaign.receiver_id: "receiver"}
        key = (entry.account.kind, side[entry.account.organisation_id], entry.currency)
        found[key] = found.get(key, 0) + entry.amount_minor
    return {key: total for key, total in found.items() if total}


def test_sent_is_on_its_way_with_the_fee_apart(campaign):
    sent(campaign, 4000, 150)
    assert accounts(campaign) == {
        ("bank", "collector", "EUR"): 5850,
        ("transit", "collector", "EUR"): 4000,
        ("fees", "collector", "EUR"): 150,
        ("gifts", "collector", "EUR"): -10_000,
    }
    assert JournalEntry.objects.get(verb="crowdfunding.payout.sent").public


def test_arrived_in_dirhams_balances_each_currency(campaign):
    payout = arrived(sent(campaign), 43_250)
    assert accounts(campaign) == {
        ("bank", "collector", "EUR"): 6000,
        ("exchange", "collector", "EUR"): 4000,
        ("exchange", "receiver", "MAD"): -43_250,
        ("bank", "receiver", "MAD"): 43_250,
        ("gifts", "collector", "EUR"): -10_000,
    }
    assert payout.rate * 4000 == 43_250
    assert {balance.currency.code for balance in ledger.balances(campaign.project)} == {"EUR", "MAD"}


def test_what_is_missing_in_one_currency_is_a_fee(campaign):
    arrived(sent(campaign), 3950, "EUR")
    found = accounts(campaign)
    assert found["bank", "receiver", "EUR"] == 3950
    assert found["fees", "receiver", "EUR"] == 50
    with pytest.raises(payouts.NotPlausible):
        arrived(sent(campaign, 1000), 1001, "EUR")
    assert Payout.objects.filter(state="sent").count() == 1


@pytest.mark.parametrize(("minor", "fee"), [(10_001, 0), (9_900, 101), (10_000, 1)])
def test_never_more_than_is_there(campaign, minor, fee):
    with pytest.raises(funds.NotEnough) as refused:
        sent(campaign, minor, fee)
    assert refused.value.there == money(10_000, "EUR")
    assert Ledger.objects.get().length == 1
    sent(campaign, 9_900, 100)
    with pytest.raises(funds.NotEnough):
        sent(campaign, 1)


def test_another_campaign_s_money_is_not_passed_on(campaign):
    """Two campaigns of one project share a bank account in the ledger, not their gifts."""
    other = passing(project=campaign.project, collector=campaign.collector)
    received(other, 50_000, email="b@tiwizi.example")
    with pytest.raises(funds.NotEnough):
        sent(campaign, 10_001)


def test_cash_that_is_not_at_the_bank_cannot_leave_by_transfer():
    from tests.crowdfunding.factories import promise, receipt

    made = passing()
    payments.receive(promise(made), receipt(channel="cash"), by=None)
    with pytest.raises(funds.NotEnough):
        sent(made, 100)


def test_the_same_form_twice_is_one_transfer(campaign):
    first, again = (sent(campaign, key="k" * 32) for _ in range(2))
    assert first == again
    assert Ledger.objects.get().length == 2
    with pytest.raises(payouts.AlreadyUsed):
        sent(campaign, 4001, key="k" * 32)


def test_who_keeps_the_money_passes_nothing_on():
    own = CampaignFactory()
    received(own)
    with pytest.raises(payouts.NothingToPassOn):
        sent(own, 100)
    conditional = passing(kind="all_or_nothing", needed_minor=600_000)
    received(conditional)
    with pytest.raises(payouts.NothingToPassOn):
        sent(conditional, 100)


def test_another_currency_is_refused(campaign):
    transfer = payouts.Transfer(money(100, "MAD"), money(0, "EUR"), timezone.localdate())
    with pytest.raises(CurrencyMismatch):
        payouts.send(campaign, transfer, by=None, form_key="k" * 32)


def test_a_wrong_arrival_is_mirrored_and_waits_again(campaign):
    payout = arrived(sent(campaign), 430_000)
    payout = payouts.correct(payout, by=None)
    assert payout.state == "sent"
    assert ("bank", "receiver", "MAD") not in accounts(campaign)
    assert accounts(campaign)["transit", "collector", "EUR"] == 4000
    arrived(payout, 43_000)
    assert accounts(campaign)["bank", "receiver", "MAD"] == 43_000
    assert Transaction.objects.filter(kind="reversal").count() == 1


@pytest.mark.parametrize(("fee_back", "left"), [(True, 10_000), (False, 9_850)])
def test_a_transfer_that_came_back(campaign, fee_back, left):
    payout = payouts.returned(sent(campaign, 4000, 150), on=timezone.localdate(), fee_back=fee_back, by=None)
    assert payout.state == "returned"
    assert accounts(campaign)["bank", "collector", "EUR"] == left
    assert funds.of_campaign(campaign).available == money(left, "EUR")


def test_undone_leaves_everything_as_before(campaign):
    payouts.undo(sent(campaign, 4000, 150), by=None)
    assert accounts(campaign)["bank", "collector", "EUR"] == 10_000
    assert funds.of_campaign(campaign).available == money(10_000, "EUR")


@pytest.mark.parametrize("act", ["arrive", "return", "undo", "correct"])
def test_nothing_is_done_twice(campaign, act):
    acts = {
        "arrive": lambda row: arrived(row),
        "return": lambda row: payouts.returned(row, on=timezone.localdate(), fee_back=False, by=None),
        "undo": lambda row: payouts.undo(row, by=None),
        "correct": lambda row: payouts.correct(row, by=None),
    }
    row = sent(campaign)
    if act == "correct":
        row = arrived(row)
    acts[act](row)
    length = Ledger.objects.get().length
    with pytest.raises(NotPossible):
        acts[act](row)
    assert Ledger.objects.get().length == length


def test_the_table_of_transfers_is_closed():
    assert set(PAYOUT) == set(Payout.State)


def test_a_transfer_nobody_confirms_is_reminded_of_every_week(campaign):
    boss = manager(campaign.receiver)
    payout = sent(campaign)
    assert payouts.remind() == 0
    since = timezone.now() - timedelta(days=15)
    Payout.objects.filter(pk=payout.pk).update(waiting_since=since)
    assert (payouts.remind(), payouts.remind()) == (1, 0)
    Payout.objects.filter(pk=payout.pk).update(waiting_since=since - timedelta(days=7))
    assert payouts.remind() == 1
    arrived(Payout.objects.get())
    assert payouts.remind() == 0
    assert boss.is_active


def test_the_receiver_is_told_and_confirms_on_the_page(client, campaign, mailoutbox):
    """D26: sent by the one, confirmed by the other, each with its day."""
    from core.domain.notices import deliver

    keeper, boss = treasurer(campaign.collector), manager(campaign.receiver)
    base = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/payouts/"
    client.force_login(keeper)
    page = client.get(f"{base}{campaign.slug}/new/").content.decode()
    key = page.split('name="form_key" value="')[1].split('"')[0]
    data = {"amount": "40", "fee": "1,50", "sent_on": timezone.localdate().isoformat(), "form_key": key}
    asked = client.post(f"{base}{campaign.slug}/new/", data | {"file": photo()})
    assert asked.status_code == 200
    assert not Payout.objects.exists()
    kept = asked.content.decode().split('name="file_kept" value="')[1].split('"')[0]
    done = data | {"file_kept": kept, "step": "do"}
    assert client.post(f"{base}{campaign.slug}/new/", done).status_code == 302
    assert client.post(f"{base}{campaign.slug}/new/", done).status_code == 302
    payout = Payout.objects.get()
    assert (payout.amount_minor, payout.fee_minor, payout.proof.uploader) == (4000, 150, keeper)
    deliver()
    assert boss.email in [to for mail in mailoutbox for to in mail.to]
    arriving = f"/fr/crowdfunding/treasury/{campaign.receiver.slug}/payouts/{payout.uid}/arrived/"
    said = {"currency": "MAD", "amount": "432,50", "arrived_on": timezone.localdate().isoformat()}
    assert client.post(arriving, said | {"step": "do"}).status_code == 403
    client.force_login(boss)
    assert "10,8125" in client.post(arriving, said).content.decode()
    assert Payout.objects.get().state == "sent"
    assert client.post(arriving, said | {"step": "do"}).status_code == 302
    assert Payout.objects.get().arrived_minor == 43_250
    proof = client.get(f"/fr/crowdfunding/payouts/{payout.uid}/proof/")
    assert proof.content == files.read(payout.proof)
    client.force_login(PersonFactory(is_animator=True))
    assert client.get(f"/fr/crowdfunding/payouts/{payout.uid}/proof/").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"amount": "x"},
        {"sent_on": "2999-01-01"},
        {"sent_on": ""},
        {"form_key": "x"},
        {"amount": "101"},
    ],
)
def test_a_wrong_transfer_is_refused_with_the_form_filled(client, campaign, wrong):
    client.force_login(treasurer(campaign.collector))
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/payouts/{campaign.slug}/new/"
    data = {"amount": "40", "sent_on": timezone.localdate().isoformat(), "form_key": "k" * 32, "step": "do"}
    answer = client.post(url, data | wrong | {"file": photo()})
    assert answer.status_code == 422
    assert 'name="amount"' in answer.content.decode()
    assert client.post(url, data).status_code == 422  # without proof
    assert not Payout.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_at_any_length(client, campaign, number, django_assert_max_num_queries):
    for _ in range(number):
        sent(campaign, 100)
    client.force_login(treasurer(campaign.collector))
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/payouts/"
    client.get(url)
    with django_assert_max_num_queries(10):
        assert client.get(url).status_code == 200


def test_the_audit_finds_a_transfer_changed_behind_the_ledger(campaign):
    from plugins.crowdfunding.domain import audit

    row = sent(campaign)
    assert all(found.intact for found in audit.run(campaign.project))
    Payout.objects.filter(pk=row.pk).update(amount_minor=3999)
    faults = [fault for found in audit.run(campaign.project) for fault in found.faults]
    assert any("on their way in EUR" in fault for fault in faults)
    Payout.objects.filter(pk=row.pk).update(amount_minor=4000, uid="x" * 26)
    faults = [fault for found in audit.run(campaign.project) for fault in found.faults]
    assert len(faults) == 2


@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_never_spend_the_same_balance():
    """The balance is read under the ledger's lock."""
    import threading

    from django.db import OperationalError, connections

    made = passing()
    received(made, 10_000)
    done, refused = [], []

    def send(number):
        try:
            done.append(sent(made, 6_000, key=f"transfer-at-once-{number:016}"))
        except (funds.NotEnough, OperationalError) as error:  # SQLite may refuse to wait
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 3)
    assert funds.of_campaign(made).left == money(4_000, "EUR")
