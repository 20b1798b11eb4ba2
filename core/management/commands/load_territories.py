"""Loads the territories: Morocco from the census list, towns abroad by name. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from core.domain import territories
from core.first_data import places


class Command(BaseCommand):
    """``manage.py load_territories``"""

    help = "Load Morocco's regions, provinces and communes, and towns abroad."

    def handle(self, *args: Any, **options: Any) -> None:
        number = territories.load(places.levels())
        self.stdout.write(f"{number} territories")
