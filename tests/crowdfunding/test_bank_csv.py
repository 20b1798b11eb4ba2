"""CSV of banks: French and Moroccan ones, told by their headings or by a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.crowdfunding.domain.statements import tables
from plugins.crowdfunding.domain.statements.columns import Layout, Role, role_of
from plugins.crowdfunding.domain.statements.lines import LARGEST, NotAStatement
from tests.crowdfunding import statement_files
from tests.crowdfunding.factories import IBAN, RIB
from tests.crowdfunding.statement_files import french, table

ROWS = st.lists(
    st.tuples(
        st.dates(date(2000, 1, 1), date(2090, 1, 1)),
        st.integers(-(10**8), 10**8).filter(bool),
        st.text(st.characters(codec="cp1252", categories=("L", "N", "P")), max_size=12),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.sampled_from([";", ",", "\t", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_one_column_of_amounts(rows, delimiter, encoding):
    """Decimal comma, grouped thousands, dd/mm/yyyy, every encoding and delimiter."""
    body = [[day.strftime("%d/%m/%Y"), text, french(minor)] for day, minor, text in rows]
    data = table([["Date", "Libellé", "Montant"], *body], delimiter=delimiter, encoding=encoding)
    found, layout = tables.parse(data, currency="EUR")
    assert [(one.booked_on, one.amount_minor, one.text) for one in found.movements] == rows
    assert layout.delimiter == delimiter
    assert {one.currency for one in found.movements} == {"EUR"}


@given(ROWS)
def test_money_out_and_in(rows):
    """Two columns, ISO dates, decimal point, Windows-1252."""
    body = [
        [
            day.isoformat(),
            text,
            f"{-minor / 100:.2f}" if minor < 0 else "",
            f"{minor / 100:.2f}" if minor > 0 else "",
        ]
        for day, minor, text in rows
    ]
    data = table([["Date opération", "Libellé", "Débit", "Crédit"], *body], encoding="cp1252")
    found, _layout = tables.parse(data, currency="MAD")
    assert [(one.booked_on, one.amount_minor, one.text) for one in found.movements] == rows


@given(st.binary(max_size=300))
def test_garbage_raises_the_one_error(data):
    with pytest.raises(NotAStatement):
        tables.parse(data, currency="EUR")


@given(st.text(st.sampled_from('Date;Montant,0129/.-"\n\r €é'), max_size=120))
def test_what_looks_like_a_table_is_read_or_refused(text):
    try:
        tables.parse(text.encode(), currency="EUR")
    except NotAStatement:
        return


FRENCH = f"""Titulaire;ASSOCIATION
IBAN;{" ".join(IBAN[i : i + 4] for i in range(0, 27, 4))}
Solde au 20/11/2026;1 234,56

"Date de comptabilisation";"Libellé simplifié";"Libellé opération";"Référence";"Informations complémentaires";"Débit";"Crédit";"Date de valeur";"Solde"
02/11/2026;MLE OUALI;"VIR SEPA
MLE OUALI ZAHRA";R1;K7MP 3QXW;;+50,00;03/11/2026;100,00
03/11/2026;FRAIS;COTISATION;R2;;-7,90;;03/11/2026;92,10
Total;;;;;-7,90;50,00;;
"""
MOROCCAN = f"""Compte;{RIB[:3]} {RIB[3:6]} {RIB[6:22]} {RIB[22:]}
Date;Date valeur;Nature de l'opération;Débit;Crédit
02-11-26;02-11-26;VIREMENT RECU DE BRAHIM;;1.500,00 DH
05/11/2026;05/11/2026;RETRAIT;200,00;
"""
ENGLISH = """Booking date,Value date,Counterparty,Description,Amount,Currency,Balance
2026-11-02,2026-11-03,Zahra Ouali,Gift K7MP3QXW,"1,050.00",EUR,"2,000.00"
2026-11-04,,Bank,Fee,(3.20),EUR,
"""


def test_a_french_bank():
    """Headings below a preamble, a wording on two lines, a total that is no movement; the IBAN is read."""
    found, layout = tables.parse(FRENCH.encode("cp1252"), currency="EUR")
    assert found.account == IBAN
    first, second = found.movements
    assert (first.amount_minor, second.amount_minor) == (5000, -790)
    assert first.text == "MLE OUALI VIR SEPA MLE OUALI ZAHRA K7MP 3QXW"
    assert (first.reference, first.value_on) == ("R1", date(2026, 11, 3))
    assert len(found.left_out) == 1
    assert Role.NOTHING in layout.roles


def test_a_moroccan_bank():
    found, _layout = tables.parse(MOROCCAN.encode(), currency="MAD")
    assert found.account == RIB
    assert [(one.booked_on.day, one.amount_minor) for one in found.movements] == [(2, 150_000), (5, -20_000)]


def test_a_bank_in_english():
    found, _layout = tables.parse(ENGLISH.encode(), currency="MAD")
    assert [(one.amount_minor, one.currency) for one in found.movements] == [(105_000, "EUR"), (-320, "EUR")]
    assert found.movements[0].counterparty == "Zahra Ouali"


def test_arabic_headings_and_digits():
    data = table([["التاريخ", "البيان", "مدين", "دائن"], ["٠٢/١١/٢٠٢٦", "تحويل", "", "٥٠٫٢٥"]])
    (line,) = tables.parse(data, currency="MAD")[0].movements
    assert (line.booked_on, line.amount_minor, line.text) == (date(2026, 11, 2), 5025, "تحويل")


def test_a_column_of_sides():
    data = table(
        [
            ["Date", "Libellé", "Montant", "Sens"],
            ["02/11/2026", "a", "5,00", "C"],
            ["02/11/2026", "b", "5,00", "D"],
        ]
    )
    assert [line.amount_minor for line in tables.parse(data, currency="EUR")[0].movements] == [500, -500]


@pytest.mark.parametrize(
    ("side", "minor"),
    [
        ("Sortie", -500),
        ("Débit", -500),
        ("out", -500),
        ("مدين", -500),
        ("Entrée", 500),
        ("دائن", 500),
        ("", 500),
    ],
)
def test_words_of_sides(side, minor):
    """Money that went out is never read as money that came."""
    data = table([["Date", "Libellé", "Montant", "Sens"], ["02/11/2026", "a", "5,00", side]])
    assert [line.amount_minor for line in tables.parse(data, currency="EUR")[0].movements] == [minor]


def test_a_side_that_nobody_knows_is_refused():
    data = table([["Date", "Libellé", "Montant", "Sens"], ["02/11/2026", "a", "5,00", "X"]])
    with pytest.raises(NotAStatement, match="sign"):
        tables.parse(data, currency="EUR")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u202f234,56 €", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234", "1234"),
        ("-12,5", "-12.5"),
        ("12,00-", "-12"),
        ("(12.00)", "-12"),
        ("\u2212" + "7,90", "-7.90"),
        ("50.0000", "50"),
        ("1 500 DH", "1500"),
        (",50", "0.5"),
        ("", None),
        ("-", None),
    ],
)
def test_amounts_as_banks_write_them(text, value):
    assert tables.amount(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "text",
    [
        "12,34,56",
        "1.23.456",
        "abc",
        "1e3",
        "12 34x",
        "1,2345,6",
        "9" * 20,
        "--5-x",
        "0,500",
        "00.500",
        "1.234,567",
        "1,234.567",
        "1.234.56",
        "1,234,56",
    ],
)
def test_amounts_that_are_none_are_refused(text):
    with pytest.raises(NotAStatement):
        tables.amount(text)


@pytest.mark.parametrize(
    "text", ["31/02/2026", "13/13/2026", "2026", "", "x", "20/11/0026", "11/20/2026", "1/1/1"]
)
def test_days_that_are_none(text):
    assert tables.day(text) is None


def test_headings_nobody_knows_are_asked_for_and_remembered():
    data = table(
        [["Quand", "Quoi", "Combien"], ["02/11/2026", "ZAHRA", "50,00"], ["03/11/2026", "BRAHIM", "-3,00"]]
    )
    with pytest.raises(tables.UnknownColumns) as asked:
        tables.parse(data, currency="EUR")
    assert (asked.value.delimiter, asked.value.width) == (";", 3)
    told = Layout(";", (Role.DAY, Role.TEXT, Role.AMOUNT), asked.value.signature)
    assert [one.amount_minor for one in tables.parse_told(data, told, currency="EUR").movements] == [
        5000,
        -300,
    ]
    again, layout = tables.parse(data, currency="EUR", layouts=(told,))
    assert layout == told
    assert len(again.movements) == 2


def test_a_table_without_headings_is_asked_for():
    data = table([["02/11/2026", "ZAHRA", "50,00"], ["03/11/2026", "BRAHIM", "-3,00"]])
    with pytest.raises(tables.UnknownColumns) as asked:
        tables.parse(data, currency="EUR")
    assert asked.value.signature == "3"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n\0\0", "not_text"),
        (b"hello world", "no_table"),
        (b"Date;Montant\n", "no_lines"),
        (b"Date;Montant\n02/11/2026;abc\n", "amount"),
        (b"Date;Montant;Devise\n02/11/2026;5;USD\n", "currency"),
        (b"x" * (LARGEST + 1), "too_big"),
        (b"\xff\xfe\x00", "not_text"),
    ],
)
def test_what_is_no_statement_is_refused_by_name(data, why):
    with pytest.raises(NotAStatement) as refused:
        tables.parse(data, currency="EUR")
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Date de valeur", Role.VALUE),
        ("Date de l'opération", Role.DAY),
        ("MONTANT(EUROS)", Role.AMOUNT),
        ("Débit euros", Role.OUT),
        ("Solde", Role.NOTHING),
        ("Numéro de compte", Role.NOTHING),
        ("Libelle", Role.TEXT),
        ("Devise", Role.CURRENCY),
        ("Donneur d'ordre", Role.NAME),
        ("N° opération", Role.REFERENCE),
        ("Montant débit/crédit", Role.AMOUNT),
    ],
)
def test_words_of_headings(heading, role):
    assert role_of(heading) == role


def test_a_layout_that_says_too_little_or_two_things_is_not_complete():
    day, amount, out = Role.DAY, Role.AMOUNT, Role.OUT
    assert Layout(";", (day, amount), "").complete
    for roles in (
        (day,),
        (amount,),
        (day, day, amount),
        (day, amount, out),
        (day, out, out),
        (day, out, Role.SIDE),
    ):
        assert not Layout(";", roles, "").complete


def test_the_writers_of_these_tests_write_like_banks():
    assert statement_files.french(-123_456) == "-1\u00a0234,56"
