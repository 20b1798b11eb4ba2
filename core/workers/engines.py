"""Which engine works is a matter of settings: tasks in the same database, or a Redis-backed queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections
from django_tasks import task_backends


def run_engine(worker: str, *, interval: float, batch: bool) -> None:
    """Work until told to stop (SIGTERM, SIGINT: the task under way is finished first).

    ``interval`` is how long, in seconds, an idle embedded engine sleeps; a Redis queue wakes its engine itself.
    ``batch`` ends when nothing is left. Raises ImproperlyConfigured for an engine nobody knows to run.
    """
    kind = type(task_backends["default"])
    engines: dict[str, Callable[..., None]] = {"DatabaseBackend": run_database, "RQBackend": run_redis}
    if kind.__name__ not in engines:
        raise ImproperlyConfigured(f"No worker knows the task engine {kind.__module__}.{kind.__name__}.")
    engines[kind.__name__](worker, interval=interval, batch=batch)


def run_database(worker: str, *, interval: float, batch: bool) -> None:
    """The embedded engine: tasks are rows of the same database."""
    from django_tasks_db.management.commands.db_worker import Worker

    engine = Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=interval,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker,
    )
    engine.configure_signals()
    engine.run()


def run_redis(worker: str, *, interval: float, batch: bool) -> None:
    """The broker-backed engine: RQ, in this process (a fork per task would cost more than most tasks)."""
    import django_rq
    from django_tasks_rq.backend import Job
    from rq.worker import SimpleWorker

    class Engine(SimpleWorker):
        def perform_job(self, *args: Any, **kwargs: Any) -> bool:
            close_old_connections()
            try:
                return bool(super().perform_job(*args, **kwargs))
            finally:
                close_old_connections()

    kind: Any = Engine
    queues = sorted(task_backends["default"].queues)
    engine = django_rq.get_worker(*queues, job_class=Job, worker_class=kind, name=worker)
    engine.work(burst=batch, logging_level="WARNING")
