"""Brings an instance to its present shape: tables, pages, places, themes, charter. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.catalogues import compile_catalogues
from core.domain import charter, pages, standing, territories
from core.first_data import charter as first_charter
from core.first_data import places, themes
from core.first_data import standing as first_standing


class Command(BaseCommand):
    """``manage.py prepare``: used by the demo and by every release of a public site."""

    help = "Migrate, compile message catalogues, and write what every instance starts with."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        try:
            compile_catalogues()
        except OSError as error:  # a checkout that the site may only read
            self.stderr.write(f"Catalogues are not written: {error}")
        pages.ensure_tree()
        number = territories.load(places.levels())
        themes.load()
        charter.ensure(first_charter.VERSION, first_charter.TEXTS)
        for slug, texts in first_standing.PAGES.items():
            standing.ensure(slug, texts)
        self.stdout.write(f"Ready: {number} territories.")
