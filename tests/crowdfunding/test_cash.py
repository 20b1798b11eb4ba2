"""The cash book: received by one, confirmed by another, numbered without gaps, declared until confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import audit, cash, payments, pledges, reminders
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import CashGift, Ledger, Payment, Pledge, Series, Tally
from tests.crowdfunding.factories import CampaignFactory, manager, promise, treasurer
from tests.factories import MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def taker(client, campaign):
    """The manager, who took money at the festival."""
    person = manager(campaign.collector)
    client.force_login(person)
    return person


@pytest.fixture
def keeper(campaign):
    return treasurer(campaign.collector)


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/cash/"


def filled(chosen, /, **fields):
    day = timezone.localdate().isoformat()
    data = {
        "campaign": chosen.pk,
        "amount": "120",
        "received_on": day,
        "name": "Aïcha",
        "form_key": "k" * 32,
    }
    return data | {"email": "aicha@tiwizi.example"} | fields


def took(campaign, by, minor=12_000, key="k" * 32):
    donor = pledges.Donor(email="aicha@tiwizi.example", name="Aïcha")
    taken = cash.Taken(money(minor, campaign.currency), timezone.localdate())
    return cash.declare(campaign, donor, taken, by=by, form_key=key)


def intact(campaign):
    assert [fault for one in audit.run(campaign.project) for fault in one.faults] == []
    assert list(audit.of_campaigns(campaign.project)) == []


def test_taken_by_one_confirmed_by_another(client, campaign, taker, keeper, mailoutbox):
    """DOMAIN 5: declared cash is a promise; the treasurer's word makes it money, ledger and letters follow."""
    answer = client.post(f"{base(campaign)}declare/", filled(campaign))
    gift = CashGift.objects.get()
    assert answer.url == f"{base(campaign)}{gift.uid}/"
    assert client.post(f"{base(campaign)}declare/", filled(campaign)).url == answer.url
    assert f"{timezone.localdate().year}-0001" in client.get(answer.url).content.decode()
    tally = Tally.objects.get()
    assert (tally.promised_minor, tally.promises, tally.received_minor) == (12_000, 1, 0)
    assert not Payment.objects.exists()
    assert not Ledger.objects.exists()
    assert client.post(f"{base(campaign)}{gift.uid}/confirm/").status_code == 403
    client.force_login(keeper)
    assert client.get(f"{base(campaign)}{gift.uid}/confirm/").status_code == 200
    for _turn in range(2):
        assert client.post(f"{base(campaign)}{gift.uid}/confirm/").status_code == 302
    tally.refresh_from_db()
    assert (tally.promised_minor, tally.received_minor, tally.gifts) == (0, 12_000, 1)
    payment = Payment.objects.get()
    assert (payment.channel, payment.reference) == ("cash", gift.receipt_number)
    assert Ledger.objects.get().length == 1
    deliver_letters()
    subjects = [mail.subject for mail in mailoutbox if mail.to == ["aicha@tiwizi.example"]]
    assert len(subjects) == 2
    assert gift.receipt_number in subjects[0]
    intact(campaign)


def test_the_others_are_told_and_reminded_once_a_week(campaign, taker, keeper, mailoutbox):
    from core.domain.notices import deliver

    took(campaign, taker)
    deliver()
    told = [mail for mail in mailoutbox if mail.to == [keeper.email]]
    assert "120" in told[0].subject
    assert "/cash/" in told[0].body
    assert not [mail for mail in mailoutbox if mail.to == [taker.email]]
    late = timezone.now() + timedelta(days=4)
    assert cash.remind() == 0
    assert cash.remind(late) == cash.remind(late) == 1
    deliver_letters()
    assert len([mail for mail in mailoutbox if mail.to == [keeper.email]]) == 2


def test_nobody_confirms_what_one_took_not_even_by_another_account(campaign, taker):
    gift = took(campaign, taker)
    name, host = taker.email.split("@")
    twin = MembershipFactory(
        organisation=campaign.collector, role="treasurer", person=PersonFactory(email=f"{name}+caisse@{host}")
    ).person
    for person in (taker, twin):
        with pytest.raises(cash.SamePerson):
            cash.confirm(gift, by=person)
    assert not Payment.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        CashGift.objects.update(state="confirmed", decided_by=taker)


def test_two_persons_cannot_confirm_twice(campaign, taker, keeper):
    gift = took(campaign, taker)
    cash.confirm(gift, by=keeper)
    with pytest.raises(NotPossible):
        cash.confirm(gift, by=manager(campaign.collector))
    with pytest.raises(NotPossible):
        cash.refuse(gift, "twice", by=keeper)
    assert Payment.objects.count() == 1


def test_numbers_have_no_gap_whatever_fails(campaign, taker):
    """Refused forms, broken transactions and refused entries: 1, 2, 3."""
    other = CampaignFactory()
    assert took(campaign, taker, key="a" * 32).number == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        took(campaign, taker, key="b" * 32)
        raise RuntimeError
    with pytest.raises(cash.FormUsed):
        took(campaign, taker, 500, key="a" * 32)
    second = took(campaign, taker, key="c" * 32)
    cash.refuse(second, "mistake", by=taker)
    assert took(campaign, taker, key="d" * 32).number == 3
    assert took(other, manager(other.collector), key="e" * 32).number == 1
    assert sorted(CashGift.objects.filter(collector=campaign.collector).values_list("number", flat=True)) == [
        1,
        2,
        3,
    ]
    assert Series.objects.get(collector=campaign.collector).last == 3


def test_refused_cash_counts_nowhere_and_the_donor_is_told(client, campaign, taker, keeper, mailoutbox):
    gift = took(campaign, taker)
    client.force_login(keeper)
    url = f"{base(campaign)}{gift.uid}/refuse/"
    assert client.post(url, {}).status_code == 422
    for _turn in range(2):
        assert client.post(url, {"reason": "not_there"}).status_code == 302
    tally = Tally.objects.get()
    assert (tally.promised_minor, tally.promises) == (0, 0)
    assert Pledge.objects.get().state == "cancelled"
    deliver_letters()
    assert gift.receipt_number in mailoutbox[-1].subject
    assert client.get(f"/fr/crowdfunding/pledges/{gift.pledge.token}/cash/").status_code == 200
    intact(campaign)


def test_a_correction_has_its_own_number_and_waits_for_the_first_person(client, campaign, taker, keeper):
    """The treasurer counted less: a new receipt, which who corrected cannot confirm, but who took the money can."""
    gift = took(campaign, taker)
    client.force_login(keeper)
    url = f"{base(campaign)}{gift.uid}/correct/"
    same = {"amount": "120", "received_on": timezone.localdate().isoformat(), "form_key": "z" * 32}
    assert client.post(url, same).status_code == 422
    for _turn in range(2):
        assert client.post(url, same | {"amount": "110"}).status_code == 302
    gift.refresh_from_db()
    new = gift.replaced_by
    assert (gift.state, gift.reason, new.number, new.amount_minor) == ("corrected", "amount", 2, 11_000)
    assert Tally.objects.get().promised_minor == 11_000
    intact(campaign)
    assert client.post(f"{base(campaign)}{new.uid}/confirm/").status_code == 403
    client.force_login(taker)
    assert client.post(f"{base(campaign)}{new.uid}/confirm/").status_code == 302
    assert Tally.objects.get().received_minor == 11_000
    intact(campaign)


def test_cash_for_a_promise_of_the_site(client, campaign, keeper):
    """Mark received with cash: declared, the promise goes on waiting for nothing but the second person."""
    client.force_login(keeper)
    pledge = promise(campaign)
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/pledges/{pledge.uid}/receive/"
    data = {"amount": "60", "received_on": timezone.localdate().isoformat(), "channel": "cash", "step": "do"}
    for _turn in range(2):
        assert client.post(url, data).status_code == 302
    gift = CashGift.objects.get()
    assert Tally.objects.get().promised_minor == 5000
    later = timezone.now() + timedelta(days=90)
    assert reminders.follow_up(later) == {"reminded": 0, "expired": 0}
    cash.confirm(gift, by=manager(campaign.collector))
    assert Tally.objects.get().received_minor == 6000
    intact(campaign)
    payments.undo(Payment.objects.get(), by=keeper, reason="mistake")
    assert client.post(url, data).status_code == 302
    cash.confirm(CashGift.objects.get(state="declared"), by=manager(campaign.collector))
    intact(campaign)


def test_a_promise_that_takes_no_money_any_more(client, campaign, taker, keeper):
    gift = took(campaign, taker)
    Pledge.objects.update(state="released")
    Tally.objects.update(promised_minor=0, promises=0)
    client.force_login(keeper)
    assert client.post(f"{base(campaign)}{gift.uid}/confirm/").status_code == 302
    assert 'class="message error"' in client.get(base(campaign)).content.decode()
    assert not Payment.objects.exists()
    cash.refuse(gift, "given_back", by=keeper)
    intact(campaign)


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "0"},
        {"amount": "x"},
        {"received_on": "2999-01-01"},
        {"received_on": "1926-11-20"},
        {"campaign": "0"},
        {"campaign": "9" * 30},
        {"email": "x"},
        {"form_key": ""},
    ],
)
def test_a_wrong_entry_is_refused_with_the_form_filled(client, campaign, taker, fields):
    answer = client.post(f"{base(campaign)}declare/", filled(campaign, **fields))
    assert answer.status_code == 422
    assert "Aïcha" in answer.content.decode()
    assert not CashGift.objects.exists()
    assert not Series.objects.exists()
