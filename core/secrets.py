"""Secrets kept in the database: sealed at rest, each for one purpose only."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(RuntimeError):
    """Sealed for another purpose, altered, or with a secret that is set no more (SECRET_KEY_FALLBACKS keeps it)."""


def seal(text: str, purpose: str) -> str:
    """A text that only this instance can read again, and only for the same purpose."""
    return fernets(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The text behind a seal; raises SealBroken."""
    try:
        return fernets(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken(f"What was sealed for {purpose} cannot be opened with the secrets set.") from error


def reseal(sealed: str, purpose: str) -> str:
    """The same text under the current secret, when secrets are exchanged; raises SealBroken."""
    try:
        return fernets(purpose).rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken(f"What was sealed for {purpose} cannot be opened with the secrets set.") from error


def fernets(purpose: str, own: str = "") -> MultiFernet:
    """The current secret first (``own`` or FIELD_KEY_SECRET when set), then all that may still have sealed something."""
    first = own or getattr(settings, "FIELD_KEY_SECRET", "")
    secrets = [*([first] if first else []), settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(secret, purpose) for secret in secrets])


@lru_cache(maxsize=64)
def _fernet(secret: str, purpose: str) -> Fernet:
    """A key of its own for each purpose: what is stolen in one place opens nothing in another."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"tiwizi {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
