"""``manage.py load_skills``: the list of skills of missions; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from plugins.volunteering.domain import skills


class Command(BaseCommand):
    """Writes or refreshes the skills of ``data/skills.csv``."""

    help = "Load the skills (ESCO v1.1) that missions ask for."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{skills.load()} skills")
