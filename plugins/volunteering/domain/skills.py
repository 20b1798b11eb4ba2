"""The list of skills: about two hundred of ESCO that fit the projects."""

from __future__ import annotations

import csv
from pathlib import Path

from plugins.volunteering.models import Skill

SOURCE = Path(__file__).resolve().parents[1] / "data" / "skills.csv"


def load(source: Path = SOURCE) -> int:
    """Bring the table in line with the list; safe to repeat. Gives how many skills the list holds.

    A skill that left the list stays: missions point to it.
    """
    with source.open(encoding="utf-8", newline="") as stream:
        skills = [
            Skill(
                esco_id=row["esco_id"],
                name_fr=row["label_fr"],
                name_en=row["label_en"],
                name_ar=row["label_ar"],
            )
            for row in csv.DictReader(stream)
        ]
    Skill.objects.bulk_create(
        skills,
        update_conflicts=True,
        unique_fields=["esco_id"],
        update_fields=["name_fr", "name_en", "name_ar"],
    )
    return len(skills)
