"""What core itself puts on a project's page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core.contract import Panel
from core.domain.proposals import may_edit
from core.domain.timeline import public_entries, tell
from core.models import JournalEntry, Project
from core.prepared import prepared
from core.registry import registry

SHOWN = 8


@prepared
def last_entries(project: int) -> QuerySet[JournalEntry]:
    """The last public entries of a project's journal, and one more that says whether there are others."""
    return public_entries().filter(project_id=project)[: SHOWN + 1]


class Timeline(Panel):
    """The last public entries of the project's journal; one query."""

    slot = "aside"
    order = 80
    template_name = "core/panels/timeline.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        project = parent_context["subject"]
        entries = last_entries(project.pk)
        return {"told": tell(entries[:SHOWN]), "more": len(entries) > SHOWN, "project": project}


class Story(Panel):
    """The project's story, after what is there and missing, before the accounts and the talk; no query."""

    order = 40
    template_name = "core/panels/story.html"

    def shows(self, subject: Any, request: Any) -> bool:
        return bool(subject.story)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"project": parent_context["subject"]}


class Keep(Panel):
    """Follow and report, on every subject; the way to the sheet for who may edit it. No query to strangers."""

    subject = "*"
    slot = "aside"
    order = 90
    template_name = "core/panels/keep.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        subject, request = parent_context["subject"], parent_context["request"]
        known = registry.subject(subject.subject_type)
        edit = ""
        if isinstance(subject, Project) and request.user.is_authenticated and may_edit(request.user, subject):
            edit = reverse("project_edit", args=[subject.slug])
        return {"subject": subject, "follow": bool(known and known.follow), "edit": edit}


class KeepOrganisation(Keep):
    """The same on organisations, which are not discussed."""

    subject = "core.organisation"


class KeepTerritory(Keep):
    """The same on territories."""

    subject = "core.territory"


panels = [Timeline(), Story(), Keep(), KeepOrganisation(), KeepTerritory()]
"""Core's panels."""
