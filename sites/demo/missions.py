"""Missions open to applications."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from core.models import Organisation, Project
from core.text import paragraphs
from plugins.volunteering.domain import missions, skills
from plugins.volunteering.models import Mission, Skill
from sites.demo.source import rows


def load_missions() -> None:
    """Missions of projects that have none yet."""
    skills.load()
    for row in rows("missions"):
        project = Project.objects.get(slug=row["project"])
        if not Mission.objects.filter(project=project).exists():
            load_mission(project, row)


@transaction.atomic
def load_mission(project: Project, row: dict[str, Any]) -> None:
    """One mission, open."""
    criteria = row.get("criteria", {})
    texts = {
        code: {
            "title": text["title"],
            "story": str(paragraphs(text["story"])),
            "criteria": str(paragraphs(criteria.get(code, ""))),
        }
        for code, text in row["texts"].items()
    }
    facts = {key: date.fromisoformat(row[key]) for key in ("starts", "ends") if key in row}
    mission = missions.draft(
        project=project,
        host=Organisation.objects.get(slug=row["host"]),
        by=None,
        texts=texts,
        language="fr",
        skills=Skill.objects.filter(name_en__in=row["skills"]),
        kind=row["kind"],
        remote=row["remote"],
        territory=None if row["remote"] else project.territory,
        hours=row["hours"],
        people=row["people"],
        is_sample=True,
        **facts,
    )
    missions.open_to_all(mission, by=None)
