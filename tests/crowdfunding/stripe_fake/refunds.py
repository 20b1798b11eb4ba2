"""Refunds, never more than came."""

from __future__ import annotations

from tests.crowdfunding.stripe_fake import balance
from tests.crowdfunding.stripe_fake.encoding import integer, only
from tests.crowdfunding.stripe_fake.errors import impossible, invalid


def create(account, params: dict) -> dict:
    """POST /v1/refunds."""
    only(params, "payment_intent charge amount reason metadata")
    if params.get("reason") not in (None, "duplicate", "fraudulent", "requested_by_customer"):
        raise invalid("Invalid reason.", "reason", "parameter_invalid")
    amount = integer(params, "amount", required=False)
    if "payment_intent" in params:
        intent = account.get("payment_intent", params["payment_intent"], "payment_intent")
    else:
        charge = account.get("charge", params.get("charge"), "charge")
        intent = account.get("payment_intent", charge["payment_intent"])
    return make(account, intent, amount, params.get("metadata") or {}, params.get("reason"))


def make(account, intent: dict, amount: int | None, metadata: dict, reason: str | None = None) -> dict:
    """Gives back; all that is left when no amount is named."""
    if intent["status"] != "succeeded":
        message = "This PaymentIntent does not have a successful charge to refund."
        raise impossible(message, "payment_intent_unexpected_state")
    charge = balance.paid_charge(account, intent)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise impossible(f"Charge {charge['id']} has been charged back.", "charge_disputed")
    if not left:
        raise impossible(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    wanted = left if amount is None else amount
    if wanted <= 0:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if wanted > left:
        message = f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})"
        raise impossible(message, "amount_too_large", "amount")
    waits = account.pending_refunds or charge["payment_method_details"]["type"] == "sepa_debit"
    made = account.make(
        "refund", amount=wanted, currency=charge["currency"], charge=charge["id"], payment_intent=intent["id"],
        metadata=metadata, reason=reason, status="pending" if waits else "succeeded", failure_reason=None,
    )  # fmt: skip
    made["balance_transaction"] = balance.move(account, "refund", -wanted, 0, made)["id"]
    _count(charge, wanted)
    account.tell("refund.created", made)
    account.tell("charge.refunded", charge)
    return made


def _count(charge: dict, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def finish(account, refund: dict, *, ok: bool) -> None:
    """A waiting refund arrives; or the donor's bank sends it back, and the money is on the account again."""
    if refund["status"] == "failed" or (ok and refund["status"] == "succeeded"):
        raise impossible("The refund is finished.", "refund_unexpected_state")
    if ok:
        refund["status"] = "succeeded"
        account.tell("refund.updated", refund)
        return
    refund.update(status="failed", failure_reason="lost_or_stolen_card")
    charge = account.objects[refund["charge"]]
    _count(charge, -refund["amount"])
    balance.move(account, "refund_failure", refund["amount"], 0, refund)
    for type_ in ("refund.updated", "refund.failed", "charge.refund.updated"):
        account.tell(type_, refund)
