"""What the treasurer decides of a bank line: booked on a promise, tied to an entry, a new gift, left aside, undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.models import Organisation, Person
from core.money import CurrencyMismatch
from plugins.crowdfunding.domain import payments
from plugins.crowdfunding.domain.collectors import NotAuthorised, NotSetUp
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.pledges import Donor
from plugins.crowdfunding.domain.statements.candidates import Proposal, propose
from plugins.crowdfunding.domain.statements.lines import tidy
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import BankLine, Campaign, Payment, Pledge

AT_ONCE = 60
"""Lines on one page of the review."""
REFUSALS = (NotAuthorised, NotSetUp, GatewayError, NotPossible, CurrencyMismatch)
"""Why a line cannot be booked now; it goes on waiting."""


class AlreadyDecided(ValueError):
    """The line was booked or left aside meanwhile."""


class NotTheSame(ValueError):
    """The entry is not of this amount, or another line is tied to it."""


def waiting(organisation: Organisation) -> QuerySet[BankLine]:
    """Lines to be looked at, oldest first."""
    rows = BankLine.objects.filter(collector=organisation).waiting()
    return rows.select_related("payment").order_by("booked_on", "pk")


def review(organisation: Organisation) -> list[Proposal]:
    """The next lines to be looked at, with what each may be."""
    return propose(organisation, list(waiting(organisation)[:AT_ONCE]))


def lock(row: BankLine) -> BankLine:
    """The line as it is now, held until the end of the transaction; raises AlreadyDecided unless it waits.

    A line is locked before its pledge, everywhere.
    """
    rows = BankLine.objects.select_related("collector")
    line = rows.select_for_update(of=("self",)).get(pk=row.pk)
    if not line.waits or line.amount_minor <= 0:
        raise AlreadyDecided(line.uid)
    return line


def _receipt(line: BankLine) -> payments.Receipt:
    day: date = min(line.booked_on, timezone.localdate())
    reference = tidy(line.reference or line.end_to_end or line.text, 140)
    return payments.Receipt(line.amount, day, Pledge.Channel.TRANSFER, reference)


@transaction.atomic
def book(row: BankLine, pledge: Pledge, *, by: Person) -> Payment:
    """Book a line on a promise; raises AlreadyDecided and what ``payments.receive`` raises."""
    line = lock(row)
    if pledge.collector_id != line.collector_id:
        raise NotTheSame(line.uid)
    payment = payments.receive(pledge, _receipt(line), by=by)
    _decide(line, payment=payment, by=by)
    return payment


@transaction.atomic
def tie(row: BankLine, payment: Payment, *, by: Person) -> None:
    """Say that a line is money already entered by hand; nothing is booked. Raises AlreadyDecided, NotTheSame."""
    line = lock(row)
    entry = (
        Payment.objects.select_for_update(of=("self",))
        .filter(collector=line.collector_id, bank_line=None)
        .get(pk=payment.pk)
    )
    standing = entry.state == Payment.State.RECEIVED and entry.account_id is None
    if not standing or entry.amount != line.amount:
        raise NotTheSame(line.uid)
    _decide(line, payment=entry, by=by, linked=True)


@transaction.atomic
def enter(row: BankLine, campaign: Campaign, donor: Donor, *, by: Person) -> Payment:
    """Book a line that nobody promised as a gift; raises AlreadyDecided and what ``enter_gift`` raises."""
    line = lock(row)
    if campaign.collector_id != line.collector_id:
        raise NotTheSame(line.uid)
    # A line undone and entered anew is another gift than the one that was void.
    before = Pledge.objects.filter(form_key__startswith=f"line-{line.uid}-").count()
    key = f"line-{line.uid}-{before}"
    payment = payments.enter_gift(campaign, donor, _receipt(line), by=by, form_key=key)
    _decide(line, payment=payment, by=by)
    return payment


@transaction.atomic
def leave(row: BankLine, reason: str, note: str = "", *, by: Person) -> None:
    """Leave a line aside, saying why; raises AlreadyDecided."""
    line = lock(row)
    line.state, line.payment = BankLine.State.IGNORED, None
    line.reason, line.note, line.linked = BankLine.Reason(reason), tidy(note, 200), False
    _sign(line, by)


@transaction.atomic
def undo(row: BankLine, *, by: Person) -> None:
    """Look at a line again: what it booked is taken out of the accounts. Raises NotPossible."""
    line = BankLine.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if line.state == BankLine.State.WAITING:
        return
    if line.amount_minor <= 0:
        raise NotPossible(line.state, "undo")
    payment = line.payment
    if payment is not None and not line.linked and payment.state != Payment.State.REVERSED:
        payments.undo(payment, by=by, reason=Payment.Reason.MISTAKE)
    line.state, line.payment, line.linked = BankLine.State.WAITING, None, False
    line.reason, line.note = "", ""
    _sign(line, by)


def _decide(line: BankLine, *, payment: Payment, by: Person, linked: bool = False) -> None:
    line.state, line.payment, line.linked = BankLine.State.BOOKED, payment, linked
    line.reason, line.note = "", ""
    _sign(line, by)


def _sign(line: BankLine, by: Person) -> None:
    line.decided_by, line.decided_at = by, timezone.now()
    line.save(update_fields=["state", "payment", "linked", "reason", "note", "decided_by", "decided_at"])


def settle(proposal: Proposal, key: str, *, by: Person) -> None:
    """Do what one of a line's candidates says; raises KeyError when it is no longer one."""
    chosen = {one.key: one for one in proposal.candidates if one.bookable}[key]
    if chosen.payment is not None:
        tie(proposal.line, chosen.payment, by=by)
    else:
        book(proposal.line, chosen.pledge, by=by)


def confirm_sure(organisation: Organisation, seen: Sequence[str], *, by: Person) -> tuple[int, int]:
    """Settle the lines the treasurer saw as sure, each by itself; gives how many were and how many were not.

    ``seen`` holds ``<line>:<candidate>``: what changed since the page was shown is left waiting.
    """
    pairs = dict(one.split(":", 1) for one in seen[:AT_ONCE] if ":" in one)
    rows = list(waiting(organisation).filter(uid__in=pairs))
    done = 0
    for proposal in propose(organisation, rows):
        if proposal.group != "sure" or proposal.best is None or proposal.best.key != pairs[proposal.line.uid]:
            continue
        try:
            settle(proposal, proposal.best.key, by=by)
        except (AlreadyDecided, NotTheSame, Payment.DoesNotExist, *REFUSALS):
            continue
        done += 1
    return done, len(pairs) - done
