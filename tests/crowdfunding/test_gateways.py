"""The gateway port: one suite that every gateway of the site passes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.money import money
from plugins.crowdfunding.gateways import GATEWAYS, base, offline, qr

TODAY = date(2026, 11, 20)
PAYEE = base.Beneficiary(
    "Horizon d'essai", "FR7630006000011234567890189", "AGRIFRPP", "011780000012345678901296"
)


def order(currency="EUR", *, channel="transfer", payee=PAYEE, minor=5000):
    return base.Order(
        "p:1", "K7MP3QXW", money(minor, currency), payee, channel, "fr", "https://tiwizi.example/p/"
    )


def claim(minor=5000, *, currency="EUR", channel="transfer", day=TODAY):
    return base.Claim("p:1", channel, money(5000, "EUR"), money(minor, currency), day, TODAY)


@pytest.fixture(params=sorted(GATEWAYS))
def gateway(request):
    return GATEWAYS[request.param]


def test_instructions_carry_amount_and_reference(gateway):
    found = gateway.start(order())
    assert (found.amount, found.reference) == (money(5000, "EUR"), "K7MP3QXW")


def test_another_amount_can_come(gateway):
    assert gateway.settle(claim(4750)).amount == money(4750, "EUR")


@pytest.mark.parametrize("minor", [0, -5000])
def test_nothing_cannot_come(gateway, minor):
    with pytest.raises(base.ImpossibleAmount):
        gateway.settle(claim(minor))


def test_another_currency_cannot_come(gateway):
    with pytest.raises(base.ImpossibleAmount):
        gateway.settle(claim(currency="MAD"))


def test_tomorrow_cannot_have_come(gateway):
    with pytest.raises(base.ImpossibleDate):
        gateway.settle(claim(day=TODAY + timedelta(days=1)))


def test_an_unknown_channel_is_refused(gateway):
    with pytest.raises(base.ChannelNotTaken):
        gateway.settle(claim(channel="pigeon"))
    with pytest.raises(base.ChannelNotTaken):
        gateway.start(order(channel="pigeon"))


def test_no_more_is_given_back_than_came(gateway):
    settled = gateway.settle(claim())
    assert gateway.reverse(settled, money(5000, "EUR")).amount == money(5000, "EUR")
    for amount in (money(5001, "EUR"), money(0, "EUR"), money(5000, "MAD")):
        with pytest.raises(base.ImpossibleAmount):
            gateway.reverse(settled, amount)


def test_a_hand_made_entry_is_undone_whole():
    settled = GATEWAYS["offline"].settle(claim())
    with pytest.raises(base.Refused):
        GATEWAYS["offline"].reverse(settled, money(100, "EUR"))


def test_the_euro_code_is_what_banking_apps_read():
    """J3: EPC069-12, version 002, the code as unstructured remittance."""
    lines = offline.Offline().start(order(minor=5050)).qr_text.split("\n")
    assert lines == [
        "BCD", "002", "1", "SCT", "AGRIFRPP", "Horizon d'essai", "FR7630006000011234567890189", "EUR50.50",
        "", "", "K7MP3QXW",
    ]  # fmt: skip


def test_dirhams_are_paid_to_the_rib():
    found = offline.Offline().start(order("MAD"))
    assert found.qr_scheme == "plain"
    assert "RIB 011780000012345678901296" in found.qr_text
    assert "50.00 MAD" in found.qr_text


def test_an_account_without_number_for_the_currency():
    with pytest.raises(base.CurrencyNotTaken):
        offline.Offline().start(order(payee=base.Beneficiary("x", rib="011780000012345678901296")))


def test_pictures():
    drawn = qr.svg("BCD", label='"><script>')
    assert "<script>" not in drawn
    assert drawn.startswith('<svg role="img"')
    assert qr.png("BCD").startswith(b"\x89PNG")
