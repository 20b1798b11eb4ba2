"""Charges, and what moves on the account's balance because of them."""

from __future__ import annotations

from tests.crowdfunding.stripe_fake.errors import missing


def fee(amount: int, kind: str) -> int:
    """1.5 % and 25 for a card, 35 for a direct debit."""
    return 35 if kind == "sepa_debit" else (amount * 15 + 999) // 1000 + 25


def charge(account, intent: dict, method: dict, status: str, **facts) -> dict:
    """One try to take the money of an intent."""
    details = {"type": method["type"], method["type"]: dict(method[method["type"]])}
    return account.make(
        "charge", amount=intent["amount"], currency=intent["currency"], payment_intent=intent["id"],
        customer=intent["customer"], payment_method=method["id"], payment_method_details=details, status=status,
        paid=False, amount_refunded=0, refunded=False, disputed=False, balance_transaction=None,
        metadata=dict(intent["metadata"]), **{"failure_code": None, **facts},
    )  # fmt: skip


def arrive(account, found: dict) -> None:
    """The charge's money is there, less the fee."""
    taken = fee(found["amount"], found["payment_method_details"]["type"])
    entry = move(account, "charge", found["amount"], taken, found)
    found.update(status="succeeded", paid=True, balance_transaction=entry["id"])


def move(account, type_: str, amount: int, taken: int, source: dict) -> dict:
    """A line on the balance."""
    return account.make(
        "balance_transaction", type=type_, amount=amount, fee=taken, net=amount - taken,
        currency=source["currency"], source=source["id"], status="available",
    )  # fmt: skip


def paid_charge(account, intent: dict) -> dict:
    """The charge that brought an intent's money; 400 when none did."""
    found = account.objects.get(intent["latest_charge"] or "")
    if found is None or not found["paid"]:
        raise missing("charge", intent["id"], "payment_intent")
    return found
