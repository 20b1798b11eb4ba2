"""A plan as bars on months: plain numbers that a list of HTML can show."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from plugins.volunteering.domain.dates import month
from plugins.volunteering.models import Application, Mission, PlanStep, Side

LONGEST = 12
"""Months shown at most; what lies further away is cut at the edge."""
SHORTEST_BAR = 0.12


@dataclass(frozen=True)
class Row:
    """One line: what, by whom, from when to when, and ``done``, ``open`` or nothing yet."""

    what: str
    who: str
    start: date
    end: date
    state: str = ""
    late: bool = False


@dataclass(frozen=True)
class Bar:
    """A row placed on the months: CSS numbers as text, with a point whatever the language."""

    row: Row
    start: str
    length: str


@dataclass(frozen=True)
class Chronogram:
    """Months, where today stands among them (nothing when outside), and the bars."""

    months: list[str]
    today: str
    bars: list[Bar]


def chronogram(rows: Iterable[Row], today: date | None = None) -> Chronogram | None:
    """Place rows on the months they cover; None without any row."""
    rows = list(rows)
    if not rows:
        return None
    today = today or timezone.localdate()
    first = min(row.start for row in rows).replace(day=1)
    last = max(max(row.end for row in rows), min(today, first + timedelta(days=300)))
    number = min(LONGEST, _months(first, last) + 1)
    at = _place(first, today)
    return Chronogram(
        months=[month(_add(first, index)) for index in range(number)],
        today=f"{at:.2f}" if 0 <= at <= number else "",
        bars=[_bar(row, first, number) for row in rows],
    )


def steps_of(application: Application) -> list[Row]:
    """All steps of one application, for its two sides."""
    shown = [step for step in application.steps.all() if step.state != PlanStep.State.DROPPED]
    return [_row(step, application.side_name(step.side)) for step in shown]


def public_rows(mission: Mission) -> list[Row]:
    """What anyone may see of a mission's plans: equal steps of several volunteers together, no person's name.

    One query.
    """
    steps = PlanStep.objects.filter(
        application__mission=mission, application__state=Application.State.ACCEPTED, public=True
    ).exclude(state=PlanStep.State.DROPPED)
    together: dict[tuple[str, str], list[Row]] = {}
    for step in steps.order_by("due", "id"):
        who = str(mission.host) if step.side == Side.HOST else gettext("the volunteers")
        together.setdefault((step.title, who), []).append(_row(step, who))
    return [_seeking(mission), *(_merge(rows) for rows in together.values())]


def _seeking(mission: Mission) -> Row:
    today = timezone.localdate()
    start = timezone.localdate(mission.published_at) if mission.published_at else today
    seeking = mission.state == Mission.State.OPEN
    end = max(start, mission.starts or today) if seeking else max(start, min(today, mission.starts or today))
    return Row(gettext("Look for volunteers"), str(mission.host), start, end, "open" if seeking else "done")


def _row(step: PlanStep, who: str) -> Row:
    start = timezone.localdate(step.turn_since or step.created_at)
    end = timezone.localdate(step.done_at) if step.done_at else step.due
    state = {PlanStep.State.DONE: "done", PlanStep.State.CURRENT: "open"}.get(PlanStep.State(step.state), "")
    if not state:  # still to come: it will not take all the time until then
        start = max(start, step.due - timedelta(days=14))
    return Row(step.title, who, min(start, end), end, state, step.is_late)


def _merge(rows: list[Row]) -> Row:
    states = {row.state for row in rows}
    state = "done" if states == {"done"} else "open" if states & {"open", "done"} else ""
    first = rows[0]
    start, end = min(row.start for row in rows), max(row.end for row in rows)
    return Row(first.what, first.who, start, end, state, any(row.late for row in rows))


def _bar(row: Row, first: date, number: int) -> Bar:
    start = min(max(_place(first, row.start), 0), number - SHORTEST_BAR)
    end = min(_place(first, row.end), number)
    return Bar(row, f"{start:.2f}", f"{max(end - start, SHORTEST_BAR):.2f}")


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _add(first: date, number: int) -> date:
    years, index = divmod(first.month - 1 + number, 12)
    return date(first.year + years, index + 1, 1)


def _place(first: date, moment: date) -> float:
    days = monthrange(moment.year, moment.month)[1]
    return _months(first, moment) + (moment.day - 1) / days
