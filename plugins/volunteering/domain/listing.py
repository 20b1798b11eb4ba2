"""Lists of missions: filters, what people may choose from, and the moves that a page shows beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from core.domain.listing import Choice, indented
from core.models import Territory
from core.prepared import prepared
from plugins.volunteering.models import Mission, PlanStep, Skill


@dataclass(frozen=True)
class MissionFilters:
    """What a reader asks of the list of missions; every field empty means all."""

    territory: str = ""
    remote: str = ""
    skill: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> MissionFilters:
        """The filters of a query string, 100 printable characters each at most."""
        values = {name: query.get(name, "")[:100] for name in ("territory", "remote", "skill")}
        return cls(**{name: "".join(c for c in value if c.isprintable()) for name, value in values.items()})

    @property
    def active(self) -> bool:
        return self != MissionFilters()

    def query(self, **more: str) -> str:
        """The query string that asks for the same again."""
        return urlencode({name: value for name, value in {**asdict(self), **more}.items() if value})

    def apply(self, rows: QuerySet[Mission]) -> QuerySet[Mission]:
        """The rows that answer all the filters; an unknown place or skill answers with none."""
        if self.territory:
            path = Territory.objects.filter(code=self.territory).values_list("path", flat=True).first()
            here = Q(territory__path__startswith=path) | Q(project__territory__path__startswith=path)
            rows = rows.filter(here) if path else rows.none()
        if self.remote:
            rows = rows.filter(remote=True)
        if self.skill:
            rows = rows.filter(skills__esco_id=self.skill)
        return rows


def territory_choices(chosen: str) -> list[Choice]:
    """Places that have open missions, under what holds them; two queries."""
    rows = Mission.objects.open().order_by()
    pairs = rows.values_list("territory__path", "project__territory__path").distinct()
    codes = {code for pair in pairs for path in pair if path for code in path.split("/") if code}
    places = Territory.objects.filter(code__in=codes | ({chosen} if chosen else set())).order_by("path")
    return list(indented(places, chosen))


def skill_choices(chosen: str) -> list[Choice]:
    """Skills that open missions ask for; one query."""
    used = Mission.objects.open().order_by().values("skills")
    skills = sorted(Skill.objects.filter(pk__in=used), key=lambda skill: skill.name.casefold())
    return [Choice(skill.esco_id, skill.name, skill.esco_id == chosen) for skill in skills]


def cards(rows: QuerySet[Mission]) -> QuerySet[Mission]:
    """Missions with all that a card shows."""
    return rows.counted().select_related("host", "territory", "project__territory")  # type: ignore[attr-defined]


@prepared
def moves_of(*missions: int) -> QuerySet[PlanStep]:
    """The current steps of some missions, the one that has waited longest last."""
    steps = PlanStep.objects.filter(application__mission__in=missions, state=PlanStep.State.CURRENT)
    steps = steps.exclude(kind__in=[PlanStep.Kind.OWN, PlanStep.Kind.FOLLOW_UP])
    return steps.select_related("application").order_by("-turn_since", "-id")


def add_moves(missions: Iterable[Mission]) -> list[Mission]:
    """Give each mission ``move``: the current step that has waited longest among its applications; one query."""
    missions = list(missions)
    longest: dict[int, PlanStep] = {}
    for step in moves_of(*(mission.pk for mission in missions)):
        longest[step.application.mission_id] = step
    for mission in missions:
        mission.move = longest.get(mission.pk)  # type: ignore[attr-defined]
    return missions
