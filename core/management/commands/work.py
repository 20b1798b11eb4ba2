"""``manage.py work``: the worker of an instance, engine and schedule in one process."""

from __future__ import annotations

import os
import secrets
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.workers.engines import run_engine
from core.workers.ticker import Ticker


class Command(BaseCommand):
    """Does background work until SIGTERM; several may run side by side, any may be killed at any moment."""

    help = "Run a worker: background tasks and their schedule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds an idle worker sleeps (default 0.5)"
        )
        parser.add_argument(
            "--batch", action="store_true", help="enqueue what is due, do all that waits, end"
        )

    def handle(self, *args: Any, interval: float, batch: bool, **options: Any) -> None:
        worker = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"
        ticker = Ticker(worker, interval=interval)
        if batch:
            ticker.tick()
            run_engine(worker, interval=interval, batch=True)
            return
        self.stdout.write(f"Worker {worker} starts.")
        self.stdout.flush()
        ticker.start()
        try:
            run_engine(worker, interval=interval, batch=False)
        finally:
            ticker.stop()
