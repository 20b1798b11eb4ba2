"""What people press on the page of the demonstration's provider, and what its bank makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from plugins.crowdfunding.gateways import demo_events
from plugins.crowdfunding.gateways.base import GatewayError, Method, Status
from plugins.crowdfunding.models import DemoPayment

LIFE = timedelta(hours=24)
"""How long a page can be finished."""
DEBIT_TAKES = timedelta(seconds=6)
"""How long a direct debit is at the bank; a real one takes days."""
ANSWER_WITHIN = timedelta(days=7)
DECLINES = ("card_declined", "insufficient_funds", "expired_card", "incorrect_cvc")
"""Reasons that the page lets one choose from; the provider's codes are those of the trade."""
_PAY = ("pay", "decline", "confirm", "close", "twice", "late")
OPEN_ACTS = {
    DemoPayment.Kind.PAY: (*_PAY, "dispute"),
    DemoPayment.Kind.SECURE: (*_PAY, "refused_later", "confirm_later"),
}
STAYS = frozenset({"close", "win", "lose", "contest"})
"""Acts after which the browser does not go back by itself."""


class NotOffered(GatewayError):
    """The page does not offer this any more: it was pressed before, or in another window."""


def acts_of(row: DemoPayment) -> tuple[str, ...]:
    """What can be pressed on the page of a payment now."""
    if row.status == Status.OPEN and row.at > timezone.now() - LIFE:
        return OPEN_ACTS.get(DemoPayment.Kind(row.kind), ())
    if row.status == Status.CONFIRM:
        return ("approve", "refuse")
    if row.status == Status.SETTLED and row.dispute == "opened":
        return ("win", "lose")
    if row.status == Status.SETTLED and not row.dispute and not row.refunded_minor:
        return ("contest",)
    return ()


def fee_of(amount_minor: int) -> int:
    """What the provider keeps: 1.5 % and 25 cents, never more than half."""
    return min(amount_minor // 2, amount_minor * 15 // 1000 + 25)


def method_of(name: str, channel: str, page: str) -> Method:
    """The stored method behind a name, of who finished this page; its name says what it will do when it is charged."""
    label = "•••• 4242" if channel == "card" else "FR•• •••• 0189"
    return Method(customer=page, method=name, label=label, channel=channel)


def at_the_close(method: str) -> tuple[str, str]:
    """What a stored method does when it is charged: the status and the code of a refusal."""
    if method.endswith("_refused"):
        return Status.FAILED, "card_declined"
    if method.endswith("_confirm"):
        return Status.CONFIRM, "authentication_required"
    return Status.SETTLED, ""


def forget(account: str, method: Method) -> None:
    """The bank keeps the method no longer; one that it does not have is left alone."""
    kept = DemoPayment.objects.filter(account=account, session=method.customer, method=method.method)
    kept.filter(kind=DemoPayment.Kind.SECURE).update(method="")


def forgotten(account: str, method: Method) -> bool:
    """Whether the method was stored here once and is no more."""
    stored = DemoPayment.objects.filter(account=account, session=method.customer)
    return stored.filter(kind=DemoPayment.Kind.SECURE, method="").exists()


def ripen(row: DemoPayment) -> None:
    """A direct debit that was long enough at the bank is settled or refused."""
    if row.status == Status.PROCESSING and row.ends_at is not None and row.ends_at <= timezone.now():
        row.status, row.failure = row.ending, _failure_of(row.ending)


def _failure_of(status: str) -> str:
    return "debit_not_authorized" if status == Status.FAILED else ""


def said(row: DemoPayment) -> dict[str, Any]:
    """What the provider tells of a payment, as its events carry it."""
    settled = row.status == Status.SETTLED
    return {
        "object": "payment",
        "status": str(row.status),
        "key": row.key,
        "session": row.session if row.kind != DemoPayment.Kind.CHARGE else "",
        "reference": row.reference if row.kind != DemoPayment.Kind.SECURE else "",
        "amount": row.amount_minor,
        "currency": row.currency,
        "channel": row.channel,
        "method": row.method if row.status == Status.SECURED else "",
        "failure": row.failure,
        "fee": fee_of(row.amount_minor) if settled else 0,
        "on": timezone.localdate(row.ends_at or row.at).isoformat() if settled else "",
    }


def dispute_said(row: DemoPayment) -> dict[str, Any]:
    """What the provider tells of a contested payment."""
    return {
        "object": "dispute",
        "status": row.dispute,
        "reference": f"demo_dispute_{row.reference.rpartition('_')[2]}",
        "payment": row.reference,
        "amount": row.amount_minor,
        "currency": row.currency,
        "answer_by": (timezone.localdate(row.at) + ANSWER_WITHIN).isoformat(),
    }


@transaction.atomic
def press(session: str, act: str, *, why: str = "") -> DemoPayment:
    """Do what was pressed on a page; raises NotOffered, and DemoPayment.DoesNotExist."""
    row = DemoPayment.objects.select_for_update().get(session=session)
    ripen(row)
    if act not in acts_of(row):
        raise NotOffered(act)
    if act in {"contest", "win", "lose"}:
        _contest(row, {"contest": "opened", "win": "won", "lose": "lost"}[act])
    elif act in {"decline", "refuse"}:
        code = why if why in DECLINES else "authentication_failed" if act == "refuse" else DECLINES[0]
        _end(row, Status.FAILED, code)
    elif act == "confirm":
        _end(row, Status.CONFIRM, "authentication_required")
    else:
        _accept(row, act)
    return row


def _end(row: DemoPayment, status: str, failure: str = "", *, times: int = 1, late: bool = False) -> None:
    """Set what became of a payment and tell it."""
    row.status, row.failure = status, failure
    row.save()
    demo_events.tell(
        row,
        f"payment.{row.status}",
        said(row),
        times=times,
        at=timezone.now() + demo_events.LATE if late else None,
    )


def _accept(row: DemoPayment, act: str) -> None:
    """The donor agreed: the money is taken, on its way, or the method is stored."""
    times, late = (2 if act == "twice" else 1), act == "late"
    if row.kind == DemoPayment.Kind.SECURE:
        fate = {"refused_later": "refused", "confirm_later": "confirm"}.get(act, "good")
        row.method = f"demo_{row.channel}_{fate}"
        _end(row, Status.SECURED, times=times, late=late)
    elif row.channel == "debit":
        row.ends_at, row.ending = timezone.now() + DEBIT_TAKES, str(Status.SETTLED)
        _end(row, Status.PROCESSING, times=times)
        _tell_the_end(row, times)
    else:
        _end(row, Status.SETTLED, times=times, late=late)
    if act == "dispute" and row.status == Status.SETTLED:
        _contest(row, "opened")


def _tell_the_end(row: DemoPayment, times: int) -> None:
    """A direct debit's end is told when it is there."""
    told = said(row) | {"status": row.ending, "failure": _failure_of(row.ending)}
    told |= {"fee": fee_of(row.amount_minor), "on": timezone.localdate(row.ends_at).isoformat()}
    demo_events.tell(row, f"payment.{row.ending}", told, times=times, at=row.ends_at)


def _contest(row: DemoPayment, dispute: str) -> None:
    """The donor's bank took the money back, or decided who keeps it."""
    row.dispute = dispute
    row.save(update_fields=["dispute", "status", "failure"])
    demo_events.tell(row, f"dispute.{dispute}", dispute_said(row))
