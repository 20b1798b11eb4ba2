"""For those who run the instance: whether it works, and figures to watch."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterable

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from core.domain.schedule import worker_lives
from core.models.work import WorkRow

OK, FAILS, SILENT = "ok", "fails", "silent"
_migrated: list[bool] = []


def database_answers() -> bool:
    """Whether the database answers a question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def cache_keeps() -> bool:
    """Whether the cache gives back what it was given."""
    value = get_random_string(12)
    cache.set("health", value, 30)
    return cache.get("health") is not None


def migrations_done() -> bool:
    """Whether no migration waits; once true it stays true for this process."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.append(True)
    return True


VITAL: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "cache": cache_keeps,
    "migrations": migrations_done,
}


def answer_of(check: Callable[[], bool]) -> str:
    """``ok`` or ``fails``, whatever goes wrong; the reason stays in the log."""
    try:
        return OK if check() else FAILS
    except (DatabaseError, OSError, ValueError):
        return FAILS


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when database, cache and migrations are well, else 503; a silent worker is told but keeps pages served."""
    found = {name: answer_of(check) for name, check in VITAL.items()}
    well = all(value == OK for value in found.values())
    found["worker"] = OK if found["cache"] == OK and worker_lives() else SILENT
    return JsonResponse({"status": OK if well else FAILS, **found}, status=200 if well else 503)


def may_watch(request: HttpRequest) -> bool:
    """Whether the request comes from this machine itself, or carries METRICS_TOKEN."""
    token = os.environ.get("METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    direct = "HTTP_X_FORWARDED_FOR" not in request.META and "HTTP_FORWARDED" not in request.META
    return direct and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}


def work_rows() -> Iterable[type[WorkRow]]:
    """Every kind of work that is kept as rows."""
    return (model for model in apps.get_models() if issubclass(model, WorkRow))


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in the Prometheus format; 404 to strangers."""
    if not may_watch(request):
        raise Http404
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    waiting = Gauge(
        "tiwizi_work_rows", "Work kept as rows, not done yet", ["kind", "state"], registry=registry
    )
    for model in work_rows():
        for state in (WorkRow.State.WAITING, WorkRow.State.FAILED):
            number = model._default_manager.filter(state=state).count()
            waiting.labels(model._meta.label_lower, state.value).set(number)
    alive = Gauge(
        "tiwizi_worker_alive", "Whether a worker left a sign within the last minute", registry=registry
    )
    alive.set(worker_lives())
    info = Gauge("tiwizi_instance", "This instance", ["slug"], registry=registry)
    info.labels(settings.INSTANCE.slug).set(1)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
