"""Lists that stay fast at any length: keyset pages, newest first, and the filters of the project list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet

from core.conf import instance
from core.models import Project, Territory, Theme
from core.prepared import prepared
from core.text import fold

SIZE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
M = TypeVar("M", bound=Model)


class BadCursor(ValueError):
    """The text is not a place in a list."""


@dataclass(frozen=True)
class Slice(Generic[M]):
    """Some rows of a list, and the cursor of what comes after them (empty at the end)."""

    rows: list[M]
    after: str


def cursor(moment: datetime, pk: int) -> str:
    """A place in a list ordered by time then key, newest first."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}-{pk}"


def place(text: str) -> tuple[datetime, int]:
    """The time and key of a cursor; raises BadCursor on anything else."""
    micros, dash, pk = text.partition("-")
    digits = micros + pk
    if not (
        dash
        and micros
        and pk
        and digits.isascii()
        and digits.isdecimal()
        and len(micros) < 18
        and len(pk) < 19
    ):
        raise BadCursor(text)
    return EPOCH + timedelta(microseconds=int(micros)), int(pk)


def newest_first(rows: QuerySet[M], *, field: str, after: str = "", size: int = SIZE) -> Slice[M]:
    """The rows after a cursor, by ``field`` then key, newest first; raises BadCursor."""
    rows = rows.order_by(f"-{field}", "-pk")
    if after:
        moment, pk = place(after)
        rows = rows.filter(Q(**{f"{field}__lt": moment}) | Q(**{field: moment, "pk__lt": pk}))
    return cut(list(rows[: size + 1]), field=field, size=size)


def first_projects() -> Slice[Project]:
    """The newest projects, all of what :func:`newest_first` gives when nothing is asked."""
    return cut(newest_projects(), field="published_at")


@prepared
def newest_projects() -> QuerySet[Project]:
    """As many projects as a page shows, and one more."""
    return cards(Project.objects.public()).order_by("-published_at", "-pk")[: SIZE + 1]


def cut(found: list[M], *, field: str, size: int = SIZE) -> Slice[M]:
    """A page of the rows of a list, of which one more than it shows was read when there are others."""
    shown = found[:size]
    return Slice(shown, cursor(getattr(shown[-1], field), shown[-1].pk) if len(found) > size else "")


def by_name(rows: QuerySet[M], *, after: str = "", size: int = SIZE) -> Slice[M]:
    """The rows after the one whose key is ``after``, by name then key; an unknown key starts at the beginning."""
    last = rows.model._default_manager.filter(pk=int(after)).first() if is_key(after) else None
    rows = rows.order_by("name", "pk")
    if last is not None:
        rows = rows.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))  # type: ignore[attr-defined]
    found = list(rows[: size + 1])
    return Slice(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def is_key(text: str) -> bool:
    """Whether a text can be the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 19


@dataclass(frozen=True)
class ProjectFilters:
    """What a reader asks of the list of projects; every field empty means all."""

    q: str = ""
    territory: str = ""
    theme: str = ""
    stage: str = ""
    origin: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> ProjectFilters:
        """The filters of a query string, without control characters, 100 characters each at most."""
        names = ("q", "territory", "theme", "stage", "origin")
        return cls(
            **{
                name: "".join(c for c in query.get(name, "") if c.isprintable())[:100].strip()
                for name in names
            }
        )

    @property
    def active(self) -> bool:
        return self != ProjectFilters()

    def query(self, **more: str) -> str:
        """The query string that asks for the same again."""
        return urlencode({name: value for name, value in {**self.__dict__, **more}.items() if value})

    def apply(self, rows: QuerySet[Project]) -> QuerySet[Project]:
        """The rows that answer all the filters; an unknown place, theme or stage answers with none."""
        if self.territory:
            path = Territory.objects.filter(code=self.territory).values_list("path", flat=True).first()
            rows = rows.filter(territory__path__startswith=path) if path else rows.none()
        if self.theme:
            rows = rows.filter(themes__slug=self.theme)
        if self.stage:
            rows = rows.filter(stage=self.stage)
        if self.origin:
            rows = rows.filter(origin_uri="") if self.origin == "here" else rows.exclude(origin_uri="")
        for word in fold(self.q).split()[:8]:
            rows = rows.filter(words__contains=word)
        return rows


class Choice(NamedTuple):
    """An option of a filter."""

    value: str
    label: str
    chosen: bool


@prepared
def used_paths() -> QuerySet[Any, Any]:
    """The paths of the places of published projects."""
    return Project.objects.public().order_by().values_list("territory__path", flat=True).distinct()


def territory_choices(chosen: str) -> list[Choice]:
    """The instance's own territory and its places, then the others that have projects, each under what holds it.

    Two queries, however many places.
    """
    paths = set(used_paths()) - {None}
    codes = {code for path in paths for code in path.split("/") if code} | {instance().territory, chosen} - {
        ""
    }
    places = sorted(Territory.objects.filter(code__in=codes), key=lambda place: place.path)
    home = next((place.path for place in places if place.code == instance().territory), "\0")
    own = [place for place in places if place.path.startswith(home)]
    others = [place for place in places if not place.path.startswith(home)]
    return [*indented(own, chosen), *indented(others, chosen)]


def indented(places: Iterable[Territory], chosen: str) -> list[Choice]:
    """Places in the order of the tree, each set in by its depth below the first that holds it."""
    found: list[Choice] = []
    above: list[str] = []
    for place in places:
        while above and not place.path.startswith(above[-1]):
            above.pop()
        found.append(Choice(place.code, "\u2003" * len(above) + place.name, place.code == chosen))
        above.append(place.path)
    return found


def theme_choices(chosen: str) -> list[Choice]:
    """The themes that published projects stand under; one query."""
    return [Choice(theme.slug, theme.name, theme.slug == chosen) for theme in used_themes()]


@prepared
def used_themes() -> QuerySet[Theme]:
    """The themes of published projects."""
    used = Project.themes.through.objects.filter(project__status=Project.Status.PUBLISHED).values("theme")
    return Theme.objects.filter(pk__in=used)


def stage_choices(chosen: str) -> list[Choice]:
    """The stages in their order."""
    return [Choice(value, str(label), value == chosen) for value, label in Project.Stage.choices]


def cards(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with all that a card shows, without the long texts nobody reads there."""
    fields: tuple[Any, ...] = ("words", "origin_facts")
    return rows.select_related("territory", "owner").defer(*fields)
