"""Where a pledge stands, as its private page says it: one word for the situation, why, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from plugins.crowdfunding.domain import changes, moves, rules
from plugins.crowdfunding.domain.lifecycles import PLEDGE, REPLACED_WITHIN
from plugins.crowdfunding.models import CashGift, Payment, Pledge

CONFIRM = "authentication_required"
NOT_FINISHED = frozenset({"expired", "voided", "never_started", "unknown", "abandoned"})
"""Failures that are nobody's refusal: the provider's page was left."""
_S, _P = Pledge.State, Payment.State


@dataclass(frozen=True)
class Situation:
    """``word`` names the sentence and the template of the page; ``acts`` what its donor can do now."""

    word: str
    acts: frozenset[str]
    ways: tuple[str, ...] = ()
    payment: Payment | None = None
    why: str = ""
    until: datetime | None = None
    frozen: datetime | None = None


def of(pledge: Pledge) -> Situation:
    """The situation of a pledge now; a handful of queries whatever its history."""
    payments = list(pledge.payments.order_by("-attempt")[:12])
    word, payment = _word(pledge, payments)
    frozen = rules.frozen_since(pledge.campaign) if pledge.state in Pledge.WAITING else None
    ways = _ways(pledge) if pledge.state in {_S.STARTED, _S.PLEDGED, _S.SECURED, _S.DUE} else ()
    failure = payment.failure if payment is not None else ""
    return Situation(
        word=word,
        acts=frozenset(_acts(pledge, word, ways, frozen)),
        ways=ways,
        payment=payment,
        why=sentence(failure) if word in {"declined", "due"} else "",
        until=pledge.waiting_since + REPLACED_WITHIN if pledge.state == _S.DUE else None,
        frozen=frozen,
    )


def _word(pledge: Pledge, payments: Sequence[Payment]) -> tuple[str, Payment | None]:
    """The situation's word, and the payment it speaks of."""
    last = payments[0] if payments else None
    booked = next((row for row in payments if row.state in Payment.CAME), None)
    if pledge.state in {_S.RECEIVED, _S.REFUNDED, _S.DISPUTED}:
        return str(pledge.state), booked
    busy = next((row for row in payments if _at_the_bank(row)), None)
    if pledge.state in Pledge.WAITING and busy is not None:
        return "processing", busy
    if pledge.state == _S.PLEDGED:
        if CashGift.objects.filter(pledge=pledge, state=CashGift.State.DECLARED).exists():
            return "cash", None
        return "transfer" if pledge.channel in Pledge.OFFLINE else "processing", last
    if pledge.state == _S.STARTED:
        return _started(last), last
    if pledge.state == _S.DUE:
        return ("confirm" if last is not None and last.failure == CONFIRM else "due"), last
    return str(pledge.state), last


def _at_the_bank(row: Payment) -> bool:
    """Whether nothing can be changed now: the bank has the money, or was asked for it and has not answered."""
    asked = row.way == Payment.Way.CHARGE and row.state == _P.STARTED
    return asked or row.state == _P.PROCESSING


def _started(last: Payment | None) -> str:
    """A hosted payment that has not come to an end."""
    if last is None or last.state == _P.STARTED or last.failure in NOT_FINISHED:
        return "open"
    if last.failure == CONFIRM:
        return "confirm"
    return "processing" if last.state == _P.PROCESSING else "declined"


def _ways(pledge: Pledge) -> tuple[str, ...]:
    """Ways the donor could pay by now: a page never finished is no reason to take gifts after the end."""
    campaign = pledge.campaign
    if pledge.state == _S.STARTED and not campaign.takes_pledges():
        return ()
    if campaign.state in moves.OVER or campaign.state == campaign.State.DRAFT:
        return ()
    return tuple(changes.ways(campaign))


def _acts(pledge: Pledge, word: str, ways: Sequence[str], frozen: datetime | None) -> list[str]:
    found: list[str] = []
    if word in {"cash", "processing"}:  # the money was given: what happens next is not the donor's turn
        return found
    hosted = [way for way in ways if way not in Pledge.OFFLINE]
    if hosted:
        found.append("pay")
    table = PLEDGE[pledge.state]
    online = pledge.state in {_S.STARTED, _S.SECURED, _S.DUE}
    if online and "transfer" in ways and not (frozen and pledge.state == _S.SECURED):
        found.append("transfer")
    if "cancel" in table and frozen is None:
        found.append("cancel")
    if moves.may_move(pledge):
        found.append("move")
    return found


def sentence(code: str) -> str:
    """Why a provider refused, in the reader's language; a code nobody knows says what helps most."""
    known = {
        "card_declined": _("Your bank refused the card and does not say why. Another card often works."),
        "generic_decline": _("Your bank refused the card and does not say why. Another card often works."),
        "do_not_honor": _("Your bank refused the card and does not say why. Another card often works."),
        "insufficient_funds": _("There is not enough money on the card's account."),
        "expired_card": _("The card has expired."),
        "incorrect_cvc": _("The security code on the back of the card was wrong."),
        "invalid_cvc": _("The security code on the back of the card was wrong."),
        "incorrect_number": _("The number of the card was wrong."),
        "invalid_number": _("The number of the card was wrong."),
        "invalid_expiry_month": _("The date of expiry was wrong."),
        "invalid_expiry_year": _("The date of expiry was wrong."),
        "lost_card": _("Your bank refused this card. Please ask your bank, or take another card."),
        "stolen_card": _("Your bank refused this card. Please ask your bank, or take another card."),
        "card_velocity_exceeded": _("The card reached its limit. Wait a day, or take another card."),
        "withdrawal_count_limit_exceeded": _("The card reached its limit. Wait a day, or take another card."),
        "card_not_supported": _("This kind of card is not taken here."),
        "currency_not_supported": _("The card cannot pay in this currency."),
        "processing_error": _("The bank had a technical problem. Try again in a few minutes."),
        "issuer_not_available": _("The bank had a technical problem. Try again in a few minutes."),
        "authentication_failed": _("The payment was not confirmed at the bank."),
        "payment_intent_authentication_failure": _("The payment was not confirmed at the bank."),
        "setup_intent_authentication_failure": _("The card was not confirmed at the bank."),
        "debit_not_authorized": _("Your bank did not allow the direct debit."),
        "bank_account_restricted": _("Your bank did not allow the direct debit."),
        "account_closed": _("The bank account is closed."),
        "bank_account_unusable": _("The bank account cannot be debited."),
        "no_account": _("The bank account was not found: check the IBAN."),
        "refer_to_customer": _("Your bank did not allow the direct debit."),
    }
    return known.get(code, _("The payment did not go through. Try again, or choose another way."))
