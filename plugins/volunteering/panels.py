"""What volunteering shows on other pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.contract import Panel
from core.domain.permissions import MANAGERS, is_animator, manages
from core.models import Membership, Project
from core.prepared import prepared
from plugins.volunteering.domain import listing
from plugins.volunteering.domain.response_times import response_time
from plugins.volunteering.models import Application, Mission

SHOWN = 5
KEPT = "_volunteering_of_project"


@prepared
def going_on(project: int) -> QuerySet[Mission]:
    """A project's missions that are not over."""
    rows = Mission.objects.public().filter(project_id=project).exclude(state=Mission.State.DONE)
    return listing.cards(rows).order_by("state", "-pk")[: SHOWN + 15]


@prepared
def newest() -> QuerySet[Mission]:
    """The newest open missions."""
    return listing.cards(Mission.objects.open()).order_by("-published_at", "-pk")[:3]


def missions_of(project: Project, request: Any) -> list[Mission]:
    """The project's missions with their moves, read once per request for both panels; two queries."""
    kept: dict[int, list[Mission]] = request.__dict__.setdefault(KEPT, {}) if request is not None else {}
    if project.pk not in kept:
        open_first = sorted(going_on(project.pk), key=lambda mission: not mission.is_open)
        kept[project.pk] = listing.add_moves(open_first) if open_first else []
    return kept[project.pk]


class LocalPanel(Panel):
    """A panel on local projects: those received from elsewhere have their missions at home."""

    def shows(self, subject: Any, request: Any) -> bool:
        return not subject.is_remote


class Missions(LocalPanel):
    """Open missions of a project, each with its promise clock."""

    template_name = "volunteering/panels/project.html"
    order = 30

    def get_context_data(self, parent_context: Any = None) -> Any:
        missions = missions_of(parent_context["subject"], parent_context["request"])
        return {
            "missions": missions[:SHOWN],
            "more": len(missions) > SHOWN,
            "subject": parent_context["subject"],
        }


class Help(LocalPanel):
    """The button that leads to the project's missions."""

    template_name = "volunteering/panels/help.html"
    slot = "actions"
    order = 20

    def get_context_data(self, parent_context: Any = None) -> Any:
        missions = missions_of(parent_context["subject"], parent_context["request"])
        open_missions = [mission for mission in missions if mission.is_open]
        return {"missions": open_missions, "number": len(open_missions)}


class OpenMissions(Panel):
    """The newest open missions, on the home page."""

    subject = ""
    slot = "home"
    order = 30
    template_name = "volunteering/panels/home.html"

    def get_context_data(self, parent_context: Any = None) -> Any:
        return {"missions": newest()}


class OfOrganisation(Panel):
    """What an organisation seeks, and how fast it answers."""

    subject = "core.organisation"
    order = 40
    template_name = "volunteering/panels/organisation.html"

    def get_context_data(self, parent_context: Any = None) -> Any:
        host = parent_context["subject"]
        rows = listing.cards(Mission.objects.open().filter(host=host)).order_by("-published_at", "-pk")
        return {"host": host, "missions": list(rows[:SHOWN]), "response": response_time(host)}


class OfTerritory(Panel):
    """What is sought in a place and below it."""

    subject = "core.territory"
    order = 40
    template_name = "volunteering/panels/territory.html"

    def get_context_data(self, parent_context: Any = None) -> Any:
        filters = listing.MissionFilters(territory=parent_context["subject"].code)
        rows = listing.cards(filters.apply(Mission.objects.open())).order_by("-published_at", "-pk")
        return {"missions": list(rows[:SHOWN]), "query": filters.query()}


class OpenOne(LocalPanel):
    """For who answers for the project: the way to a new mission. Costs strangers no query."""

    slot = "actions"
    order = 70
    template_name = "volunteering/panels/open_one.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return super().shows(subject, request) and request is not None and request.user.is_authenticated

    def get_context_data(self, parent_context: Any = None) -> Any:
        project, request = parent_context["subject"], parent_context["request"]
        return {"project": project, "may": manages(request.user, project)}


class Mine(Panel):
    """A person's own page: their applications, the desk of their organisations, what has stalled."""

    subject = ""
    slot = "account"
    order = 40
    template_name = "volunteering/panels/account.html"

    def get_context_data(self, parent_context: Any = None) -> Any:
        person = parent_context["request"].user
        mine = Membership.objects.filter(person=person, role__in=MANAGERS, until=None)
        return {
            "number": Application.objects.filter(applicant=person).count(),
            "desk": mine.exists(),
            "animates": is_animator(person),
        }


panels = [Missions(), Help(), OpenOne(), OpenMissions(), OfOrganisation(), OfTerritory(), Mine()]
"""Volunteering's panels."""
