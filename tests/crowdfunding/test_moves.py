"""A gift changes its project: never in both, money in balance in two ledgers, tallies that follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import audit, changes, checkouts, ledger, moves, payments, rules
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways import demo_bank
from plugins.crowdfunding.models import Campaign, Payment, Pledge, Tally, Transaction
from tests.crowdfunding.factories import CampaignFactory, donor_by_card, promise, receipt, received
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return CampaignFactory(collector=OrganisationFactory())


@pytest.fixture
def there(here):
    return CampaignFactory(collector=here.collector)


def tally(campaign):
    row = Tally.objects.get(campaign=campaign)
    return row.promised_minor, row.promises, row.received_minor, row.gifts, row.backers


def sound():
    return [fault for found in audit.run() for fault in found.faults] == [] and not list(audit.of_campaigns())


def secured(campaign, act="pay"):
    """A pledge with a stored card."""
    payment = checkouts.begin(donor_by_card(campaign), channel="card", return_url="x", cancel_url="x")
    demo_bank.press(payment.session, act)
    checkouts.follow(payment)
    return Pledge.objects.get(pk=payment.pledge_id)


def test_a_promise_moves_once_with_a_code_and_a_link_of_its_own(here, there, mailoutbox):
    old = promise(here, name="Zahra", message="pour ici")
    new = moves.move(old, there)
    assert moves.move(old, there).pk == new.pk
    old.refresh_from_db()
    assert (old.state, new.state, new.moved_from_id) == ("moved", "pledged", old.pk)
    assert new.code != old.code
    assert new.token != old.token
    assert (new.name, new.message) == ("Zahra", "")
    assert (tally(here), tally(there)) == ((0, 0, 0, 0, 0), (5000, 1, 0, 0, 0))
    deliver_letters()
    assert new.token in mailoutbox[-1].body
    payments.receive(new, receipt(), by=None)
    assert tally(there) == (0, 0, 5000, 1, 1)
    assert sound()


def test_received_money_of_a_campaign_that_is_over_moves_between_ledgers(here, there):
    """D15: both ledgers balance, the sum of both is what came; moved on again it is still there once."""
    payment = received(here)
    Campaign.objects.filter(pk=here.pk).update(state="failed")
    new = moves.move(Pledge.objects.get(), there)
    payment.refresh_from_db()
    assert (payment.state, new.state) == ("moved", "received")
    assert ledger.balances(here.project) == [money(0, "EUR")]
    assert ledger.balances(there.project) == [money(5000, "EUR")]
    assert (tally(here), tally(there)) == ((0, 0, 0, 0, 0), (0, 0, 5000, 1, 1))
    assert Transaction.objects.filter(kind="move").count() == 2
    assert sound()
    third = CampaignFactory(collector=here.collector)
    Campaign.objects.filter(pk=there.pk).update(state="cancelled")
    last = moves.move(new, third)
    assert ledger.balances(third.project) == [money(5000, "EUR")]
    assert ledger.balances(there.project) == [money(0, "EUR")]
    assert last.payments.get().received_on == payment.received_on
    assert sound()


def test_money_moves_within_one_project_too(here):
    other = CampaignFactory(collector=here.collector, project=here.project)
    received(here)
    Campaign.objects.filter(pk=here.pk).update(state="failed")
    moves.move(Pledge.objects.get(), other)
    assert ledger.balances(here.project) == [money(5000, "EUR")]
    assert sound()


def test_received_money_of_a_campaign_that_runs_stays(here, there):
    received(here)
    with pytest.raises(NotPossible):
        moves.move(Pledge.objects.get(), there)
    assert not moves.may_move(Pledge.objects.get())


@pytest.mark.parametrize(
    "change",
    [
        {"collector": "other"},
        {"currency": "MAD"},
        {"state": "closed"},
        {"hidden": True},
        {"minimum_minor": 9000},
        {"opens_on": timezone.localdate() + timedelta(days=1)},
    ],
)
def test_only_open_campaigns_of_the_same_collector_and_currency(here, there, change):
    change = {**change, **({"collector": OrganisationFactory()} if "collector" in change else {})}
    Campaign.objects.filter(pk=there.pk).update(**change)
    old = promise(here)
    assert not moves.targets(old).exists()
    with pytest.raises(moves.WrongTarget):
        moves.move(old, there)
    with pytest.raises(moves.WrongTarget):
        moves.move(old, here)
    assert Pledge.objects.get().state == "pledged"


def test_a_stored_card_moved_to_a_campaign_that_keeps_is_charged(here, there):
    Campaign.objects.filter(pk=here.pk).update(kind="all_or_nothing", needed_minor=5000)
    here.refresh_from_db()
    new = moves.move(secured(here), there)
    assert new.state == "secured"
    assert changes.sweep_moved() == 1
    new.refresh_from_db()
    assert new.state == "received"
    assert (tally(here), tally(there)) == ((0, 0, 0, 0, 0), (0, 0, 5000, 1, 1))
    assert changes.sweep_moved() == 0
    assert sound()


def test_a_moved_card_that_is_refused_asks_the_donor(here, there):
    Campaign.objects.filter(pk=here.pk).update(kind="all_or_nothing", needed_minor=5000)
    here.refresh_from_db()
    new = moves.move(secured(here, "refused_later"), there)
    changes.pay_moved(new)
    new.refresh_from_db()
    assert new.state == "due"
    assert tally(there)[:2] == (5000, 1)
    assert sound()


def test_nothing_moves_in_the_last_24_hours(here, there):
    today = timezone.localdate()
    Campaign.objects.filter(pk=here.pk).update(kind="all_or_nothing", needed_minor=5000, closes_on=today)
    old = promise(Campaign.objects.get(pk=here.pk))
    assert not moves.may_move(Pledge.objects.get())
    with pytest.raises(rules.Frozen):
        moves.move(old, there)


def test_what_the_bank_has_does_not_move(here, there):
    payment = checkouts.begin(
        donor_by_card(here, way="debit"), channel="debit", return_url="x", cancel_url="x"
    )
    demo_bank.press(payment.session, "pay")
    checkouts.follow(payment)
    old = Pledge.objects.get()
    with pytest.raises(NotPossible):
        moves.move(old, there)
    with pytest.raises(NotPossible):
        changes.cancel(old)


def test_an_open_page_is_shut_before_anything_changes(here):
    """Cancelled here, it cannot be paid there; paid there first, it cannot be cancelled here."""
    shut = checkouts.begin(donor_by_card(here), channel="card", return_url="x", cancel_url="x")
    changes.cancel(shut.pledge)
    with pytest.raises(demo_bank.NotOffered):
        demo_bank.press(shut.session, "pay")
    quick = checkouts.begin(donor_by_card(here), channel="card", return_url="x", cancel_url="x")
    demo_bank.press(quick.session, "pay")
    with pytest.raises(NotPossible):
        changes.cancel(quick.pledge)
    assert Payment.objects.get(pk=quick.pk).state == "received"
    assert sorted(Pledge.objects.values_list("state", flat=True)) == ["cancelled", "received"]
    assert sound()


def test_to_transfer_and_back(here):
    payment = checkouts.begin(donor_by_card(here), channel="card", return_url="x", cancel_url="x")
    row = changes.to_transfer(payment.pledge)
    assert (row.state, row.channel, tally(here)[1]) == ("pledged", "transfer", 1)
    assert changes.to_transfer(row).state == "pledged"
    assert tally(here)[1] == 1
    with pytest.raises(demo_bank.NotOffered):
        demo_bank.press(payment.session, "pay")


def test_links_go_to_the_address_alone_and_once_in_ten_minutes(here, mailoutbox):
    promise(here)
    promise(here, 7000)
    deliver_letters()
    before = len(mailoutbox)
    for _time in range(3):
        changes.send_links("donor@tiwizi.example", "fr")
        changes.send_links("nobody@tiwizi.example", "fr")
    deliver_letters()
    assert len(mailoutbox) == before + 1
    assert all(row.token in mailoutbox[-1].body for row in Pledge.objects.all())
    assert mailoutbox[-1].to == ["donor@tiwizi.example"]


def test_reasons_are_told_in_the_readers_language():
    from django.utils import translation

    from plugins.crowdfunding.domain import situations

    with translation.override("fr"):
        assert "expiré" in situations.sentence("expired_card")
        assert situations.sentence("a_code_of_tomorrow") == situations.sentence("")
