"""Bank statements: imported once, of the own account only, their columns asked for when nobody knows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain.statements import booking, imports
from plugins.crowdfunding.domain.statements.lines import Movement
from plugins.crowdfunding.models import BankLine, Ledger, Payment, Statement, Tally
from tests.crowdfunding import statement_files
from tests.crowdfunding.factories import IBAN, CampaignFactory, manager, promise, treasurer
from tests.crowdfunding.statement_files import DAY, base, came, intact, took
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def upload(client, campaign, data, name="statement.xml", **fields):
    file = SimpleUploadedFile(name, data)
    return client.post(f"{base(campaign)}statements/", {"file": file, **fields})


def test_a_guest_s_transfer_is_matched_and_booked_by_one_button(client, campaign, keeper, mailoutbox):
    """J3: promise, CAMT.053 file, one button; the ledger, the gauge and the donor know."""
    pledge = promise(campaign, name="Zahra")
    code = f"{pledge.code[:4].lower()} - {pledge.code[4:].lower()}"
    answer = upload(client, campaign, statement_files.camt([came(text=f"Don {code} merci"), came(-790)]))
    assert answer.url == f"{base(campaign)}statements/review/"
    page = client.get(answer.url).content.decode()
    pair = page.split('name="pair" value="')[1].split('"')[0]
    assert not Payment.objects.exists()
    for _turn in range(2):
        assert client.post(answer.url, {"pair": [pair]}).status_code == 302
    payment = Payment.objects.get()
    assert (payment.pledge, payment.received_on, payment.channel) == (pledge, DAY, "transfer")
    assert BankLine.objects.get(state="booked").payment == payment
    assert Tally.objects.get().received_minor == 5000
    assert Ledger.objects.get().length == 1
    deliver_letters()
    assert [mail.to for mail in mailoutbox].count(["donor@tiwizi.example"]) == 2
    intact(campaign)


def test_the_same_file_and_overlapping_files_change_nothing(client, campaign, keeper):
    lines = [came(text="a"), came(text="a"), came(2000, "b", reference="R1"), came(-100)]
    data = statement_files.camt(lines)
    assert upload(client, campaign, data).status_code == 302
    before = list(BankLine.objects.order_by("pk").values())
    assert upload(client, campaign, data, name="again.xml").status_code == 302
    assert list(BankLine.objects.order_by("pk").values()) == before
    assert Statement.objects.count() == 1
    (longer,) = took(campaign, keeper, *lines, came(3000, "c", day=DAY + timedelta(days=1)), version="08")
    assert (longer.number, longer.fresh) == (5, 1)
    assert BankLine.objects.count() == 5


@pytest.mark.parametrize("account", ["BE68539007547034", "", "FR7630006000011234567890188"])
def test_another_account_is_refused_by_name(client, campaign, keeper, account):
    answer = upload(client, campaign, statement_files.camt([came()], account=account))
    assert answer.status_code == 422
    assert not Statement.objects.exists()


def test_a_moroccan_iban_is_the_rib_behind_it(campaign, keeper):
    rib = "011780000012345678901296"
    (statement,) = took(campaign, keeper, Movement(DAY, 5000, "MAD"), account=f"MA64{rib}")
    assert statement.account == rib


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.csv"), (b"%PDF-1.7\0", "a.pdf"), (b"<a>", "a.xml"), (b"\xff" * 30, "a"), (b"x;y", "a")],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(client, campaign, keeper, data, name):
    answer = upload(client, campaign, data, name=name)
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    assert not Statement.objects.exists()


def test_no_file_at_all(client, campaign, keeper):
    assert client.post(f"{base(campaign)}statements/", {}).status_code == 422


def test_unknown_columns_are_asked_once_and_their_content_is_not_kept(client, campaign, keeper):
    rows = [["Quand", "Quoi", "Combien"], ["02/11/2026", "ZAHRA", "50,00"]]
    answer = upload(client, campaign, statement_files.table(rows), name="bank.csv", account=IBAN)
    assert "/columns/" in answer.url
    page = client.get(answer.url).content.decode()
    assert "ZAHRA" in page
    wrong = {"column_0": "day", "column_1": "text", "column_2": "nothing"}
    assert client.post(answer.url, wrong).status_code == 422
    assert client.post(answer.url, wrong | {"column_2": "day"}).status_code == 422
    assert client.post(answer.url, wrong | {"column_1": "amount"}).status_code == 422
    assert client.post(answer.url, wrong | {"column_2": "amount"}).status_code == 302
    assert BankLine.objects.get().amount_minor == 5000
    assert Statement.objects.get().content is None
    more = statement_files.table([*rows, ["03/11/2026", "OMAR", "20,00"]])
    assert upload(client, campaign, more, name="next.csv", account=IBAN).url.endswith("/review/")
    assert BankLine.objects.count() == 2


def test_signs_a_database_does_not_store_are_no_error(client, campaign, keeper):
    """PostgreSQL refuses NUL even in a question: who sends it gets an answer all the same."""
    took(campaign, keeper, came(text="sans code"))
    line = BankLine.objects.get()
    at = base(campaign)
    for choice in ("pledge-\0", "payment-\0"):
        assert client.post(f"{at}lines/{line.uid}/", {"choice": choice}).status_code == 404
    assert client.post(f"{at}statements/review/", {"pair": ["\0:x", f"{line.uid}:\0"]}).status_code == 302
    assert client.get(f"{at}lines/{line.uid}/gift/?of=%00").status_code == 200
    assert client.get(f"{at}receipts/issue/?payment=%00").status_code == 302
    assert client.get(f"{at}receipts/%00/pdf/").status_code == 404
    assert not Payment.objects.exists()


def test_columns_told_twice_at_once_are_told_once(campaign, keeper):
    """Two presses of the button, or two treasurers: the second one finds what the first one made."""
    rows = [["Foo", "Bar", "Baz"], ["02/11/2026", "Don", "12,00"]]
    file = imports.File("x.csv", statement_files.table(rows))
    (asking,) = imports.import_file(campaign.collector, file, by=keeper)
    roles = ["day", "text", "amount"]
    made = imports.tell_columns(asking, roles, by=keeper)
    assert imports.tell_columns(Statement(pk=asking.pk), roles, by=keeper) is None
    assert BankLine.objects.get().statement == made


def test_a_file_nobody_told_the_columns_of_is_forgotten(client, campaign, keeper):
    data = statement_files.table([["Quand", "Quoi", "Combien"], ["02/11/2026", "ZAHRA", "50,00"]])
    answer = upload(client, campaign, data, account=IBAN)
    assert imports.forget() == 0
    Statement.objects.update(imported_at=timezone.now() - timedelta(days=2))
    assert imports.forget() == 1
    assert client.get(answer.url).status_code == 404
    assert upload(client, campaign, data, account=IBAN).status_code == 302
    assert client.post(f"{base(campaign)}statements/{Statement.objects.get().uid}/columns/", {"step": "drop"})
    assert not Statement.objects.exists()


def test_a_dirham_account_without_currency_column(client, campaign, keeper):
    rows = [["Date", "Libellé", "Débit", "Crédit"], ["02/11/2026", "x", "", "50,00"]]
    upload(client, campaign, statement_files.table(rows), account="011780000012345678901296")
    assert BankLine.objects.get().currency == "MAD"


PAGES = (
    "statements/",
    "statements/review/",
    "statements/decided/",
    "statements/{file}/columns/",
    "lines/{line}/",
    "lines/{line}/gift/",
    "lines/{line}/leave/",
    "lines/{line}/undo/",
)


def test_only_the_treasurer_of_this_organisation(client, campaign, keeper):
    """Every role × every page, GET and POST; another organisation's rows are not found."""
    data = statement_files.table([["Quand", "Quoi", "Combien"], ["02/11/2026", "ZAHRA", "50,00"]])
    upload(client, campaign, data, account=IBAN)
    took(campaign, keeper, came())
    ids = {"file": Statement.objects.get(state="asking").uid, "line": BankLine.objects.get().uid}
    pages = [base(campaign) + page.format(**ids) for page in PAGES]
    for url in pages:
        assert client.get(url).status_code == 200, url
    client.logout()
    for url in pages:
        assert "/account/" in client.get(url).url
    other = treasurer(OrganisationFactory())
    strangers = [PersonFactory(), manager(campaign.collector), PersonFactory(is_animator=True), other]
    for person in strangers:
        client.force_login(person)
        assert {client.get(url).status_code for url in pages} == {403}
        assert {client.post(url, {}).status_code for url in pages} == {403}
    elsewhere = base(CampaignFactory(collector=other.memberships.get().organisation))
    for page in PAGES[3:]:
        assert client.get(elsewhere + page.format(**ids)).status_code == 404
    assert BankLine.objects.get().waits


@pytest.mark.parametrize("number", [1, 4])
def test_pages_cost_the_same_at_any_length(client, campaign, keeper, number, django_assert_max_num_queries):
    """Sure, likely, unknown, tied and left aside: constant queries."""
    for index in range(number):
        sure = promise(campaign, 1000 + index, email=f"a{index}@x.example")
        promise(campaign, 2000 + index, email=f"b{index}@x.example", name=f"Zahra Ouali{index}")
        took(
            campaign,
            keeper,
            came(1000 + index, sure.code),
            came(2000 + index, counterparty=f"Zahra Ouali{index}"),
            came(3000 + index),
            came(-4000 - index),
        )
    for page, most in (("statements/", 9), ("statements/review/", 13), ("statements/decided/?out=1", 9)):
        client.get(base(campaign) + page)
        with django_assert_max_num_queries(most):
            client.get(base(campaign) + page)


def test_a_crash_between_two_lines_leaves_whole_lines(campaign, keeper, monkeypatch):
    """Killed in the middle of one button: lines are booked with their money or not at all; again finishes it."""
    rows = [promise(campaign, 1000 + index, email=f"a{index}@x.example") for index in range(3)]
    took(campaign, keeper, *[came(row.amount_minor, row.code) for row in rows])
    pairs = [f"{one.line.uid}:{one.best.key}" for one in booking.review(campaign.collector)]
    real, calls = BankLine.save, []

    def dies(line, *args, **kwargs):
        calls.append(line)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(line, *args, **kwargs)

    monkeypatch.setattr(BankLine, "save", dies)
    with pytest.raises(KeyboardInterrupt):
        booking.confirm_sure(campaign.collector, pairs, by=keeper)
    assert Payment.objects.count() == BankLine.objects.filter(state="booked").count() == 1
    intact(campaign)
    assert booking.confirm_sure(campaign.collector, pairs, by=keeper) == (2, 1)
    assert Payment.objects.count() == BankLine.objects.filter(state="booked").count() == 3
    intact(campaign)


def test_any_order_of_files_takes_each_line_once(campaign, keeper):
    """Days exported in any grouping and order give the same lines."""
    lines = [came(100 + day, f"t{day}", day=DAY + timedelta(days=day)) for day in range(4)]
    for group in (lines[2:], lines[:3], lines[1:2], lines):
        took(campaign, keeper, *group)
    assert BankLine.objects.count() == 4
