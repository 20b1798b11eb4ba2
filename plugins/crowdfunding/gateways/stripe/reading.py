"""What Stripe tells, as the port's plain values: pure functions over its JSON, which goes no further than here."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from moneyed import Money, get_currency
from moneyed.classes import CurrencyDoesNotExist

from core.money import money
from plugins.crowdfunding.gateways.base import (
    DisputeOutcome,
    DisputeStatus,
    Method,
    Outcome,
    RefundOutcome,
    RefundStatus,
    Status,
)

Data = Mapping[str, Any]
CHANNELS = {"card": "card", "sepa_debit": "debit"}
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
"""Currencies that Stripe counts in whole units."""
CONFIRM = "authentication_required"


def amount(value: int | None, currency: str | None) -> Money | None:
    """An amount as Stripe counts it; None when it names no amount or no currency the world knows.

    Stripe's count and ours are the same for the currencies of the platform; others come along with what else the
    organisation sells, and must read as what they are: 500 JPY are not 5.00.
    """
    if value is None or not currency:
        return None
    code = currency.upper()
    try:
        unit = get_currency(code).sub_unit
    except CurrencyDoesNotExist:
        return None
    counted = 1 if code in WHOLE else 1000 if unit == 1000 else 100
    return money(value * unit // counted, code)


def reference(thing: Any) -> str:
    """The id of something that may be expanded."""
    found = thing.get("id") if isinstance(thing, Mapping) else thing
    return str(found or "")


def key(thing: Data) -> str:
    """Our key, which travels with what we asked for."""
    return str((thing.get("metadata") or {}).get("key", ""))


def day(moment: int | None) -> date | None:
    """The day of a moment where the site is."""
    return timezone.localdate(datetime.fromtimestamp(moment, UTC)) if moment else None


def method(found: Any, customer: Any) -> Method | None:
    """A stored payment method, when it is expanded and bound to a customer."""
    if not isinstance(found, Mapping) or not reference(customer):
        return None
    kind = str(found.get("type"))
    facts = found.get(kind) or {}
    name = "SEPA" if kind == "sepa_debit" else str(facts.get("brand", "")).replace("_", " ").title()
    year, month = facts.get("exp_year"), facts.get("exp_month")
    ends = date(year, month, monthrange(year, month)[1]) if year and month else None
    label = f"{name} •••• {facts.get('last4', '')}".strip()
    return Method(reference(customer), reference(found), label, CHANNELS.get(kind, "card"), ends)


def _failure(error: Any) -> str:
    """The code of a refusal, the telling one: ``insufficient_funds`` rather than ``card_declined``."""
    if not isinstance(error, Mapping):
        return ""
    decline = error.get("decline_code")
    return str(decline if decline and decline != "generic_decline" else error.get("code") or "card_declined")


def _refused(intent: Data) -> tuple[Status, str]:
    """An intent that waits for a payment method: refused, unless nothing was tried or the page is still open."""
    error = intent.get("last_payment_error")
    failure = _failure(error)
    if not failure:
        return Status.OPEN, ""
    kind = ((error or {}).get("payment_method") or {}).get("type", "card")
    if (intent.get("metadata") or {}).get("way") == "page" and kind != "sepa_debit":
        return Status.OPEN, failure  # the page offers another card at once: the session decides
    return (Status.CONFIRM if failure == CONFIRM else Status.FAILED), failure


def intent(found: Data) -> Outcome:
    """A payment, as its payment intent tells."""
    states = {
        "succeeded": Status.SETTLED,
        "processing": Status.PROCESSING,
        "canceled": Status.EXPIRED,
        "requires_action": Status.CONFIRM,
    }
    failure, status = "", states.get(str(found.get("status")), Status.OPEN)
    if found.get("status") == "requires_payment_method":
        status, failure = _refused(found)
    value = found.get("amount_received") if status == Status.SETTLED else found.get("amount")
    outcome = Outcome(
        status,
        key=key(found),
        reference=reference(found),
        amount=amount(value, found.get("currency")),
        failure=failure,
    )
    charge = found.get("latest_charge")
    return _charged(outcome, charge) if isinstance(charge, Mapping) else outcome


def _charged(outcome: Outcome, charge: Data) -> Outcome:
    """What only the charge knows: how, when, and what Stripe kept for itself."""
    kind = str((charge.get("payment_method_details") or {}).get("type"))
    outcome = replace(outcome, channel=CHANNELS.get(kind, "card"))
    if outcome.status != Status.SETTLED:
        return outcome
    entry = charge.get("balance_transaction")
    if not isinstance(entry, Mapping):
        return replace(outcome, on=day(charge.get("created")))
    fee = amount(entry.get("fee"), entry.get("currency"))
    if fee is None or outcome.amount is None or fee.currency != outcome.amount.currency:
        fee = None  # the account is kept in another currency: its fee cannot be taken from this gift
    return replace(outcome, on=day(entry.get("created")), fee=fee)


def session(found: Data) -> Outcome:
    """A payment, as its page tells; with more of it when the intent is expanded."""
    base = Outcome(Status.OPEN, key=key(found), session=reference(found))
    if found.get("mode") == "setup":
        return _stored(found, base)
    base = replace(
        base,
        reference=reference(found.get("payment_intent")),
        amount=amount(found.get("amount_total"), found.get("currency")),
    )
    if found.get("status") == "expired":
        return replace(base, status=Status.EXPIRED, failure="expired")
    if isinstance(found.get("payment_intent"), Mapping):
        inner = intent(found["payment_intent"])
        finished = found.get("status") == "complete" and inner.status == Status.OPEN
        status = Status.FAILED if finished and inner.failure else inner.status
        return replace(inner, status=status, key=base.key, session=base.session)
    if found.get("payment_status") == "paid":
        return replace(base, status=Status.SETTLED)
    return replace(base, status=Status.PROCESSING) if found.get("status") == "complete" else base


def _stored(found: Data, base: Outcome) -> Outcome:
    """A page that stores a payment method."""
    setup = found.get("setup_intent")
    base = replace(base, reference=reference(setup))
    if found.get("status") == "expired":
        return replace(base, status=Status.EXPIRED, failure="expired")
    if not isinstance(setup, Mapping):
        return base
    if found.get("status") != "complete":
        return replace(base, failure=_failure(setup.get("last_setup_error")))
    customer = setup.get("customer") or found.get("customer")
    return replace(base, status=Status.SECURED, method=method(setup.get("payment_method"), customer))


def refund(found: Data) -> RefundOutcome | None:
    """A refund; None when it is of no amount we could read."""
    value = amount(found.get("amount"), found.get("currency"))
    if value is None:
        return None
    states = {"succeeded": RefundStatus.DONE, "failed": RefundStatus.FAILED, "canceled": RefundStatus.FAILED}
    status = states.get(str(found.get("status")), RefundStatus.SENT)
    failure = str(found.get("failure_reason") or "") if status == RefundStatus.FAILED else ""
    payment = reference(found.get("payment_intent"))
    return RefundOutcome(status, reference(found), payment, value, key(found), failure)


def dispute(found: Data) -> DisputeOutcome | None:
    """A dispute, once money moved because of it: the bank's mere questions (``warning_…``) take nothing."""
    value = amount(found.get("amount"), found.get("currency"))
    moved = found.get("balance_transactions") or []
    state = str(found.get("status"))
    if value is None or not moved or state.startswith("warning"):
        return None
    states = {"won": DisputeStatus.WON, "lost": DisputeStatus.LOST}
    fees = sum(int(entry.get("fee") or 0) for entry in moved)
    due = (found.get("evidence_details") or {}).get("due_by")
    return DisputeOutcome(
        states.get(state, DisputeStatus.OPENED),
        reference(found),
        reference(found.get("payment_intent")),
        value,
        fee=amount(fees, moved[0].get("currency")) if fees > 0 else None,
        answer_by=day(due),
    )
