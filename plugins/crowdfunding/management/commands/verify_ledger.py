"""``manage.py verify_ledger``: recompute every ledger, or check downloaded files without the database."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.models import Project
from plugins.crowdfunding import ledger_verifier
from plugins.crowdfunding.domain import audit


class Command(BaseCommand):
    """Exit code 1 and the place of each fault when something does not add up."""

    help = "Recompute the chain, the sums and the invariants of the ledgers, or of downloaded .json and .csv files."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", help="downloaded ledgers; none: check the database")
        parser.add_argument("--project", help="slug of one project")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["files"]:
            if ledger_verifier.main(options["files"]):
                raise CommandError("At least one file is broken.")
            return
        project = None
        if options["project"]:
            project = Project.objects.filter(slug=options["project"]).first()
            if project is None:
                raise CommandError(f"There is no project {options['project']}.")
        self._check(project)

    def _check(self, project: Project | None) -> None:
        faults = [] if project else list(audit.of_campaigns())
        for found in audit.run(project):
            state = "intact" if found.intact else "BROKEN"
            self.stdout.write(
                f"{found.project.slug}: {state}, {found.transactions} transactions, {found.entries} entries"
            )
            faults += [f"{found.project.slug}: {fault}" for fault in found.faults]
        for fault in dict.fromkeys(faults):
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults.")
        self.stdout.write(self.style.SUCCESS("All ledgers are intact."))
