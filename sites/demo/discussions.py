"""Discussions on projects, campaigns and missions."""

from __future__ import annotations

from typing import Any

from core.contract import SubjectRef
from core.models import Person, Project
from core.registry import registry
from plugins.forum.domain import posts, threads
from plugins.forum.models import Thread
from sites.demo.source import rows

TYPES = {"project": "core.project", "campaign": "crowdfunding.campaign", "mission": "volunteering.mission"}


def load_discussions() -> None:
    """Discussions where nobody wrote yet; those on a plug-in that is off wait."""
    for row in rows("discussions"):
        kind = next(name for name in TYPES if name in row)
        ref = subject_of(kind, row[kind])
        if ref is not None and not Thread.objects.on(ref).exists():
            load_discussion(ref, row)


def subject_of(kind: str, slug: str) -> SubjectRef | None:
    """The project itself, or the first campaign or mission on it."""
    project = Project.objects.get(slug=slug)
    if kind == "project":
        return project.ref
    subject = registry.subject(TYPES[kind])
    found = subject.model._default_manager.filter(project=project).first() if subject else None
    return found.ref if found else None


def load_discussion(ref: SubjectRef, row: dict[str, Any]) -> None:
    """The messages, in their order."""
    for email, language, text in row["posts"]:
        posts.write(
            author=Person.objects.get(email=email), place=threads.place(ref), text=text, language=language
        )
