"""What a project received from another instance says of its origin."""

from __future__ import annotations

from typing import Any

from core.models import Project
from core.models.languages import best


def web(value: Any) -> str:
    """An http(s) address, from a text or a ``{language: address}``; empty for anything else."""
    if isinstance(value, dict):
        value = value.get(best(value) or "")
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""


def read_at(project: Project) -> str:
    """The project's page at its origin, in the reader's language when it has it."""
    links = project.origin_facts.get("links")
    return web(links.get("read") if isinstance(links, dict) else "") or web(project.origin_url)


def place(project: Project) -> str:
    """The name of the place as the origin tells it, for a territory that is not in our tree."""
    names = project.origin_facts.get("place")
    if isinstance(names, dict):
        return str(names.get(best(names) or "", ""))
    return names if isinstance(names, str) else ""


def owner(project: Project) -> str:
    """Who carries the project, as the origin tells it."""
    return str(project.origin_facts.get("owner") or "")
