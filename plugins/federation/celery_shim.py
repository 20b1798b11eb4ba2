"""The toolkit imports Celery; we run none. Its tasks are refused here, so that none reaches a broker unseen."""

from __future__ import annotations

from typing import Any, NoReturn

from celery import Celery, Task


class StockTaskRefused(RuntimeError):
    """Something queued a task of the toolkit; ours replace all of them (inbox, deliveries, fetching)."""


class RefusedTask(Task):
    """A task that cannot be queued: the toolkit's own would send and fetch without our rules."""

    def apply_async(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise StockTaskRefused(self.name)


def install() -> Celery:
    """Make the refusing app Celery's current one; no broker, no result store, no connection."""
    app = Celery("tiwizi", task_cls=RefusedTask, broker="memory://", set_as_current=True)
    app.set_default()
    return app
