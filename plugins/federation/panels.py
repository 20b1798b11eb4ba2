"""What a project's page says of other instances."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from core.contract import Panel
from core.models import Project
from core.models.languages import best
from core.prepared import prepared
from plugins.federation.domain import outbound
from plugins.federation.domain.actors import instance_uri


class Origin(Panel):
    """A received project is marked with where it comes from; no query."""

    slot = "header"
    order = 10
    template_name = "federation/panels/origin.html"

    def shows(self, subject: Any, request: HttpRequest) -> bool:
        return isinstance(subject, Project) and subject.is_remote

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        project = parent_context["subject"]
        return {"project": project, "url": address(project, "read")}


class Doors(Panel):
    """Giving, helping and talking to its people happens at the origin of a received project; no query."""

    slot = "actions"
    order = 10
    template_name = "federation/panels/doors.html"

    def shows(self, subject: Any, request: HttpRequest) -> bool:
        return isinstance(subject, Project) and subject.is_remote

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        project = parent_context["subject"]
        doors = {door: address(project, door) for door in ("give", "help", "talk")}
        return {"project": project, "name": project.origin_name, **doors}


class SharedWith(Panel):
    """How many instances receive this project; one query."""

    slot = "aside"
    order = 90
    template_name = "federation/panels/shared.html"

    def shows(self, subject: Any, request: HttpRequest) -> bool:
        return isinstance(subject, Project) and not subject.is_remote and subject.is_public

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"number": len(receivers(instance_uri()))}


@prepared
def receivers(uri: str) -> QuerySet[Any, Any]:
    """The inboxes of the instances that follow one of our actors."""
    return outbound.inboxes_of([uri], instances=True)


def address(project: Project, door: str) -> str:
    """Where a door of a received project leads, in the reader's language when the origin has it."""
    links = project.origin_facts.get("links", {}).get(door, {})
    return str(links.get(best(links) or "") or project.origin_url)


panels = [Origin(), Doors(), SharedWith()]
