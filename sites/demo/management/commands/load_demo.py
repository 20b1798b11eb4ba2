"""``manage.py load_demo``: the first data of this instance; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from core.conf import instance
from core.domain import notices
from sites.demo import campaigns, discussions, editorial, missions, money, organisations, projects


class Command(BaseCommand):
    """Writes what is missing and leaves what people changed."""

    help = "Load the sample content of this instance (demo profile only)."

    def handle(self, *args: Any, **options: Any) -> None:
        plugins = instance().plugins
        with translation.override("fr"), notices.quiet():
            organisations.load_territories()
            organisations.load_organisations()
            organisations.load_people()
            projects.load_projects()
            editorial.load_announcements()
            editorial.load_sheets()
            if "crowdfunding" in plugins:
                campaigns.load_campaigns()
                money.load_money()
            if "volunteering" in plugins:
                missions.load_missions()
            if "forum" in plugins:
                discussions.load_discussions()
        for role, email in organisations.accounts():
            self.stdout.write(f"  {email:<34} {role}")
