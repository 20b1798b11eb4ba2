"""The provider of a demonstration: a page of the site itself, where no money moves. Refuses to work anywhere else.

It behaves like a real one: a bank of its own (models/demo.py), the same order twice is one, events are signed and
posted. What people press on its page stands in gateways/demo_bank.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation

from core.conf import absolute, instance
from core.money import minor, money
from plugins.crowdfunding.gateways import demo_bank, demo_events
from plugins.crowdfunding.gateways.base import (
    ChannelNotTaken,
    Charge,
    Credentials,
    DisputeOutcome,
    DisputeStatus,
    Event,
    Forged,
    GatewayError,
    ImpossibleAmount,
    Instructions,
    Method,
    Order,
    Outcome,
    RefundOrder,
    RefundOutcome,
    RefundStatus,
    Refused,
    Status,
    Unknown,
)
from plugins.crowdfunding.gateways.demo_bank import LIFE, method_of, said
from plugins.crowdfunding.models import DemoPayment, DemoRefund


class NotADemonstration(GatewayError):
    """The demonstration's provider was asked on a site that is none."""


def check_demo() -> None:
    """Raise NotADemonstration on every instance that is not one."""
    if not instance().demo:
        raise NotADemonstration("The demonstration's provider moves no money.")


def outcome(data: Mapping[str, Any]) -> Outcome:
    """The port's view of what the provider tells."""
    currency = str(data["currency"])
    return Outcome(
        status=Status(data["status"]),
        key=data["key"],
        session=data["session"],
        reference=data["reference"],
        amount=money(int(data["amount"]), currency),
        on=date.fromisoformat(data["on"]) if data["on"] else None,
        channel=data["channel"],
        method=method_of(data["method"], data["channel"], data["session"]) if data["method"] else None,
        fee=money(int(data["fee"]), currency) if data["fee"] else None,
        failure=data["failure"],
    )


def refund_said(row: DemoRefund) -> dict[str, Any]:
    """What the provider tells of a refund."""
    return {
        "object": "refund",
        "reference": row.reference,
        "key": row.key,
        "payment": row.payment.reference,
        "amount": row.amount_minor,
        "currency": row.payment.currency,
    }


def refund_outcome(data: Mapping[str, Any]) -> RefundOutcome:
    """The port's view of a refund: here it is done at once."""
    amount = money(int(data["amount"]), str(data["currency"]))
    return RefundOutcome(RefundStatus.DONE, data["reference"], data["payment"], amount, data["key"])


def dispute_outcome(data: Mapping[str, Any]) -> DisputeOutcome:
    """The port's view of a contested payment."""
    return DisputeOutcome(
        DisputeStatus(data["status"]),
        data["reference"],
        data["payment"],
        money(int(data["amount"]), str(data["currency"])),
        answer_by=date.fromisoformat(data["answer_by"]),
    )


class Demo:
    """Cards and direct debits of a demonstration."""

    name: ClassVar[str] = "demo"
    channels: ClassVar[frozenset[str]] = frozenset({"card", "debit"})
    manual: ClassVar[bool] = False
    events: ClassVar[tuple[str, ...]] = ()  # it sends everything by itself

    def start(self, order: Order) -> Instructions:
        """The page of an order; the same key gives the same page."""
        check_demo()
        if order.channel not in self.channels:
            raise ChannelNotTaken(order.channel)
        if order.amount.amount <= 0:
            raise ImpossibleAmount(str(order.amount))
        kind = DemoPayment.Kind.SECURE if order.secure_only else DemoPayment.Kind.PAY
        row, _made = DemoPayment.objects.get_or_create(
            account=order.credentials.account,
            key=order.key,
            defaults={
                "kind": kind,
                "channel": order.channel,
                "code": order.code,
                "title": order.title[:200],
                "language": order.language,
                "return_url": order.return_url,
                "cancel_url": order.cancel_url,
                "currency": order.amount.currency.code,
                "amount_minor": minor(order.amount),
            },
        )
        with translation.override(order.language):
            page = absolute(reverse("crowdfunding:demo_bank", args=[row.session]))
        return Instructions(
            channel=order.channel,
            beneficiary=order.beneficiary,
            reference=order.code,
            amount=order.amount,
            redirect_url=page,
            session=row.session,
        )

    def find(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        """What became of a payment."""
        check_demo()
        return outcome(said(self._row(session, reference, credentials)))

    def void(self, session: str, reference: str, credentials: Credentials) -> Outcome:
        """Shut the page, unless the donor was quicker."""
        check_demo()
        with transaction.atomic():
            row = self._row(session, reference, credentials, lock=True)
            if row.status in {Status.OPEN, Status.CONFIRM}:
                row.status, row.failure = Status.EXPIRED, "voided"
                row.save(update_fields=["status", "failure"])
        return outcome(said(row))

    def charge(self, charge: Charge) -> Outcome:
        """Collect with a stored method: it does what its donor chose when storing it."""
        check_demo()
        status, failure = demo_bank.at_the_close(charge.method.method)
        if demo_bank.forgotten(charge.credentials.account, charge.method):
            status, failure = Status.FAILED, "payment_method_detached"
        with transaction.atomic():
            row, made = DemoPayment.objects.get_or_create(
                account=charge.credentials.account,
                key=charge.key,
                defaults={
                    "kind": DemoPayment.Kind.CHARGE,
                    "status": status,
                    "failure": failure,
                    "channel": charge.method.channel,
                    "method": charge.method.method,
                    "code": charge.code,
                    "title": charge.title[:200],
                    "currency": charge.amount.currency.code,
                    "amount_minor": minor(charge.amount),
                },
            )
            if made:
                demo_events.tell(row, f"payment.{row.status}", said(row))
        return outcome(said(row))

    def find_charge(self, key: str, credentials: Credentials) -> Outcome:
        """What became of a charge."""
        check_demo()
        rows = DemoPayment.objects.filter(account=credentials.account, kind=DemoPayment.Kind.CHARGE)
        row = rows.filter(key=key).first()
        if row is None:
            raise Unknown(key)
        return outcome(said(row))

    def detach(self, method: Method, credentials: Credentials) -> None:
        """Forget a stored method; one it does not have is no error."""
        check_demo()
        demo_bank.forget(credentials.account, method)

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """Give back at once, never more than came."""
        check_demo()
        account = order.credentials.account
        with transaction.atomic():
            rows = DemoPayment.objects.select_for_update()
            payment = rows.filter(account=account, reference=order.reference, status=Status.SETTLED).first()
            if payment is None:
                raise Refused("unknown_payment")
            known = DemoRefund.objects.filter(key=order.key).select_related("payment").first()
            if known is not None:
                return refund_outcome(refund_said(known))
            amount = minor(order.amount)
            if order.amount.currency.code != payment.currency or not 0 < amount <= self._left(payment):
                raise Refused("more_than_came")
            row = DemoRefund.objects.create(payment=payment, key=order.key, amount_minor=amount)
            DemoPayment.objects.filter(pk=payment.pk).update(refunded_minor=F("refunded_minor") + amount)
            demo_events.tell(payment, "refund.done", refund_said(row))
        return refund_outcome(refund_said(row))

    def find_refund(self, reference: str, credentials: Credentials) -> RefundOutcome:
        """What became of a refund."""
        check_demo()
        rows = DemoRefund.objects.select_related("payment")
        row = rows.filter(reference=reference, payment__account=credentials.account).first()
        if row is None:
            raise Unknown(reference)
        return refund_outcome(refund_said(row))

    def read(self, body: bytes, headers: Mapping[str, str], credentials: Credentials) -> Event:
        """Verify and translate an event."""
        if not instance().demo:
            raise Forged("the demonstration's provider sends nothing here")
        found = demo_events.verify(body, headers, credentials.account)
        try:
            return self._event(found)
        except (KeyError, TypeError, ValueError) as error:
            raise Forged("not of the demonstration's provider") from error

    def _event(self, found: Mapping[str, Any]) -> Event:
        data = found["data"]
        kind = data["object"]
        return Event(
            id=found["id"],
            type=found["type"],
            at=demo_events.moment(found["created"]),
            account=found["account"],
            payment=outcome(data) if kind == "payment" else None,
            refund=refund_outcome(data) if kind == "refund" else None,
            dispute=dispute_outcome(data) if kind == "dispute" else None,
        )

    def _left(self, payment: DemoPayment) -> int:
        """What can still be given back: nothing of what the bank took."""
        return 0 if payment.dispute in {"opened", "lost"} else payment.amount_minor - payment.refunded_minor

    def _row(
        self, session: str, reference: str, credentials: Credentials, *, lock: bool = False
    ) -> DemoPayment:
        """The payment as it is now; an unfinished page ends after a day. Raises Unknown."""
        rows = DemoPayment.objects.filter(account=credentials.account)
        rows = rows.select_for_update() if lock else rows
        row = rows.filter(session=session).first() if session else rows.filter(reference=reference).first()
        if row is None:
            raise Unknown(session or reference)
        demo_bank.ripen(row)
        if row.status == Status.OPEN and row.at < timezone.now() - LIFE:
            row.status, row.failure = Status.EXPIRED, "expired"
        return row
