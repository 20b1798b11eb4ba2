"""The public timeline: journal entries as sentences in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import dates
from core import money as amounts
from core.models import JournalEntry, Project
from core.registry import registry

DAY = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
STAGES = {"before", "after", "stage"}


class Told(NamedTuple):
    """One entry as it is read: when, the sentence (safe HTML), and the project it belongs to."""

    at: datetime
    sentence: SafeString
    project: Project | None


class Words(dict[str, Any]):
    """The words a sentence may name; one that an old entry does not have is an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def public_entries() -> QuerySet[JournalEntry]:
    """Entries anyone may read, newest first, with who did it."""
    return JournalEntry.objects.filter(public=True).select_related("actor", "organisation").order_by("-pk")


def tell(entries: Iterable[JournalEntry], *, with_project: bool = False) -> list[Told]:
    """Entries as sentences; those of a plug-in that is off are left out. One query per type that is named."""
    known = [
        (entry, str(verb.sentence)) for entry in entries if (verb := registry.verb(entry.verb)) is not None
    ]
    named = {entry.ref for entry, pattern in known if "{subject}" in pattern}
    subjects = registry.resolve(named) if named else {}
    return [
        Told(
            entry.at,
            sentence(entry, pattern, subjects.get(entry.ref)),
            entry.project if with_project else None,
        )
        for entry, pattern in known
    ]


def sentence(entry: JournalEntry, pattern: str, subject: Any = None) -> SafeString:
    """The sentence of an entry with its facts in place, each isolated from the direction around it."""
    words = Words({name: shown(name, value) for name, value in entry.facts.items()})
    who = entry.organisation or entry.actor
    words["actor"] = isolated(who if who is not None else _("Someone"))
    words["subject"] = isolated(subject.subject_title) if subject is not None else "…"
    return mark_safe(str(conditional_escape(pattern)).format_map(words))


def isolated(value: Any) -> SafeString:
    """Text with a direction of its own."""
    return format_html("<bdi>{}</bdi>", value)


def shown(name: str, value: Any) -> SafeString:
    """A fact as people read it: an amount, a stage, a day, a list, or plain text."""
    if isinstance(value, dict):
        if {"minor", "currency"} <= value.keys():
            amount = amounts.money(int(value["minor"]), str(value["currency"]))
            return isolated(amounts.text(amount, get_language() or settings.LANGUAGE_CODE))
        return isolated(value.get(get_language() or "") or next(iter(value.values()), ""))
    if isinstance(value, list):
        return mark_safe(", ".join(shown(name, part) for part in value))
    if name in STAGES and value in Project.Stage.values:
        return isolated(Project.Stage(value).label)
    if isinstance(value, str) and DAY.fullmatch(value):
        return isolated(day(value))
    return isolated("" if value is None else value)


def day(value: str) -> str:
    """An ISO day or moment as a date in the reader's language; what is no date is given back."""
    try:
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    except ValueError:
        return value
    return dates.text(moment, "d MMMM y")
