"""Projects with their needs, published as a person would publish them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import money
from core.domain import projects
from core.models import Organisation, Project, Territory, Theme
from core.text import paragraphs
from sites.demo.source import day, rows


def texts_of(row: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Texts of a row with the typed story as HTML."""
    return {
        language: {**text, "story": str(paragraphs(text.get("story", "").strip()))}
        for language, text in row["texts"].items()
    }


def load_projects() -> None:
    """Projects by slug; those that are there are left as people changed them."""
    for row in rows("projects"):
        if not Project.objects.filter(slug=row["slug"]).exists():
            load_project(row)


@transaction.atomic
def load_project(row: dict[str, Any]) -> None:
    """One project, its needs and its pages."""
    owner = Organisation.objects.get(slug=row["owner"]) if "owner" in row else None
    project = Project.objects.create(
        slug=row["slug"],
        stage=row["stage"],
        status=Project.Status.WAITING,
        territory=Territory.objects.get(code=row["territory"]),
        owner=owner,
        texts=projects.washed(texts_of(row)),
        is_sample=row.get("sample", False),
        published_at=day(row["published"]),
    )
    project.themes.set(Theme.objects.filter(slug__in=row["themes"]))
    for order, need in enumerate(row.get("need", [])):
        facts: dict[str, Any] = {"quantity": need.get("quantity"), "order": order}
        if "amount" in need:
            amount = money.parse(need["amount"], need["currency"])
            facts |= {"amount_minor": money.minor(amount), "currency": need["currency"]}
        projects.add_need(project, kind=need["kind"], texts=need["texts"], **facts)
    projects.publish(project, by=None)
