"""Loads the list of themes. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from core.first_data import themes


class Command(BaseCommand):
    """``manage.py load_themes``"""

    help = "Load the themes that projects stand under."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{themes.load()} themes")
