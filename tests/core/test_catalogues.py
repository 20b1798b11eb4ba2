"""Core speaks French and Arabic completely: nothing empty, nothing guessed, the same places for values in each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

LOCALE = Path(__file__).resolve().parents[2] / "core/locale"
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_is_translated(language):
    """D11: no fuzzy, no empty entry; values stand in every sentence (forms that say the number in words may leave it out)."""
    with (LOCALE / language / "LC_MESSAGES/django.po").open("rb") as stream:
        catalogue = read_po(stream)
    wrong = []
    for message in catalogue:
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        strings = message.string if plural else (message.string,)
        if message.fuzzy or not all(strings):
            wrong.append(message.id)
            continue
        wanted = set(PLACES.findall(message.id[1] if plural else message.id))
        for string in strings:
            found = set(PLACES.findall(string))
            if found - wanted or (not plural and found != wanted):
                wrong.append(message.id)
    assert not wrong


def test_arabic_counts_in_six_forms():
    with translation.override("ar"):
        said = [
            translation.ngettext("%(number)s project", "%(number)s projects", n)
            for n in (0, 1, 2, 3, 11, 100)
        ]
    assert len(set(said)) == 6
