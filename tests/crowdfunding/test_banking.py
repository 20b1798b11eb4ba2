"""IBAN, RIB, BIC and reference codes: one wrong sign is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.crowdfunding.domain import banking, codes

IBANS = [
    "FR7630006000011234567890189",
    "BE68539007547034",
    "DE89370400440532013000",
    "ES9121000418450200051332",
]


@pytest.mark.parametrize("value", IBANS)
def test_iban_is_read_with_spaces(value):
    assert banking.iban(f" {banking.grouped(value).lower()} ") == value


@pytest.mark.parametrize(
    "value", ["", "FR76", "FR7630006000011234567890188", "XX00", "MA64011519000001205000534", "FR76<script>"]
)
def test_what_is_no_iban(value):
    with pytest.raises(banking.NotAnIBAN):
        banking.iban(value)


@given(st.integers(0, 26), st.sampled_from("0123456789"))
def test_one_wrong_sign_in_an_iban_is_seen(place, sign):
    """D4: money must not go to a mistyped account."""
    value = IBANS[0]
    typed = value[:place] + sign + value[place + 1 :]
    if typed == value:
        assert banking.iban(typed) == value
    else:
        with pytest.raises(banking.NotAnIBAN):
            banking.iban(typed)


@given(st.integers(0, 10**22 - 1), st.integers(0, 23), st.integers(0, 9))
def test_rib_key(body, place, digit):
    """A RIB with its key is right; with one other digit it is not."""
    key = 97 - body * 100 % 97
    value = f"{body:022}{key:02}"
    assert banking.rib(banking.grouped(value)) == value
    typed = value[:place] + str(digit) + value[place + 1 :]
    if typed != value:
        with pytest.raises(banking.NotARIB):
            banking.rib(typed)


def test_rib_in_arabic_digits():
    value = "011780000012345678901296"
    assert banking.rib(value.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))) == value


@pytest.mark.parametrize(
    ("value", "right"), [("agrifrpp", True), ("AGRIFRPPXXX", True), ("AGRI", False), ("1GRIFRPP", False)]
)
def test_bic(value, right):
    if right:
        assert banking.bic(value) == value.upper()
    else:
        with pytest.raises(banking.NotABIC):
            banking.bic(value)


@given(st.integers(0, 7), st.sampled_from(codes.ALPHABET))
def test_one_wrong_sign_in_a_code_is_seen(place, sign):
    code = codes.new_code()
    typed = code[:place] + sign + code[place + 1 :]
    if typed == code:
        assert codes.parse(codes.shown(code).lower()) == code
    else:
        with pytest.raises(codes.NotACode):
            codes.parse(typed)


@given(st.integers(0, 6))
def test_two_swapped_signs_in_a_code_are_seen(place):
    code = codes.new_code()
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if typed != code:
        with pytest.raises(codes.NotACode):
            codes.parse(typed)


def test_the_alphabet_has_no_twins():
    assert not set("01OILSU") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == 29
