"""Reference codes: short, read aloud and typed into a bank's form without doubt, with a check character.

The alphabet has 29 signs, a prime: the weighted check catches every single wrong sign and every swap.
"""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
"""No 0 O, no 1 I L, no 5-like S, no V-like U."""
LENGTH = 7


class NotACode(ValueError):
    """The text is no reference code, or one sign of it is wrong."""


def check_of(body: str) -> str:
    """The check character of seven signs."""
    total = sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def new_code() -> str:
    """A new code, eight signs without hyphen: one of 29^7."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return body + check_of(body)


def shown(code: str) -> str:
    """As people read it: ``K7MP-3QXW``."""
    return f"{code[:4]}-{code[4:]}"


def parse(text: str) -> str:
    """The code in a text as people type it; raises NotACode when it is none or the check fails."""
    value = "".join(char for char in text.upper() if char.isalnum())
    if (
        len(value) != LENGTH + 1
        or any(char not in ALPHABET for char in value)
        or check_of(value[:-1]) != value[-1]
    ):
        raise NotACode(text)
    return value
