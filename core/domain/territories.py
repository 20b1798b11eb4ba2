"""Territories: loaded from the census list, and found by what people type."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import transaction

from core.conf import instance
from core.models import Territory

Level = Territory.Level
PROPOSABLE = (Level.COMMUNE, Level.DOUAR, Level.TOWN)
SHOWN = 12
"""How many places a choice offers at most."""
LISTED = 400
"""How many names a datalist holds at most: a slow line should not carry the whole country."""
SAME = {ord(sign): plain for sign, plain in (("ى", "ي"), ("ة", "ه"), ("ٱ", "ا"), ("œ", "oe"), ("æ", "ae"))}
"""Letters that two writers of one name use for each other."""


class Match(Enum):
    """What a typed name led to."""

    EXACT = "exact"
    MANY = "many"
    CLOSE = "close"
    NONE = "none"


@dataclass(frozen=True)
class Found:
    """How a name was found, and the places it may mean, those at home first."""

    match: Match
    places: list[Territory]

    @property
    def place(self) -> Territory | None:
        return self.places[0] if self.match is Match.EXACT else None


def fold(text: str) -> str:
    """A name without accents, vowel signs, hyphens, articles' spellings and case: what two writers share."""
    for _twice in range(2):  # a compatibility form may hide a capital, a folded capital an accent
        text = unicodedata.normalize("NFKD", text.casefold())
    stripped = "".join(sign for sign in text if not unicodedata.combining(sign) and sign != "ـ")
    stripped = stripped.translate(SAME)
    words = re.sub(r"[\W_]+", " ", stripped).split()
    return " ".join("al" if word == "el" else word for word in words)


def label(place: Territory) -> str:
    """A place with the one it lies in, so that two of the same name are told apart: ``Tafraout (Tiznit)``."""
    return f"{place.name} ({place.parent.name})" if place.parent is not None else place.name


def find(text: str, near: str | None = None) -> Found:
    """Places a person may mean, in French, Arabic, Amazigh or English, with or without accents.

    ``near`` is the code of the territory whose places come first (the instance's own when None). An exact name
    wins over one that begins so, that over one that contains it, that over one spelt nearly so.
    """
    name, _, inside = text[:200].partition("(")
    wanted, within = fold(name), fold(inside)
    if not wanted:
        return Found(Match.NONE, [])
    names = _names()
    ranked = _exact(names, wanted, within)
    if len(ranked) == 1:
        return Found(Match.EXACT, _places(ranked, near))
    match = Match.MANY
    if not ranked:
        ranked = _partial(names, wanted)
    if not ranked:
        match, ranked = Match.CLOSE, _close(names, wanted)
    if not ranked:
        return Found(Match.NONE, [])
    return Found(match, _places(ranked, near))


@dataclass(frozen=True)
class _Names:
    """One place's folded names and those of its parent, without building model objects for 1,600 rows."""

    pk: int
    level: str
    own: frozenset[str]
    parent: frozenset[str]


def _names() -> list[_Names]:
    fields = [f"{of}name_{code}" for of in ("", "parent__") for code in ("fr", "ar", "zgh", "en")]
    rows = Territory.objects.order_by("pk").values_list("pk", "level", *fields)
    return [
        _Names(pk, level, frozenset(map(fold, filter(None, own))), frozenset(map(fold, filter(None, parent))))
        for pk, level, own, parent in ((row[0], row[1], row[2:6], row[6:10]) for row in rows)
    ]


def _proposable(rows: Iterable[_Names]) -> list[int]:
    """Communes, douars and towns; a province or region only when nothing smaller bears the name."""
    rows = list(rows)
    return [row.pk for row in rows if row.level in PROPOSABLE] or [
        row.pk for row in rows if row.level in (Level.PROVINCE, Level.REGION)
    ]


def _exact(names: list[_Names], wanted: str, within: str) -> list[int]:
    rows = [row for row in names if wanted in row.own]
    if within:
        rows = [row for row in rows if within in row.parent] or rows
    return _proposable(rows)


def _partial(names: list[_Names], wanted: str) -> list[int]:
    if len(wanted) < 2:
        return []
    starts = [row for row in names if any(name.startswith(wanted) for name in row.own)]
    return _proposable(starts or [row for row in names if any(wanted in name for name in row.own)])


def _close(names: list[_Names], wanted: str) -> list[int]:
    by_name: dict[str, list[_Names]] = {}
    for row in names:
        for name in row.own:
            by_name.setdefault(name, []).append(row)
    near = difflib.get_close_matches(wanted, by_name, n=6, cutoff=0.78)
    return _proposable(row for name in near for row in by_name[name])


def _places(pks: list[int], near: str | None) -> list[Territory]:
    """The rows, those within the home territory first, as many as a choice can hold."""
    home = home_path(near)
    rows = Territory.objects.filter(pk__in=pks).select_related("parent")
    ordered = sorted(rows, key=lambda place: (not (home and place.path.startswith(home)), place.path))
    return ordered[:SHOWN]


def home_path(near: str | None = None) -> str:
    """The path of the instance's own territory (or of ``near``); empty when it is not loaded."""
    code = instance().territory if near is None else near
    return Territory.objects.filter(code=code).values_list("path", flat=True).first() or ""


def listed(near: str | None = None) -> list[str]:
    """Names for the datalist: the communes of the home territory, or where its projects are when it has none."""
    places = Territory.objects.filter(level__in=PROPOSABLE).select_related("parent")
    home = home_path(near)
    at_home = places.filter(path__startswith=home, level=Level.COMMUNE) if home else places.none()
    rows = list(at_home[:LISTED]) or list(places.filter(projects__isnull=False).distinct()[:LISTED])
    return sorted(label(place) for place in rows)


@transaction.atomic
def add_douar(commune: Territory, *, name_fr: str, name_ar: str = "") -> Territory:
    """A douar below its commune, under a code of ours; one of the same name is given back."""
    known = commune.children.filter(level=Level.DOUAR, name_fr__iexact=name_fr).first()
    if known is not None:
        return known
    number = commune.children.filter(level=Level.DOUAR).count() + 1
    return Territory.objects.create(
        code=f"{commune.code}.d{number}", level=Level.DOUAR, parent=commune, name_fr=name_fr, name_ar=name_ar
    )


@transaction.atomic
def load(rows_by_level: Iterable[list[dict[str, Any]]]) -> int:
    """Write or refresh places, one level after the other, parents first; gives how many the tree then holds.

    Each row has ``code``, ``level``, ``parent`` (a code or "") and the fields of a Territory.
    """
    for rows in rows_by_level:
        parents = {t.code: t for t in Territory.objects.filter(code__in={row["parent"] for row in rows})}
        places = []
        for row in rows:
            parent = parents.get(row["parent"])
            fields = {name: value for name, value in row.items() if name != "parent"}
            path = f"{parent.path if parent else ''}{row['code']}/"
            places.append(Territory(parent=parent, path=path, **fields))
        Territory.objects.bulk_create(
            places,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[
                "level",
                "parent",
                "path",
                "name_fr",
                "name_ar",
                "name_zgh",
                "name_en",
                "population",
            ],
        )
    return Territory.objects.count()
