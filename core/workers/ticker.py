"""The clock of a worker: enqueues what is due and says that the worker lives, in a thread beside the engine."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections, connections

from core.domain import schedule

logger = logging.getLogger(__name__)
BEAT_EVERY = 5.0


class Ticker(threading.Thread):
    """Ticks every ``interval`` seconds until stopped; an error is logged and the next tick tries again."""

    def __init__(self, worker: str, *, interval: float) -> None:
        super().__init__(name="schedule", daemon=True)
        self.worker = worker
        self.interval = interval
        self.stopped = threading.Event()
        self.last_beat = 0.0

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                close_old_connections()
                self.tick()
            except Exception:
                logger.exception("The schedule of worker %s failed; it tries again", self.worker)
            self.stopped.wait(self.interval)
        connections.close_all()

    def tick(self) -> None:
        """One look at the clock."""
        for name in schedule.enqueue_due():
            logger.debug("Enqueued %s", name)
        if time.monotonic() - self.last_beat >= BEAT_EVERY:
            schedule.beat(self.worker)
            self.last_beat = time.monotonic()

    def stop(self) -> None:
        """End after the tick under way."""
        self.stopped.set()
        self.join(timeout=5)
