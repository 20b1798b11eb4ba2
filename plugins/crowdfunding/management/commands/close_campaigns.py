"""``manage.py close_campaigns [slug …]``: take the closing runs that are due as far as they go, and say where they stand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.money import text
from plugins.crowdfunding.domain import closing
from plugins.crowdfunding.models import Campaign, ClosingRun


class Command(BaseCommand):
    """What the worker does every ten minutes, without waiting for it; safe beside it and after any crash."""

    help = "Collect, judge and end campaigns whose gifts depend on their success."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "slugs", nargs="*", help="campaigns to look at; all that are due when none is named"
        )

    def handle(self, *args: Any, slugs: list[str], **options: Any) -> None:
        rows = Campaign.objects.select_related("tally").filter(slug__in=slugs)
        missing = set(slugs) - set(rows.values_list("slug", flat=True))
        if missing:
            raise CommandError(f"No such campaign: {', '.join(sorted(missing))}")
        for campaign in rows.order_by("pk"):
            if closing.run(campaign) is None:
                self.stdout.write(f"{campaign.slug}: its last day is not over, or every gift is kept")
        if not slugs:
            closing.work()
        runs = ClosingRun.objects.select_related("campaign").order_by("pk")
        shown = runs.filter(campaign__slug__in=slugs) if slugs else runs.exclude(phase__in=ClosingRun.OVER)
        for row in shown:
            self.stdout.write(self.line(row))

    @staticmethod
    def line(row: ClosingRun) -> str:
        """One run in one line."""
        came = f", {text(row.received, 'en')} there" if row.received is not None else ""
        return f"{row.campaign.slug}: round {row.round}, {row.get_phase_display()}, {text(row.bar, 'en')} needed{came}"
