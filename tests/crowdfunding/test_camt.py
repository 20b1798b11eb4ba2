"""CAMT.053: what is written is read, what is garbage is refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.crowdfunding.domain.statements import camt
from plugins.crowdfunding.domain.statements.lines import LARGEST, Movement, NotAStatement, keyed
from tests.crowdfunding import statement_files
from tests.crowdfunding.factories import IBAN, RIB

# What a parser must give back unchanged: printable, single spaces, no edges.
WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), max_codepoint=0xFFFF), max_size=20
)
TEXT = st.lists(WORDS.filter(str.strip), max_size=3).map(" ".join)
LINES = st.builds(
    Movement,
    booked_on=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    amount_minor=st.integers(-(10**9), 10**9).filter(bool),
    currency=st.sampled_from(["EUR", "MAD"]),
    value_on=st.none() | st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    counterparty=TEXT,
    text=TEXT,
    reference=TEXT.filter(lambda text: text.upper().replace(" ", "") not in camt.NOTHING),
    end_to_end=TEXT.filter(lambda text: text.upper().replace(" ", "") not in camt.NOTHING),
    is_return=st.booleans(),
)


@given(st.lists(LINES, max_size=5), st.sampled_from(["02", "04", "08"]))
def test_what_is_written_is_read(lines, version):
    """Every field of every line comes back, in both shapes of the standard."""
    (found,) = camt.parse(statement_files.camt(lines, version=version))
    assert found.account == IBAN
    assert list(found.movements) == lines


@given(st.binary(max_size=400))
def test_garbage_raises_the_one_error(data):
    with pytest.raises(NotAStatement):
        camt.parse(data)


@given(st.data())
def test_a_damaged_statement_is_read_or_refused(data):
    """Bytes cut, flipped and inserted: never another error."""
    good = bytearray(statement_files.camt([Movement(date(2026, 11, 2), 5000, "EUR", text="K7MP")]))
    for _turn in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(good) - 1))
        good[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    try:
        found = camt.parse(bytes(good))
    except NotAStatement:
        return
    assert all(isinstance(line.amount_minor, int) for one in found for line in one.movements)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Document>&c;</Document>"""
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>"""
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        (b"<!DOCTYPE html><html></html>", "entities"),
        (b"<a>" * 200_000, "not_xml"),
        (b"<a>" * 100 + b"</a>" * 100, "not_xml"),
        (b"<Document/>", "not_camt"),
        (b"<Document><BkToCstmrAcctRpt/></Document>", "not_camt"),
        (b"<?xml version='1.0' encoding='none'?><a/>", "not_xml"),
        (b" " * (LARGEST + 1), "too_big"),
        (b"", "not_xml"),
    ],
)
def test_what_is_no_statement_is_refused_by_name(data, why):
    with pytest.raises(NotAStatement) as refused:
        camt.parse(data)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (">50.00<", ">50.001<", "amount"),
        (">50.00<", ">1e3<", "amount"),
        (">50.00<", "><", "amount"),
        (">50.00<", ">٥٠<", "amount"),
        (">50.00<", ">99999999999999<", "amount"),
        ('Ccy="EUR"', 'Ccy="USD"', "currency"),
        ("2026-11-02", "2026-02-31", "date"),
        ("2026-11-02", "0026-11-02", "date"),
        ("CRDT", "XXXX", "sign"),
    ],
)
def test_a_line_that_cannot_be_read_refuses_the_file(before, after, why):
    """Half a statement would be worse than none."""
    good = statement_files.camt([Movement(date(2026, 11, 2), 5000, "EUR")]).decode()
    with pytest.raises(NotAStatement) as refused:
        camt.parse(good.replace(before, after).encode())
    assert refused.value.why == why


def test_lines_the_bank_may_still_change_are_not_taken():
    line = Movement(date(2026, 11, 2), 5000, "EUR")
    for version in ("02", "08"):
        (found,) = camt.parse(statement_files.camt([line], status="PDNG", version=version))
        assert found.movements == ()


BATCH = """<Ntry><Amt Ccy="EUR">70.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-11-02T10:00:00+01:00</DtTm></BookgDt><AcctSvcrRef>B1</AcctSvcrRef><NtryDtls>{parts}</NtryDtls></Ntry>"""
PART = """<TxDtls><Refs><EndToEndId>{code}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt>
</AmtDtls><RmtInf><Ustrd>{code}</Ustrd></RmtInf></TxDtls>"""


def batch(*parts):
    text = "".join(
        PART.format(code=code, amount=amount, currency=currency) for code, amount, currency in parts
    )
    return camt.parse(statement_files.camt([], more=BATCH.format(parts=text)))[0].movements


def test_a_batch_is_one_line_per_payment():
    found = batch(("A", "50.00", "EUR"), ("B", "20.00", "EUR"))
    assert [(line.end_to_end, line.amount_minor) for line in found] == [("A", 5000), ("B", 2000)]
    assert len(dict(keyed(found))) == 2


def test_a_batch_that_does_not_add_up_is_one_line_with_all_words():
    for parts in ([("A", "50.00", "EUR"), ("B", "21.00", "EUR")], [("A", "50", "EUR"), ("B", "20", "USD")]):
        (line,) = batch(*parts)
        assert (line.amount_minor, line.text) == (7000, "A B")


def test_a_moroccan_account_and_a_mark_of_utf8():
    data = b"\xef\xbb\xbf" + statement_files.camt([]).replace(
        f"<IBAN>{IBAN}</IBAN>".encode(), f"<Othr><Id>{RIB}</Id></Othr>".encode()
    )
    assert camt.looks_like(data)
    assert camt.parse(data)[0].account == RIB
    assert not camt.looks_like(b"Date;Montant")


@given(st.lists(LINES, max_size=8))
def test_keys_are_stable_and_never_merge_two_lines(lines):
    """Equal lines of one file are numbered; a longer file gives the same keys to what it shares."""
    keys = [key for key, _line in keyed(lines)]
    assert len(set(keys)) == len(lines)
    assert [key for key, _line in keyed([*lines, *lines])][: len(lines)] == keys
