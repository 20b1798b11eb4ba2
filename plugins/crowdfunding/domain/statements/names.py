"""Names compared across spellings: accents, order of words, and one name in Latin and in Arabic letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from core.text import fold

ARABIC = dict(
    zip("بتثجحخدذرزسشصضطظعغفقكلمنهپڤگ", "bttjhkddrzsxsdtdʿgfkklmnhpfg", strict=True),
) | dict.fromkeys("اوي", "")
LATIN = (
    ("ch", "x"),
    ("sh", "x"),
    ("kh", "k"),
    ("gh", "g"),
    ("dh", "d"),
    ("th", "t"),
    ("ph", "f"),
    ("dj", "j"),
)
ALIKE = str.maketrans({"c": "k", "q": "k", "v": "f", **dict.fromkeys("aeiouywʿ'’", "")})
EMPTY = {
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "ou", "et", "and", "vir", "virement", "sepa", "de",
    "du", "des", "la", "le", "recu", "recus", "inst", "instantane", "emis", "par", "from", "transfer", "السيد", "السيده",
}  # fmt: skip
"""Words of titles and of banks that are nobody's name."""
STRONG, SOME, NONE = 2, 1, 0


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of a name as it is compared."""
    return tuple(word for word in re.findall(r"[^\W\d_]+", fold(name)) if word not in EMPTY)


def bones(name: str) -> set[str]:
    """What an index of names is kept by: skeletons long enough to tell people apart, and the name as one word."""
    found = {skeleton(word) for word in words(name)} | {_joined([skeleton(word) for word in words(name)])}
    return {one for one in found if len(one) > 1}


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """The consonants of a folded word in one alphabet: zahra, zohra and زهرة are one."""
    for pair, one in LATIN:
        word = word.replace(pair, one)
    consonants = "".join(ARABIC.get(char, char) for char in word).translate(ALIKE)
    once = "".join(char for char, _group in groupby(consonants))
    return once[:-1] if len(once) > 1 and once.endswith("h") else once


def _joined(each: Iterable[str]) -> str:
    return "".join(char for char, _group in groupby("".join(each)))


def alike(one: str, other: str) -> int:
    """How much two names have in common: STRONG when all of the shorter one stands in the other, SOME, or NONE."""
    first, second = sorted((words(one), words(other)), key=len)
    if not first:
        return NONE
    known = {skeleton(word) for word in second}
    hits = [word for word in first if word in second or (len(skeleton(word)) > 1 and skeleton(word) in known)]
    each, other_each = [skeleton(word) for word in first], [skeleton(word) for word in second]
    whole = _joined(each)  # Ben Ali and Benali, عبد الله and Abdellah
    if len(whole) > 2 and (whole == _joined(other_each) or sorted(each) == sorted(other_each)):
        return STRONG
    letters = sum(len(word if word in second else skeleton(word)) for word in hits)
    if len(hits) == len(first) and (len(hits) > 1 or letters > 3):
        return STRONG
    return SOME if letters > 1 else NONE
