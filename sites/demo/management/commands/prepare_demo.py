"""``manage.py prepare_demo``: all that an instance of the demonstration needs before it answers, in one process."""

from __future__ import annotations

import io
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.conf import instance


class Command(BaseCommand):
    """Tables, page tree, reference lists, sample content and static files; prints the demo accounts."""

    help = "Prepare this instance for the demonstration; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("prepare", stdout=io.StringIO())
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(
            f"{instance().title['fr']}: sign in with one of these, the code is in the demo mailbox"
        )
        call_command("load_demo", stdout=self.stdout)
