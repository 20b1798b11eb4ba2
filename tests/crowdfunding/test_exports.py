"""Accounts as files: whole, balanced, streamed, harmless in a spreadsheet, for the treasurer alone."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.models import JournalEntry
from plugins.crowdfunding.domain import exports, fec, payments, payouts, spending
from tests.crowdfunding.factories import manager, promise, received, treasurer
from tests.crowdfunding.money_way import arrived, passing, sent, spent
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = exports.Period(TODAY - timedelta(days=300), TODAY)


def table(pieces, delimiter=";"):
    text = "".join(pieces).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter, quotechar='"'))


@pytest.fixture
def campaign():
    made = passing()
    received(made, 100_050, name="Zahra")
    return made


def test_each_gift_is_a_row_with_its_amounts(campaign):
    promise(campaign, 700, email="b@tiwizi.example")
    row, *others = table(exports.payments(campaign.collector, YEAR))
    assert others == []
    assert (row["amount"], row["currency"], row["name"], row["state"]) == (
        "1000,50",
        "EUR",
        "Zahra",
        "received",
    )
    assert len(table(exports.pledges(campaign.collector, YEAR))) == 2
    assert table(exports.payments(campaign.receiver, YEAR)) == []


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(campaign, text):
    """What a donor types never runs on the treasurer's computer."""
    pledge = promise(campaign, name="x", email="b@tiwizi.example")
    type(pledge).objects.filter(pk=pledge.pk).update(name=text)
    rows = table(exports.pledges(campaign.collector, YEAR))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert exports.safe(text).endswith(text)


def test_donors_are_summed_per_currency(campaign):
    received(campaign, 950, name="Zahra")
    mad = passing(currency="MAD", collector=campaign.collector)
    received(mad, 100)
    rows = table(exports.donors(campaign.collector, YEAR))
    assert sorted((row["amount"], row["currency"], row["gifts"]) for row in rows) == [
        ("1,00", "MAD", "1"),
        ("1010,00", "EUR", "2"),
    ]


def test_donors_without_address_are_not_one_person(campaign):
    for _turn in range(2):
        payment = received(campaign, 500, email="n@tiwizi.example")
        type(payment.pledge).objects.filter(pk=payment.pledge_id).update(email="", donor=payment.uid[:26])
    assert len(table(exports.donors(campaign.collector, YEAR))) == 3


def test_each_campaign_with_what_it_passed_on_and_spent(campaign):
    sent(campaign, 40_000, 150)
    spent(campaign, 1000, "EUR", organisation=campaign.collector)
    passing(collector=campaign.collector)
    row = next(row for row in table(exports.projects(campaign.collector, YEAR)) if row["received"] != "0,00")
    assert (row["received"], row["fees"], row["passed on"], row["spent"]) == (
        "1000,50",
        "1,50",
        "400,00",
        "10,00",
    )


def minor(text):
    return int(text.replace(",", ""))


def pieces(organisation, currency="EUR"):
    """Lines of the FEC by piece, each checked to balance."""
    found = {}
    for row in table(fec.pieces(organisation, YEAR.first, YEAR.last, currency), "\t"):
        assert tuple(row) == fec.COLUMNS
        found.setdefault(row["EcritureNum"], []).append(row)
    for rows in found.values():
        assert sum(minor(row["Debit"]) - minor(row["Credit"]) for row in rows) == 0
        assert all((minor(row["Debit"]) == 0) != (minor(row["Credit"]) == 0) for row in rows)
    return found


def test_accounting_entries_balance_piece_by_piece_for_each_organisation(campaign):
    """18 columns, tabs, decimal comma; one balanced piece per movement, for sender and receiver alike."""
    payout = arrived(sent(campaign, 40_000, 150), 432_000)
    expense = spent(campaign, 5_000)
    spending.undo(expense, by=None)
    payouts.correct(payout, by=None)
    payments.undo(received(campaign, 200), by=None, reason="mistake")
    assert len(fec.COLUMNS) == 18
    mine, theirs = pieces(campaign.collector), pieces(campaign.receiver, "MAD")
    assert len(mine) == 6
    assert len(theirs) == 4
    accounts = {row["CompteNum"] for rows in mine.values() for row in rows}
    assert accounts == {"512000", "754100", "580000", "627000", "657100"}
    assert {row["CompteNum"] for rows in theirs.values() for row in rows} == {"512000", "754200", "605000"}
    assert pieces(campaign.receiver) == {}


def test_account_numbers_are_the_site_s(campaign, settings):
    settings.CROWDFUNDING_ACCOUNTS = {"bank": ("514100", "Banque populaire")}
    rows = [row for piece in pieces(campaign.collector).values() for row in piece]
    assert {row["CompteNum"] for row in rows} == {"514100", "754100"}


def test_titles_cannot_break_a_line(campaign):
    campaign.project.texts = {"fr": {"title": "Eau\tet\nroute"}}
    campaign.project.save()
    assert all(len(row) == 18 for piece in pieces(campaign.collector).values() for row in piece)
    assert fec.plain("a\tb\r\nc") == "a b c"


def test_only_the_period(campaign):
    past = exports.Period(date(2020, 1, 1), date(2020, 12, 31))
    for kind in exports.EXPORTS.values():
        text = "".join(kind.stream(campaign.collector, past))
        assert "1000,50" not in text
        assert len(text.splitlines()) <= 2


def test_the_download_is_streamed_and_written_in_the_journal(client, campaign):
    keeper = treasurer(campaign.collector)
    client.force_login(keeper)
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/exports/"
    assert client.get(url).status_code == 200
    for kind in exports.EXPORTS:
        said = {"kind": kind, "first": YEAR.first.isoformat(), "last": YEAR.last.isoformat()}
        answer = client.post(url, said)
        assert answer.streaming
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content)
    entries = JournalEntry.objects.filter(verb="crowdfunding.accounts.exported", actor=keeper, public=False)
    assert entries.count() == len(exports.EXPORTS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "all"},
        {"first": ""},
        {"last": "x"},
        {"first": "2026-02-01", "last": "2026-01-01"},
        {"first": "1990-01-01"},
    ],
)
def test_a_wrong_wish_is_refused_and_not_written(client, campaign, wrong):
    client.force_login(treasurer(campaign.collector))
    said = {"kind": "payments", "first": "2026-01-01", "last": "2026-03-01"} | wrong
    answer = client.post(f"/fr/crowdfunding/treasury/{campaign.collector.slug}/exports/", said)
    assert answer.status_code == 422
    assert not JournalEntry.objects.filter(verb="crowdfunding.accounts.exported").exists()


def test_only_the_treasurer(client, campaign):
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/exports/"
    assert client.get(url).status_code == 302
    for person in (
        PersonFactory(),
        PersonFactory(is_animator=True),
        manager(campaign.collector),
        treasurer(campaign.receiver),
    ):
        client.force_login(person)
        assert client.get(url).status_code == 403
        assert client.post(url, {}).status_code == 403


@pytest.mark.parametrize("kind", list(exports.EXPORTS))
def test_a_chunk_costs_the_same_at_any_number_of_rows(campaign, kind, django_assert_max_num_queries):
    for index in range(3):
        received(campaign, 500, email=f"d{index}@tiwizi.example")
    with django_assert_max_num_queries(5):
        assert len("".join(exports.EXPORTS[kind].stream(campaign.collector, YEAR)).splitlines()) >= 1
