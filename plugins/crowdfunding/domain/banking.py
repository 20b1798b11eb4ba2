"""Bank details: IBAN (ISO 13616), BIC (ISO 9362) and the Moroccan RIB, checked by their check digits."""

from __future__ import annotations

import re

LENGTHS = {
    "FR": 27,
    "BE": 16,
    "ES": 24,
    "DE": 22,
    "IT": 27,
    "NL": 18,
    "LU": 20,
    "CH": 21,
    "MA": 28,
    "PT": 25,
    "MC": 27,
}
BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


class NotAnIBAN(ValueError):
    """The text is no IBAN: its shape, length or check digits are wrong."""


class NotARIB(ValueError):
    """The text is no Moroccan RIB: 24 digits of which the last two are the key."""


class NotABIC(ValueError):
    """The text is no BIC of 8 or 11 characters."""


def compact(text: str) -> str:
    """Without spaces, dots and hyphens, in capitals, with western digits."""
    western = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
    return re.sub(r"[\s.\-\u200e\u200f]", "", western).upper()


def iban(text: str) -> str:
    """A checked IBAN without spaces; raises NotAnIBAN."""
    value = compact(text)
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", value) or not value.isascii():
        raise NotAnIBAN(text)
    if len(value) != LENGTHS.get(value[:2], len(value)):
        raise NotAnIBAN(text)
    if int("".join(str(int(char, 36)) for char in value[4:] + value[:4])) % 97 != 1:
        raise NotAnIBAN(text)
    return value


def rib(text: str) -> str:
    """A checked Moroccan RIB of 24 digits (bank 3, town 3, account 16, key 2); raises NotARIB."""
    value = compact(text)
    if not re.fullmatch(r"[0-9]{24}", value) or 97 - int(value[:22]) * 100 % 97 != int(value[22:]):
        raise NotARIB(text)
    return value


def bic(text: str) -> str:
    """A BIC in capitals; raises NotABIC."""
    value = compact(text)
    if not BIC.fullmatch(value):
        raise NotABIC(text)
    return value


def grouped(value: str) -> str:
    """An IBAN or a RIB as it is read aloud: in fours, the RIB in its own parts."""
    if value.isdigit() and len(value) == 24:
        return f"{value[:3]} {value[3:6]} {value[6:22]} {value[22:]}"
    return " ".join(value[index : index + 4] for index in range(0, len(value), 4))
