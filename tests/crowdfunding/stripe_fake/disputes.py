"""Disputes: the money is withdrawn at once, and comes back when the dispute is won."""

from __future__ import annotations

import time

from tests.crowdfunding.stripe_fake import balance
from tests.crowdfunding.stripe_fake.errors import impossible

FEE = 2000


def open_one(account, intent: dict, amount: int | None = None, *, status: str = "needs_response") -> dict:
    """The donor contests; ``warning_needs_response`` is a question of the bank that withdraws nothing."""
    charge = balance.paid_charge(account, intent)
    if charge["disputed"]:
        raise impossible("The charge is disputed already.", "charge_disputed")
    made = account.make(
        "dispute", amount=amount or charge["amount"] - charge["amount_refunded"], currency=charge["currency"],
        charge=charge["id"], payment_intent=intent["id"], status=status, reason="fraudulent", metadata={},
        evidence_details={"due_by": int(time.time()) + 7 * 86400, "has_evidence": False},
        balance_transactions=[],
    )  # fmt: skip
    charge["disputed"] = True
    if not status.startswith("warning"):
        entry = balance.move(account, "adjustment", -made["amount"], FEE, made)
        made["balance_transactions"].append(entry)
    account.tell("charge.dispute.created", made)
    if made["balance_transactions"]:
        account.tell("charge.dispute.funds_withdrawn", made)
    return made


def close(account, dispute: dict, *, won: bool) -> None:
    """The bank decides; a won dispute gives the amount back, never the fee."""
    if dispute["status"] in ("won", "lost", "warning_closed"):
        raise impossible("The dispute is closed.", "dispute_unexpected_state")
    warned = dispute["status"].startswith("warning")
    dispute["status"] = "warning_closed" if warned else "won" if won else "lost"
    if won or warned:
        account.objects[dispute["charge"]]["disputed"] = False
    if won and not warned:
        entry = balance.move(account, "adjustment", dispute["amount"], 0, dispute)
        dispute["balance_transactions"].append(entry)
    account.tell("charge.dispute.closed", dispute)
    if won and not warned:
        account.tell("charge.dispute.funds_reinstated", dispute)
