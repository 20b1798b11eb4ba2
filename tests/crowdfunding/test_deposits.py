"""Cash and cheques brought to the bank: moved in the ledger, never more than there is, undone by a mirror."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import audit, deposits, ledger, payments, spending
from plugins.crowdfunding.models import Account, Deposit, DepositPart, Entry, Transaction
from tests.crowdfunding.factories import CampaignFactory, manager, promise, receipt, treasurer
from tests.crowdfunding.money_way import spent
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/deposits/"


def paid(campaign, keeper, minor=5000, channel="cash", email="d@x.example"):
    pledge = promise(campaign, minor, email=email)
    return payments.receive(pledge, receipt(minor, campaign.currency, channel=channel), by=keeper)


def on(campaign, kind):
    """What an account of the project holds, in minor units."""
    rows = Entry.objects.filter(ledger__project=campaign.project, account__kind=kind)
    return sum(rows.values_list("amount_minor", flat=True))


def intact(project):
    assert [fault for one in audit.run(project) for fault in one.faults] == []


def slip(**fields):
    data = {"deposited_on": timezone.localdate().isoformat(), "reference": "B-12", "form_key": "s" * 32}
    return data | fields


def test_cash_of_two_projects_on_one_slip(client, campaign, keeper):
    """D15: the money changes its place and nothing else; each project's ledger says so."""
    second = CampaignFactory(collector=campaign.collector)
    paid(campaign, keeper)
    paid(second, keeper, 3000)
    one, two = f"part_{campaign.project.pk}", f"part_{second.project.pk}"
    page = client.get(f"{base(campaign)}cash/").content.decode()
    assert 'value="50"' in page
    for _turn in range(2):
        assert client.post(f"{base(campaign)}cash/", slip(**{one: "50", two: "10"})).status_code == 302
    deposit = Deposit.objects.get()
    assert (deposit.amount_minor, deposit.parts.count()) == (6000, 2)
    assert (on(campaign, "cash"), on(campaign, "bank")) == (0, 5000)
    assert (on(second, "cash"), on(second, "bank")) == (2000, 1000)
    assert ledger.balances(second.project) == [money(3000, "EUR")]
    assert Transaction.objects.filter(kind="deposit").count() == 2
    for _turn in range(2):
        assert client.post(f"{base(campaign)}{deposit.uid}/undo/").status_code == 302
    assert (on(campaign, "cash"), on(campaign, "bank")) == (5000, 0)
    intact(campaign.project)
    intact(second.project)
    assert client.get(f"/fr/crowdfunding/ledger/{second.project.slug}/").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"part": "50,01"},
        {"part": "0"},
        {"part": ""},
        {"part": "x"},
        {"deposited_on": "2999-01-01"},
        {"deposited_on": "1999-01-01"},
        {"form_key": ""},
    ],
)
def test_a_wrong_slip_is_refused(client, campaign, keeper, fields):
    paid(campaign, keeper)
    fields = {
        f"part_{campaign.project.pk}" if name == "part" else name: value for name, value in fields.items()
    }
    whole = slip(**{f"part_{campaign.project.pk}": "50"})
    assert client.post(f"{base(campaign)}cash/", whole | fields).status_code == 422
    assert not Deposit.objects.exists()


def test_the_same_money_is_not_brought_twice(client, campaign, keeper):
    """Somebody was faster between form and domain; and one form is one deposit."""
    paid(campaign, keeper)
    facts = {"on": timezone.localdate(), "reference": "", "by": keeper}
    whole = {campaign.project: money(5000, "EUR")}
    deposits.bring_cash(campaign.collector, whole, form_key="a" * 32, **facts)
    with pytest.raises(deposits.MoreThanThere):
        deposits.bring_cash(campaign.collector, whole, form_key="b" * 32, **facts)
    with pytest.raises(deposits.AlreadyMade):
        deposits.bring_cash(
            campaign.collector, {campaign.project: money(1, "EUR")}, form_key="a" * 32, **facts
        )
    with pytest.raises(deposits.NotADeposit):
        deposits.bring_cash(campaign.collector, {}, form_key="c" * 32, **facts)
    assert (Deposit.objects.count(), on(campaign, Account.Kind.BANK)) == (1, 5000)
    intact(campaign.project)


def test_euros_and_dirhams_are_never_on_one_slip(client, campaign, keeper):
    moroccan = CampaignFactory(collector=campaign.collector, currency="MAD", project=campaign.project)
    paid(campaign, keeper)
    paid(moroccan, keeper, 7000)
    page = client.get(f"/fr/crowdfunding/treasury/{campaign.collector.slug}/cash/").content.decode()
    assert "?currency=EUR" in page
    assert "?currency=MAD" in page
    part = f"part_{campaign.project.pk}"
    assert client.post(f"{base(campaign)}cash/?currency=MAD", slip(**{part: "70"})).status_code == 302
    assert Deposit.objects.get().currency == "MAD"
    assert on(campaign, "cash") == 5000
    intact(campaign.project)


def test_cheques_are_ticked_and_a_bounced_one_leaves_the_bank(client, campaign, keeper):
    """A cheque the bank took back after its deposit is in neither place."""
    one, two = paid(campaign, keeper, 5000, "cheque"), paid(campaign, keeper, 2000, "cheque", "e@x.example")
    url = f"{base(campaign)}cheques/"
    assert client.post(url, slip()).status_code == 422
    assert client.post(url, slip(cheques=["x", "0"])).status_code == 422
    assert client.post(url, slip(cheques=[one.pk, two.pk])).status_code == 302
    assert (on(campaign, "cheques"), on(campaign, "bank")) == (0, 7000)
    assert client.post(url, slip(cheques=[one.pk], form_key="t" * 32)).status_code == 422
    undo = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/payments/{one.uid}/undo/"
    assert client.post(undo, {"reason": "returned"}).status_code == 302
    assert (on(campaign, "cheques"), on(campaign, "bank"), on(campaign, "gifts")) == (0, 2000, -2000)
    intact(campaign.project)
    assert client.post(f"{base(campaign)}{Deposit.objects.get().uid}/undo/").status_code == 302
    assert (on(campaign, "cheques"), on(campaign, "bank")) == (2000, 0)
    assert not DepositPart.objects.filter(undone_at=None).exists()
    assert list(deposits.cheques(campaign.collector)) == [two]
    intact(campaign.project)


def test_a_deposit_already_passed_on_is_not_undone(client, campaign, keeper):
    """The bank account never holds less than nothing: what left it is taken back first."""
    paid(campaign, keeper)
    amounts = {campaign.project: money(5000, "EUR")}
    facts = {"on": timezone.localdate(), "reference": "", "by": keeper, "form_key": "k" * 32}
    deposit = deposits.bring_cash(campaign.collector, amounts, **facts)
    made = spent(campaign, 4000, "EUR", organisation=campaign.collector)
    answer = client.post(f"{base(campaign)}{deposit.uid}/undo/", follow=True)
    assert answer.status_code == 200
    assert "déjà" in answer.content.decode()
    assert (on(campaign, "bank"), on(campaign, "cash")) == (1000, 0)
    spending.undo(made, by=keeper)
    deposits.undo(deposit, by=keeper)
    assert (on(campaign, "bank"), on(campaign, "cash")) == (0, 5000)
    intact(campaign.project)


def test_cash_at_the_bank_is_not_undone_before_its_deposit(client, campaign, keeper):
    """The cash box never holds less than nothing."""
    payment = paid(campaign, keeper)
    amounts = {campaign.project: money(5000, "EUR")}
    facts = {"on": timezone.localdate(), "reference": "", "by": keeper, "form_key": "k" * 32}
    deposit = deposits.bring_cash(campaign.collector, amounts, **facts)
    page = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/payments/{payment.uid}/undo/"
    answer = client.post(page, {"reason": "mistake"}, follow=True)
    assert answer.status_code == 200
    assert "déposées en banque" in answer.content.decode()
    assert (on(campaign, "bank"), on(campaign, "cash")) == (5000, 0)
    deposits.undo(deposit, by=keeper)
    client.post(page, {"reason": "mistake"})
    payment.refresh_from_db()
    assert (payment.state, on(campaign, "bank"), on(campaign, "cash")) == ("reversed", 0, 0)
    intact(campaign.project)


def test_only_own_cheques(client, campaign, keeper):
    other = CampaignFactory()
    cheque = paid(other, keeper, 5000, "cheque")
    assert client.post(f"{base(campaign)}cheques/", slip(cheques=[cheque.pk])).status_code == 422
    with pytest.raises(deposits.NotADeposit):
        facts = {"on": timezone.localdate(), "reference": "", "by": keeper, "form_key": "q" * 32}
        deposits.bring_cheques(campaign.collector, [cheque], **facts)
    assert not Deposit.objects.exists()


def test_only_the_treasurer(client, campaign, keeper):
    paid(campaign, keeper)
    facts = {"on": timezone.localdate() - timedelta(days=1), "reference": "", "by": keeper}
    made = deposits.bring_cash(
        campaign.collector, {campaign.project: money(100, "EUR")}, form_key="a" * 32, **facts
    )
    pages = [base(campaign) + page for page in ("", "cash/", "cheques/", f"{made.uid}/undo/")]
    assert {client.get(url).status_code for url in pages} == {200}
    others = [PersonFactory(), manager(campaign.collector), PersonFactory(is_animator=True)]
    for person in [*others, treasurer(OrganisationFactory())]:
        client.force_login(person)
        assert {client.get(url).status_code for url in pages} == {403}
        assert {client.post(url, slip()).status_code for url in pages} == {403}
    assert Deposit.objects.get().undone_at is None
