"""Money that moves without us: bank transfer with a reference code, cheque, cash."""

from __future__ import annotations

from typing import ClassVar

from moneyed import Money

from plugins.crowdfunding.gateways.base import (
    ChannelNotTaken,
    Claim,
    CurrencyNotTaken,
    ImpossibleAmount,
    ImpossibleDate,
    Instructions,
    Order,
    Refused,
    Reversal,
    Settlement,
)

EPC = "epc"
PLAIN = "plain"
EPC_LIMIT = 99_999_999_999
"""Cents: the largest amount of the European Payments Council's QR code."""


def epc_text(order: Order) -> str:
    """The payload of an EPC069-12 "Girocode", version 2: banking apps read payee, IBAN, amount and reference."""
    payee = order.beneficiary
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        payee.bic,
        payee.holder[:70],
        payee.iban,
        f"EUR{order.amount.amount:.2f}",
    ]
    return "\n".join([*lines, "", "", order.code])


def plain_text(order: Order) -> str:
    """For dirhams no banking standard exists: the details as text, one a line."""
    payee = order.beneficiary
    account = f"RIB {payee.rib}" if payee.rib else f"IBAN {payee.iban}"
    amount = f"{order.amount.amount:.2f} {order.amount.currency.code}"
    return "\n".join([payee.holder, account, amount, order.code])


class Offline:
    """Transfers, cheques and cash: a human says what came, this says whether it can be."""

    name: ClassVar[str] = "offline"
    channels: ClassVar[frozenset[str]] = frozenset({"transfer", "cheque", "cash"})
    manual: ClassVar[bool] = True

    def start(self, order: Order) -> Instructions:
        """Account, reference and QR text; raises CurrencyNotTaken when the account has no number for it."""
        if order.channel not in self.channels:
            raise ChannelNotTaken(order.channel)
        payee, euros = order.beneficiary, order.amount.currency.code == "EUR"
        if not (payee.iban if euros else payee.rib or payee.iban):
            raise CurrencyNotTaken(order.amount.currency.code)
        readable = not euros or order.amount.amount * 100 <= EPC_LIMIT
        return Instructions(
            channel=order.channel,
            beneficiary=payee,
            reference=order.code,
            amount=order.amount,
            qr_text=(epc_text(order) if euros else plain_text(order)) if readable else "",
            qr_scheme=EPC if euros else PLAIN,
        )

    def settle(self, claim: Claim) -> Settlement:
        """Accepts any positive amount in the promised currency, dated today at the latest."""
        if claim.channel not in self.channels:
            raise ChannelNotTaken(claim.channel)
        if claim.amount.currency != claim.promised.currency or claim.amount.amount <= 0:
            raise ImpossibleAmount(str(claim.amount))
        if claim.received_on > claim.today:
            raise ImpossibleDate(claim.received_on.isoformat())
        return Settlement(self.name, claim.channel, claim.amount, claim.received_on, claim.reference)

    def reverse(self, settlement: Settlement, amount: Money) -> Reversal:
        """Undo in full what a human entered; in part is a new gift after undoing."""
        if amount.currency != settlement.amount.currency or not 0 < amount.amount <= settlement.amount.amount:
            raise ImpossibleAmount(str(amount))
        if amount != settlement.amount:
            raise Refused("An entry made by hand is undone as a whole.")
        return Reversal(self.name, amount, settlement.reference)
