"""Every sentence people read exists in French and Arabic, with the same placeholders (D11).

Django merges the catalogues of all apps into one: a msgid with two translations shows one of them everywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
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


def conflicts(paths: Iterable[Path]) -> list[str]:
    """The messages of one language to which two catalogues give different translations, in words."""
    said: dict[tuple[str, str | None, tuple[str, ...]], dict[tuple[str, ...], list[str]]] = defaultdict(dict)
    for path in paths:
        for message in read(path):
            translation = tuple(words(message.string or ""))
            if message.id and any(translation):
                key = (language(path), message.context, tuple(words(message.id)))
                said[key].setdefault(translation, []).append(path.parents[3].name)
    return [
        f"{code}: {' / '.join(msgid)}{f' ({context})' if context else ''}: "
        + ", ".join(f"{'+'.join(apps)} says {' / '.join(text)}" for text, apps in texts.items())
        for (code, context, msgid), texts in said.items()
        if len(texts) > 1
    ]


def test_no_message_has_two_translations():
    found = conflicts(CATALOGUES)
    assert not found, "\n".join(["one wording for both, or a context for the rarer:", *found])


def write_catalogue(root: Path, app: str, entries: str, code: str = "fr") -> Path:
    path = root / app / "locale" / code / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    header = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    path.write_text(header + '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n' + entries, "utf-8")
    return path


SAME = 'msgid "Send"\nmsgstr "Envoyer"\n\n'
PLURAL = 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s jour"\nmsgstr[1] "%(n)s {many}"\n\n'


def test_two_translations_of_one_message_are_reported(tmp_path):
    one = write_catalogue(
        tmp_path, "one", SAME + 'msgid "Open"\nmsgstr "Ouvrir"\n\n' + PLURAL.format(many="jours")
    )
    two = write_catalogue(
        tmp_path, "two", SAME + 'msgid "Open"\nmsgstr "Ouverte"\n\n' + PLURAL.format(many="jrs")
    )
    assert conflicts([one, two]) == [
        "fr: Open: one says Ouvrir, two says Ouverte",
        "fr: %(n)s day / %(n)s days: one says %(n)s jour / %(n)s jours, two says %(n)s jour / %(n)s jrs",
    ]


def test_a_context_another_language_or_no_translation_is_no_conflict(tmp_path):
    paths = [
        write_catalogue(tmp_path, "one", 'msgid "Open"\nmsgstr "Ouvrir"\n'),
        write_catalogue(tmp_path, "two", 'msgctxt "door"\nmsgid "Open"\nmsgstr "Ouverte"\n'),
        write_catalogue(tmp_path, "three", 'msgid "Open"\nmsgstr ""\n'),
        write_catalogue(tmp_path, "four", 'msgid "Open"\nmsgstr "فتح"\n', code="ar"),
    ]
    assert conflicts(paths) == []
    both = write_catalogue(tmp_path, "five", 'msgctxt "door"\nmsgid "Open"\nmsgstr "Ouvert"\n')
    assert conflicts([*paths, both]) == ["fr: Open (door): two says Ouverte, five says Ouvert"]


def test_every_sentence_of_the_code_is_in_the_catalogues():
    """A msgid used in code or templates and absent from the catalogues would silently stay English."""
    for app in sorted({path.parents[3] for path in CATALOGUES if language(path) == "fr"}):
        known = {
            (message.context or "", words(message.id)[0])
            for message in read(app / "locale/fr/LC_MESSAGES/django.po")
            if message.id
        }
        used = used_in(app)
        missing = sorted(used - known)
        assert not missing, f"{app.relative_to(ROOT)} lacks {len(missing)}: {missing[:10]}"


PYTHON_CALL = re.compile(r"\b(?:_|gettext|gettext_lazy)\(\s*()\"((?:[^\"\\]|\\.)+)\"\s*,?\s*\)")
PYTHON_CONTEXT = re.compile(r"\bpgettext(?:_lazy)?\(\s*\"([^\"]+)\",\s*\"((?:[^\"\\]|\\.)+)\"\s*,?\s*\)")
TEMPLATE_TAG = re.compile(
    r"""{%\s*trans(?:late)?\s+(?P<q>["'])(?P<text>.+?)(?P=q)(?:\s+context\s+["'](?P<context>[^"']+)["'])?"""
)


def used_in(app: Path) -> set[tuple[str, str]]:
    """Plain sentences given to gettext in the Python files and templates of one app, each after its context."""
    found: set[tuple[str, str]] = set()
    for path in app.rglob("*.py"):
        code = path.read_text()
        for context, text in PYTHON_CALL.findall(code) + PYTHON_CONTEXT.findall(code):
            found.add((context, text.replace('\\"', '"').replace("\\n", "\n")))
    for path in [*app.rglob("*.html"), *app.rglob("*.txt")]:
        if "templates" in path.parts:
            found |= {(tag["context"] or "", tag["text"]) for tag in TEMPLATE_TAG.finditer(path.read_text())}
    return found
