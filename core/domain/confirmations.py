"""Six-digit codes by e-mail: five attempts, thirty minutes, a few sendings, only the hash is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from core.domain import mail
from core.models import Confirmation

ATTEMPTS = 5
LIFETIME = timedelta(minutes=30)
SENDINGS = 4
PER_ADDRESS = 8
"""Codes one address may be sent in an hour, whoever asks: nobody's mailbox is filled from here."""


class CodeRefused(ValueError):
    """The code cannot be taken; the subclass says why."""


class CodeWrong(CodeRefused):
    """Other digits; ``left`` attempts remain."""

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


class CodeExpired(CodeRefused):
    """Too late, tried too often or used already: a new one must be sent."""


class TooManyCodes(ValueError):
    """This address was sent too many codes; it has to wait."""


@transaction.atomic
def start(purpose: str, email: str, *, language: str, **facts: Any) -> Confirmation:
    """Make a code for one act and send it; raises TooManyCodes."""
    email = email.strip().lower()
    require_calm(email)
    confirmation = Confirmation(
        purpose=purpose, email=email, facts=facts, expires_at=timezone.now() + LIFETIME
    )
    _send(confirmation, language)
    return confirmation


@transaction.atomic
def resend(confirmation: Confirmation, *, language: str) -> None:
    """Send a new code in place of the last; raises TooManyCodes, or CodeExpired once it was used."""
    if confirmation.used_at is not None:
        raise CodeExpired
    if confirmation.sendings >= SENDINGS:
        raise TooManyCodes
    require_calm(confirmation.email)
    confirmation.attempts, confirmation.expires_at = 0, timezone.now() + LIFETIME
    _send(confirmation, language)


def require_calm(email: str) -> None:
    """Raise TooManyCodes when the address was sent its share within the hour."""
    recent = Confirmation.objects.filter(email=email, created_at__gte=timezone.now() - timedelta(hours=1))
    if sum(recent.values_list("sendings", flat=True)) >= PER_ADDRESS:
        raise TooManyCodes


def _send(confirmation: Confirmation, language: str) -> None:
    code = f"{secrets.randbelow(10**6):06}"
    confirmation.code_hash = hashed(confirmation.uid, code)
    confirmation.sendings += 1
    confirmation.save()
    mail.post(
        confirmation.email,
        "core/mail/code",
        {"code": code, "purpose": confirmation.purpose, "minutes": int(LIFETIME.total_seconds() // 60)},
        language=language,
        key=f"code-{confirmation.uid}-{confirmation.sendings}",
        urgent=True,
    )


def hashed(uid: str, code: str) -> str:
    """The keyed hash of a code, different for each confirmation."""
    return salted_hmac(f"core.confirmation.{uid}", code, algorithm="sha256").hexdigest()


def verify(confirmation: Confirmation, code: str) -> None:
    """Compare the code. Raises CodeWrong with the attempts left, or CodeExpired.

    Call it outside any transaction that a refusal would roll back: a wrong attempt must count.
    """
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if not alive(confirmation).filter(attempts__lt=ATTEMPTS).update(attempts=F("attempts") + 1):
        raise CodeExpired
    confirmation.refresh_from_db()
    if not constant_time_compare(confirmation.code_hash, hashed(confirmation.uid, digits)):
        left = ATTEMPTS - confirmation.attempts
        if left <= 0:
            raise CodeExpired
        raise CodeWrong(left)


def use(confirmation: Confirmation) -> None:
    """Take a verified code, once, in the transaction of the act it allows; raises CodeExpired."""
    if not alive(confirmation).update(used_at=timezone.now()):
        raise CodeExpired
    confirmation.refresh_from_db()


def alive(confirmation: Confirmation) -> QuerySet[Confirmation]:
    """The row, while it can still be used."""
    return Confirmation.objects.filter(pk=confirmation.pk, used_at=None, expires_at__gt=timezone.now())
