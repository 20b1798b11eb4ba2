"""What each thing that happens to a payment writes in the ledger; all of it in the transaction of its cause."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from moneyed import Money

from core.models import Project
from core.money import money
from plugins.crowdfunding.domain import ledger
from plugins.crowdfunding.models import Account, Dispute, Payment, Pledge, Refund, Transaction

WHERE = {
    Pledge.Channel.TRANSFER: Account.Kind.BANK,
    Pledge.Channel.CHEQUE: Account.Kind.CHEQUES,
    Pledge.Channel.CASH: Account.Kind.CASH,
    Pledge.Channel.CARD: Account.Kind.PROVIDER,
    Pledge.Channel.DEBIT: Account.Kind.PROVIDER,
}
"""The account on which each way of giving arrives."""


def _project(payment: Payment) -> Project:
    return payment.pledge.campaign.project


def _write(
    payment: Payment, kind: str, to: str, out: str, amount: Money, *, key: str, cause: ledger.Cause, on: date
) -> Transaction:
    """Move an amount between two accounts of the collector: debit ``to``, credit ``out``."""
    return ledger.post(
        _project(payment),
        kind,
        [
            ledger.Side(to, payment.collector, amount),
            ledger.Side(out, payment.collector, -amount),
        ],
        cause=cause,
        key=key,
        booked_on=on,
        memo={"channel": str(payment.channel), "campaign": payment.pledge.campaign.uid},
    )


def _cause(payment: Payment) -> ledger.Cause:
    return ledger.Cause("payment", payment.uid)


def gift(payment: Payment, on: date) -> Transaction:
    """The money of a gift came."""
    where = WHERE[Pledge.Channel(payment.channel)]
    key = f"payment:{payment.uid}"
    kind = Transaction.Kind.GIFT
    return _write(
        payment, kind, where, Account.Kind.GIFTS, payment.amount, key=key, cause=_cause(payment), on=on
    )


def surplus(payment: Payment, on: date) -> Transaction:
    """Money came that is nobody's gift: it is owed back from the first moment."""
    where = WHERE[Pledge.Channel(payment.channel)]
    key, kind = f"payment:{payment.uid}", Transaction.Kind.SURPLUS
    return _write(
        payment, kind, where, Account.Kind.OWED, payment.amount, key=key, cause=_cause(payment), on=on
    )


def fee(payment: Payment, amount: Money, on: date) -> Transaction:
    """What the provider kept for itself."""
    key, kind = f"fee:{payment.uid}", Transaction.Kind.FEE
    out = Account.Kind.PROVIDER
    return _write(payment, kind, Account.Kind.FEES, out, amount, key=key, cause=_cause(payment), on=on)


def owing(refund: Refund) -> Transaction:
    """A gift becomes a debt to its donor."""
    return _write(
        refund.payment,
        Transaction.Kind.OWING,
        Account.Kind.GIFTS,
        Account.Kind.OWED,
        refund.amount,
        key=f"owing:{refund.uid}",
        cause=ledger.Cause("refund", refund.uid),
        on=timezone.localdate(),
    )


def given_back(refund: Refund, on: date) -> Transaction:
    """The debt is paid: from the provider's account, or by hand from the bank or the cash box."""
    payment = refund.payment
    out = WHERE[Pledge.Channel(payment.channel)]
    if refund.by_hand and out not in {Account.Kind.CASH, Account.Kind.BANK}:
        out = Account.Kind.BANK
    return _write(
        payment,
        Transaction.Kind.REFUND,
        Account.Kind.OWED,
        out,
        refund.amount,
        key=f"refund:{refund.uid}:{refund.attempt}",
        cause=ledger.Cause("refund", refund.uid),
        on=on,
    )


def came_back(refund: Refund) -> Transaction | None:
    """The bank refused a refund that was booked: its mirror, or None when it was not booked."""
    return _mirror(f"refund:{refund.uid}:{refund.attempt}", ledger.Cause("refund", refund.uid))


def no_longer_owed(refund: Refund) -> Transaction | None:
    """A refund was dropped: the debt is a gift again."""
    return _mirror(f"owing:{refund.uid}", ledger.Cause("refund", refund.uid))


def contested(dispute: Dispute) -> Transaction:
    """The provider took a gift back for now."""
    return _write(
        dispute.payment,
        Transaction.Kind.DISPUTE,
        Account.Kind.GIFTS,
        Account.Kind.PROVIDER,
        dispute.amount,
        key=f"dispute:{dispute.uid}",
        cause=ledger.Cause("dispute", dispute.uid),
        on=timezone.localdate(),
    )


def contest_fee(dispute: Dispute) -> Transaction:
    """What the provider asks for handling a dispute."""
    return _write(
        dispute.payment,
        Transaction.Kind.FEE,
        Account.Kind.FEES,
        Account.Kind.PROVIDER,
        money(dispute.fee_minor, dispute.currency),
        key=f"disputefee:{dispute.uid}",
        cause=ledger.Cause("dispute", dispute.uid),
        on=timezone.localdate(),
    )


def contest_won(dispute: Dispute) -> Transaction:
    """The provider gave it again."""
    return _write(
        dispute.payment,
        Transaction.Kind.DISPUTE_WON,
        Account.Kind.PROVIDER,
        Account.Kind.GIFTS,
        dispute.amount,
        key=f"disputewon:{dispute.uid}",
        cause=ledger.Cause("dispute", dispute.uid),
        on=timezone.localdate(),
    )


def kept(payment: Payment, amount: Money) -> Transaction:
    """The donor left a gift to the organisation when the campaign failed."""
    key, kind = f"keep:{payment.uid}", Transaction.Kind.KEEP
    out, on = Account.Kind.KEPT, timezone.localdate()
    return _write(payment, kind, Account.Kind.GIFTS, out, amount, key=key, cause=_cause(payment), on=on)


def entered(payment: Payment) -> bool:
    """Whether the money came here: what was moved from another project has no entry of its own to undo."""
    return Transaction.objects.filter(key=f"payment:{payment.uid}").exists()


def undone(payment: Payment) -> None:
    """A human entered it by mistake: its mirror."""
    done = Transaction.objects.select_related("ledger__project").get(key=f"payment:{payment.uid}")
    ledger.undo(
        done,
        cause=_cause(payment),
        key=f"undo:{payment.uid}",
        booked_on=timezone.localdate(),
        memo={
            "channel": payment.channel,
            "campaign": payment.pledge.campaign.uid,
            "reason": payment.reason,
        },
    )


def _mirror(key: str, cause: ledger.Cause) -> Transaction | None:
    done = Transaction.objects.select_related("ledger__project").filter(key=key).first()
    if done is None:
        return None
    undo_key = f"undo:{key}"
    known = Transaction.objects.filter(key=undo_key).first()
    if known is not None:
        return known
    return ledger.undo(done, cause=cause, key=undo_key, booked_on=timezone.localdate(), memo=done.memo)
