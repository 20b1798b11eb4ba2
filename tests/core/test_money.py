"""Amounts: parsed as people type them, shown as they read them, never mixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money

AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)
CODES = st.sampled_from(money.CURRENCIES)


@given(AMOUNTS, CODES)
def test_minor_units_come_back(units, code):
    assert money.minor(money.money(units, code)) == units


@given(st.integers(min_value=0, max_value=10**12), CODES, st.sampled_from(["fr", "ar", "zgh"]))
def test_what_is_shown_can_be_typed(units, code, language):
    amount = money.money(units, code)
    shown = money.text(amount, language)
    number = shown.replace("€", "").replace("DH", "").strip()
    assert money.parse(number, code) == amount


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_said_not_to_be(text):
    try:
        amount = money.parse(text, "EUR")
    except money.NotAnAmount:
        return
    assert money.minor(amount) == amount.amount * 100


@pytest.mark.parametrize(
    ("typed", "units"),
    [("50", 5000), ("50,00", 5000), ("1 250,5", 125050), ("٥٠", 5000), ("٥٠٫٢٥", 5025), ("14 300", 1430000)],
)
def test_typed_in_french_and_arabic(typed, units):
    """D11: French and Arabic."""
    assert money.minor(money.parse(typed, "EUR")) == units


@pytest.mark.parametrize("typed", ["", "abc", "1.234", "1,2,3", "1e5", "--5", "5€", "NaN", "Infinity"])
def test_refused(typed):
    with pytest.raises(money.NotAnAmount):
        money.parse(typed, "EUR")


def test_currencies_never_mix():
    euros, dirhams = money.money(100, "EUR"), money.money(100, "MAD")
    with pytest.raises(TypeError):
        euros + dirhams
    with pytest.raises(money.CurrencyMismatch):
        money.total([euros, dirhams], "EUR")
    with pytest.raises(money.CurrencyMismatch):
        money.percent(euros, dirhams)


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 0, 0), (1, 3, 33), (2, 3, 67), (5, 3, 100), (-1, 3, 0)]
)
def test_percent(part, whole, expected):
    assert money.percent(money.money(part, "EUR"), money.money(whole, "EUR")) == expected


def test_amounts_never_break_over_lines():
    assert " " not in money.text(money.money(1430000, "EUR"), "fr")
    assert money.text(money.money(1430000, "MAD"), "ar") == "14\u202f300\u00a0DH"
