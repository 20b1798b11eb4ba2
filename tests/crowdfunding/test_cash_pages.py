"""The pages of the cash book: who may open and do what, the receipt on paper, the price of a long book."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from core.models import Membership
from plugins.crowdfunding.domain import cash
from plugins.crowdfunding.domain.statements import booking
from plugins.crowdfunding.models import BankLine, CashGift
from plugins.crowdfunding.privacy import treasury as treasury_privacy
from tests.crowdfunding.factories import CampaignFactory, manager, promise, treasurer
from tests.crowdfunding.statement_files import came
from tests.crowdfunding.statement_files import took as bank
from tests.crowdfunding.test_cash import base, took
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def taker(campaign):
    return manager(campaign.collector)


@pytest.fixture
def keeper(campaign):
    return treasurer(campaign.collector)


def test_who_takes_and_who_confirms(client, campaign, taker, keeper):
    """Every role × every page; without a role nothing, also for animators."""
    gift = took(campaign, PersonFactory())
    helper = PersonFactory(is_animator=True)
    MembershipFactory(organisation=campaign.collector, role="member", person=helper)
    agent = MembershipFactory(organisation=campaign.collector, role="agent").person
    pages = {page: f"{base(campaign)}{page}".format(uid=gift.uid) for page in PAGES}
    takes = {"", "declare/", "{uid}/", "{uid}/receipt.pdf"}
    allowed = {taker: set(PAGES), keeper: set(PAGES), agent: takes, helper: takes}
    allowed |= {PersonFactory(): set(), PersonFactory(is_animator=True): set()}
    allowed[MembershipFactory(organisation=campaign.collector, role="member").person] = set()
    allowed[treasurer(OrganisationFactory())] = set()
    for person, may in allowed.items():
        client.force_login(person)
        for page, url in pages.items():
            assert (client.get(url).status_code == 200) == (page in may), (person, page)
            if page not in may:
                assert client.post(url, {}).status_code == 403, (person, page)
    client.logout()
    assert {"/account/" in client.get(url).url for url in pages.values()} == {True}
    Membership.objects.filter(person=keeper).update(until=timezone.localdate())
    client.force_login(keeper)
    assert client.post(pages["{uid}/confirm/"]).status_code == 403
    assert CashGift.objects.get().state == "declared"


PAGES = ("", "declare/", "{uid}/", "{uid}/receipt.pdf", "{uid}/confirm/", "{uid}/refuse/", "{uid}/correct/")


def test_the_receipt_on_paper_and_as_pdf(client, campaign, taker):
    gift = took(campaign, taker)
    url = f"/fr/crowdfunding/pledges/{gift.pledge.token}/cash/"
    client.logout()
    page = client.get(url)
    assert gift.receipt_number in page.content.decode()
    assert "no-store" in page["Cache-Control"] or "no-cache" in page["Cache-Control"]
    for language in ("fr", "ar"):
        document = client.get(f"/{language}/crowdfunding/pledges/{gift.pledge.token}/cash/receipt.pdf")
        assert document["Content-Type"] == "application/pdf"
        assert document.content.startswith(b"%PDF")
    assert (
        client.get(
            f"/fr/crowdfunding/pledges/{promise(campaign, email='z@x.example').token}/cash/"
        ).status_code
        == 404
    )
    assert client.get("/fr/crowdfunding/pledges/none/cash/").status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_the_book_costs_the_same_at_any_length(
    client, campaign, taker, keeper, number, django_assert_max_num_queries
):
    for index in range(number):
        took(campaign, keeper, 1000 + index, key=f"{index}" * 32)
        cash.confirm(took(campaign, keeper, 2000 + index, key=f"x{index}" * 16), by=taker)
    client.force_login(taker)
    page = client.get(base(campaign)).content.decode()
    assert len(re.findall(r"/confirm/", page)) == number
    with django_assert_max_num_queries(17):
        client.get(base(campaign))


def test_the_donor_s_page_asks_for_nothing_once_cash_was_given(client, campaign, taker, keeper):
    """No transfer to make, nothing to cancel: the receipt; and still there when it is confirmed."""
    gift = took(campaign, taker)
    url = gift.pledge.get_absolute_url()
    page = client.get(url).content.decode()
    assert f"{url}cash/" in page
    assert f"{url}cancel/" not in page
    assert "IBAN" not in page
    cash.confirm(gift, by=keeper)
    assert f"{url}cash/" in client.get(url).content.decode()


def test_a_person_gets_all_of_it_and_leaves_only_amounts(campaign, taker, keeper):
    """Exported with the words of the bank; erased from them, and the same file brings nothing back."""
    donor = PersonFactory(email="aicha@tiwizi.example")
    gift = took(campaign, taker)
    pledge = promise(campaign, email=donor.email, name="Aïcha")
    lines = [came(text=f"{pledge.code} AICHA", counterparty="AICHA B")]
    bank(campaign, keeper, *lines)
    booking.book(BankLine.objects.get(), pledge, by=keeper)
    (line,) = treasury_privacy.export_lines(donor)
    assert (line["counterparty"], line["amount"]) == ("AICHA B", "50\u00a0€")
    assert [row["receipt"] for row in treasury_privacy.export_cash(donor)] == [gift.receipt_number]
    assert [row["taken"] for row in treasury_privacy.export_cash(taker)] == [True]
    treasury_privacy.erase_lines(donor)
    row = BankLine.objects.get()
    assert (row.counterparty, row.text, row.amount_minor) == ("", "", 5000)
    bank(campaign, keeper, *lines, came(100))
    assert BankLine.objects.count() == 2
