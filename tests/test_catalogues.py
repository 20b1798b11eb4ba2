"""Every sentence people read exists in French and Arabic, with the same placeholders (D11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted(
    path
    for folder in ("core", "plugins", "sites")
    for path in (ROOT / folder).glob("**/locale/*/LC_MESSAGES/django.po")
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
COMPLETE = ("fr", "ar")


def read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=None)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT).parent)


def language(path: Path) -> str:
    return path.parts[-3]


def words(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


@pytest.mark.parametrize("path", [path for path in CATALOGUES if language(path) in COMPLETE], ids=name)
def test_complete_and_not_fuzzy(path):
    missing = [
        message.id
        for message in read(path)
        if message.id and (message.fuzzy or not all(words(message.string or "")))
    ]
    assert not missing, f"{name(path)} lacks {len(missing)}: {missing[:10]}"


@pytest.mark.parametrize("path", CATALOGUES, ids=name)
def test_placeholders_are_kept(path):
    wrong = []
    for message in read(path):
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(words(message.id)[-1]))
        # A form for one, two or none may do without the number; the general form may not.
        for form in [string for string in words(message.string or "")[-1:] if string]:
            if set(PLACEHOLDER.findall(form)) != wanted:
                wrong.append((message.id, form))
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("path", [path for path in CATALOGUES if language(path) == "ar"], ids=name)
def test_arabic_has_its_six_forms(path):
    catalogue = read(path)
    assert catalogue.num_plurals == 6, "Arabic counts in six forms: the header must say so"
    short = [message.id for message in catalogue if message.pluralizable and len(words(message.string)) != 6]
    assert not short, short


def test_every_sentence_of_the_code_is_in_the_catalogues():
    """A msgid used in code or templates and absent from the catalogues would silently stay English."""
    for app in sorted({path.parents[3] for path in CATALOGUES if language(path) == "fr"}):
        known = {
            words(message.id)[0] for message in read(app / "locale/fr/LC_MESSAGES/django.po") if message.id
        }
        used = used_in(app)
        missing = sorted(used - known)
        assert not missing, f"{app.relative_to(ROOT)} lacks {len(missing)}: {missing[:10]}"


PYTHON_CALL = re.compile(r"\b(?:_|gettext|gettext_lazy)\(\s*\"((?:[^\"\\]|\\.)+)\"\s*,?\s*\)")
TEMPLATE_TAG = re.compile(r"{%\s*trans(?:late)?\s+(?:\"([^\"]+)\"|'([^']+)')")


def used_in(app: Path) -> set[str]:
    """Plain sentences given to gettext in the Python files and templates of one app."""
    found: set[str] = set()
    for path in app.rglob("*.py"):
        found |= {
            text.replace('\\"', '"').replace("\\n", "\n") for text in PYTHON_CALL.findall(path.read_text())
        }
    for path in [*app.rglob("*.html"), *app.rglob("*.txt")]:
        if "templates" in path.parts:
            found |= {first or second for first, second in TEMPLATE_TAG.findall(path.read_text())}
    return found
