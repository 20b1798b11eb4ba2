"""Numbers of volunteering for dashboards, project headers and funders."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.contract import Figure
from core.models import Project
from plugins.volunteering.domain.response_times import response_time
from plugins.volunteering.models import Engagement, HoursEntry, Mission


def _of(project: Project | None, path: str) -> dict[str, Any]:
    return {} if project is None else {path: project}


def missions_open(project: Project | None) -> int:
    """Missions that take applications now."""
    return Mission.objects.open().filter(**_of(project, "project")).count()


def volunteers_engaged(project: Project | None) -> int:
    """Different people who were accepted and did not stop."""
    rows = Engagement.objects.exclude(state=Engagement.State.STOPPED)
    rows = rows.filter(**_of(project, "application__mission__project"))
    people = rows.exclude(application__applicant=None).values("application__applicant").distinct().count()
    return people + rows.filter(application__applicant=None).count()


def hours_confirmed(project: Project | None) -> int:
    """Whole hours given and confirmed."""
    rows = HoursEntry.objects.filter(state=HoursEntry.State.CONFIRMED)
    rows = rows.filter(**_of(project, "engagement__application__mission__project"))
    return (rows.aggregate(total=Sum("minutes"))["total"] or 0) // 60


def days_to_answer(project: Project | None) -> int:
    """Median days to a first answer, rounded up; 0 before any application."""
    found = response_time(project=project)
    return found.days if found else 0


figures = [
    Figure("volunteering.missions_open", _("open missions"), missions_open),
    Figure("volunteering.volunteers_engaged", _("volunteers engaged"), volunteers_engaged),
    Figure("volunteering.hours_confirmed", _("hours given"), hours_confirmed),
    Figure("volunteering.days_to_answer", _("days to a first answer (median)"), days_to_answer),
]
