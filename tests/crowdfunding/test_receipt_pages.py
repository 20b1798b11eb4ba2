"""The pages of tax receipts: the treasurer's and the donor's."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from plugins.crowdfunding.domain import receipt_donors, receipts
from plugins.crowdfunding.models import Campaign, DonorIdentity, ReceiptIssuer, TaxReceipt
from plugins.crowdfunding.tasks import issue_receipts
from tests.crowdfunding.factories import CampaignFactory, manager, received, treasurer
from tests.crowdfunding.money_way import THIS_YEAR, gift, receiptable
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
IDENTITY = {
    "first_name": "Zahra",
    "last_name": "Essai",
    "street": "3 allée d’Essai",
    "postcode": "95100",
    "town": "Argenteuil",
    "country": "France",
}
ISSUER = {
    "name": "Horizon d’essai",
    "siren": "732 829 320",
    "rna": "",
    "category": "general",
    "object": "L’eau",
    "street": "1 rue d’Essai",
    "postcode": "95100",
    "town": "Argenteuil",
    "country": "France",
    "signatory": "Zahra",
    "capacity": "trésorière",
    "able": "on",
}


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/receipts/"


def test_from_the_treasurer_s_word_to_the_donor_s_pdf(client):
    """The whole way: able, eligible, asked for after giving, issued, read, cancelled."""
    campaign = CampaignFactory()
    private = received(campaign).pledge.get_absolute_url()
    assert "receipt/" not in client.get(private).content.decode()
    client.force_login(treasurer(campaign.collector))
    allow(client, campaign)
    client.logout()
    ask(client, private)
    client.force_login(treasurer(campaign.collector))
    receipt = issued(client, campaign)
    client.logout()
    read(client, private, receipt)
    client.force_login(treasurer(campaign.collector))
    replace(client, campaign, receipt)


def allow(client, campaign) -> None:
    """Only an organisation that said what it is may call a campaign eligible, and only with its word."""
    eligible = f"{base(campaign)}campaigns/{campaign.slug}/"
    assert client.post(eligible, {"confirmed": "on"}).url.endswith("/issuer/")
    assert client.post(f"{base(campaign)}issuer/", ISSUER).status_code == 302
    assert client.post(eligible, {}).status_code == 422
    assert client.post(eligible, {"confirmed": "on"}).status_code == 302
    assert Campaign.objects.get().receipts_eligible


def ask(client, private) -> None:
    """The donor says who they are, whole."""
    url = f"{private}receipt/"
    assert url in client.get(private).content.decode()
    assert client.post(url, IDENTITY | {"street": ""}).status_code == 422
    assert client.post(url, IDENTITY).status_code == 302


def issued(client, campaign) -> TaxReceipt:
    """The treasurer issues the year, twice, and has one receipt."""
    assert "Zahra Essai" in client.get(base(campaign)).content.decode()
    issue = f"{base(campaign)}issue/"
    assert client.get(f"{issue}?year={THIS_YEAR}").status_code == 200
    assert client.post(issue, {"year": THIS_YEAR}).status_code == 302
    assert client.post(issue, {"year": THIS_YEAR}).status_code == 302
    receipt = TaxReceipt.objects.get()
    assert client.get(f"{base(campaign)}{receipt.uid}/pdf/").content.startswith(b"%PDF")
    return receipt


def read(client, private, receipt) -> None:
    """The donor opens it and can no longer change whose it is."""
    assert receipt.label in client.get(private).content.decode()
    assert client.get(f"{private}receipt/{receipt.uid}/")["Content-Type"] == "application/pdf"
    assert client.post(f"{private}receipt/", IDENTITY | {"last_name": "Autre"}).status_code == 302
    assert DonorIdentity.objects.get().last_name == "Essai"


def replace(client, campaign, receipt) -> None:
    """Cancelled with a reason, once, and another stands in its place."""
    cancel = f"{base(campaign)}{receipt.uid}/cancel/"
    assert client.post(cancel, {}).status_code == 422
    assert client.post(cancel, {"reason": "mistake", "replace": "on"}).status_code == 302
    assert client.post(cancel, {"reason": "mistake"}).status_code == 302
    assert [row.state for row in TaxReceipt.objects.order_by("number")] == ["cancelled", "issued"]
    newer = TaxReceipt.objects.get(state="issued")
    page = client.get(base(campaign)).content.decode()
    assert page.count(newer.label) >= 2  # itself, and by what it is replaced


def test_a_receipt_of_several_gifts_opens_by_its_letter_only(client):
    """A stranger who typed the same name and address does not read the other gifts."""
    campaign = receiptable()
    mine, other = gift(campaign, 5000), gift(campaign, 700)
    receipts.issue_year(campaign.collector, THIS_YEAR, by=None)
    receipt = TaxReceipt.objects.get()
    for payment in (mine, other):
        private = payment.pledge.get_absolute_url()
        assert client.get(f"{private}receipt/{receipt.uid}/").status_code == 404
        assert receipt.label in client.get(private).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"siren": "732829321"},
        {"siren": "12"},
        {"siren": "", "rna": ""},
        {"rna": "X1"},
        {"category": "none"},
        {"name": ""},
        {"recognised_on": "x"},
    ],
)
def test_a_wrong_issuer_is_refused(client, wrong):
    campaign = CampaignFactory()
    client.force_login(treasurer(campaign.collector))
    assert client.post(f"{base(campaign)}issuer/", ISSUER | wrong).status_code == 422
    assert not ReceiptIssuer.objects.exists()


def test_taking_the_word_back_stops_the_receipts(client):
    campaign = receiptable()
    gift(campaign)
    client.force_login(treasurer(campaign.collector))
    without = {name: value for name, value in ISSUER.items() if name != "able"}
    assert client.post(f"{base(campaign)}issuer/", without).status_code == 302
    client.post(f"{base(campaign)}issue/", {"year": THIS_YEAR})
    assert not TaxReceipt.objects.exists()


def test_names_on_paper_are_entered_by_the_treasurer(client):
    campaign = receiptable()
    payment = received(campaign)
    client.force_login(treasurer(campaign.collector))
    url = f"{base(campaign)}donors/{payment.pledge.uid}/"
    assert url in client.get(base(campaign)).content.decode()
    assert client.post(url, IDENTITY | {"town": " "}).status_code == 422
    assert client.post(url, IDENTITY).status_code == 302
    assert [donor.minor for donor in receipt_donors.donors(campaign.collector, THIS_YEAR)] == [5000]


@pytest.mark.parametrize(
    "page", ["", "issuer/", "issue/", "campaigns/{slug}/", "donors/{pledge}/", "{uid}/cancel/", "{uid}/pdf/"]
)
def test_only_the_treasurer(client, page):
    campaign = receiptable()
    payment = gift(campaign)
    receipts.issue_year(campaign.collector, THIS_YEAR, by=None)
    uid = TaxReceipt.objects.get().uid
    url = base(campaign) + page.format(slug=campaign.slug, pledge=payment.pledge.uid, uid=uid)
    assert client.get(url).status_code == 302
    for person in (
        PersonFactory(),
        PersonFactory(is_animator=True),
        manager(campaign.collector),
        treasurer(CampaignFactory().collector),
    ):
        client.force_login(person)
        assert client.get(url).status_code == 403
        assert client.post(url, {}).status_code in {403, 405}


@pytest.mark.parametrize("asked", ["1999", "x", "٢٠٢٦", "99999", ""])
def test_a_year_that_is_none_is_this_one(client, asked):
    campaign = receiptable()
    client.force_login(treasurer(campaign.collector))
    assert f"year={THIS_YEAR}" in client.get(base(campaign), {"year": asked, "after": asked}).content.decode()


def test_what_one_page_does_not_issue_a_worker_does(client, monkeypatch):
    campaign = receiptable()
    for index in range(3):
        gift(campaign, email=f"d{index}@tiwizi.example")
    keeper = treasurer(campaign.collector)
    client.force_login(keeper)
    monkeypatch.setattr(receipts, "BATCH", 1)
    page = client.post(f"{base(campaign)}issue/", {"year": THIS_YEAR}, follow=True).content.decode()
    assert TaxReceipt.objects.count() == 1
    assert "2" in page
    assert issue_receipts.func(campaign.collector.pk, THIS_YEAR, keeper.pk) == 2
    assert set(TaxReceipt.objects.values_list("issued_by", flat=True)) == {keeper.pk}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_at_any_length(client, number, django_assert_max_num_queries):
    campaign = receiptable()
    for index in range(number):
        gift(campaign, email=f"a{index}@tiwizi.example")
        received(campaign, email=f"b{index}@tiwizi.example")
    receipts.issue_year(campaign.collector, THIS_YEAR, by=None)
    for index in range(number):
        gift(campaign, email=f"c{index}@tiwizi.example")
    client.force_login(treasurer(campaign.collector))
    client.get(base(campaign))
    with django_assert_max_num_queries(15):
        assert client.get(base(campaign)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_receipts_are_issued_at_once():
    """On PostgreSQL eight threads at once; SQLite lets one write at a time, the threads wait for each other."""
    campaign = receiptable()
    waiting = [receipt_donors.single(gift(campaign, email=f"d{index}@tiwizi.example")) for index in range(12)]
    faults = []

    def issue(part):
        try:
            for donor in part:
                receipts.issue(donor, by=None)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    parts = 4 if connection.vendor == "postgresql" else 2
    threads = [threading.Thread(target=issue, args=(waiting[at::parts],)) for at in range(parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(TaxReceipt.objects.values_list("number", flat=True)) == list(range(1, 13))
