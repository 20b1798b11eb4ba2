"""The worker: real processes on the embedded engine (SQLite, PostgreSQL) and on Redis, some of them killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core.domain import schedule
from core.models import ScheduledRun
from tests import services
from tests.processes import Instance, wait_until


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "redis"])
def prepared(request, tmp_path_factory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A migrated database and the environment that chooses it and its engine."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        environment = {"PROBE": str(folder / "probe.txt")}
        if request.param == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(services.postgresql())
        if request.param == "redis":
            environment["REDIS_URL"] = stack.enter_context(services.redis())
        Instance(folder, settings="tests.probe.settings", environment=environment).manage(
            "migrate", "-v", "0"
        )
        yield folder, environment


@pytest.fixture
def instance(prepared) -> Iterator[Instance]:
    folder, environment = prepared
    Path(environment["PROBE"]).write_text("")
    with Instance(folder, settings="tests.probe.settings", environment=environment) as instance:
        instance.shell("from core.models import ScheduledRun; ScheduledRun.objects.all().delete()")
        yield instance


def lines(instance: Instance) -> list[str]:
    return Path(instance.environment["PROBE"]).read_text().split("\n")[:-1]


def enqueue(instance: Instance, call: str) -> None:
    instance.shell(f"from tests.probe import tasks; tasks.{call}")


@pytest.mark.live
def test_two_workers_do_scheduled_work_once_a_period(instance):
    first, second = instance.work("first"), instance.work("second")
    wait_until(lambda: lines(instance).count("often") >= 3, what="three periods")
    assert lines(instance).count("daily") == 1
    assert first.poll() is None
    assert second.poll() is None
    assert (
        instance.shell("from core.domain import schedule; print(schedule.worker_lives())").strip() == "True"
    )


@pytest.mark.live
def test_work_goes_on_after_a_worker_was_killed_in_the_middle_of_it(instance):
    worker = instance.work()
    enqueue(instance, "slow.enqueue(120)")
    wait_until(lambda: "slow begins" in lines(instance), what="the slow task")
    instance.kill(worker)
    before = lines(instance).count("often")
    instance.work("next")
    wait_until(lambda: lines(instance).count("often") >= before + 2, what="the next worker's work")
    assert "slow ends" not in lines(instance)
    assert lines(instance).count("slow begins") == 1


@pytest.mark.live
def test_a_worker_told_to_stop_finishes_its_task_first(instance):
    worker = instance.work()
    enqueue(instance, "slow.enqueue(3)")
    wait_until(lambda: "slow begins" in lines(instance), what="the slow task")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert "slow ends" in lines(instance)


@pytest.mark.live
def test_a_failing_task_does_not_stop_the_worker(instance):
    worker = instance.work()
    enqueue(instance, "broken.enqueue()")
    wait_until(lambda: "broken begins" in lines(instance), what="the broken task")
    before = lines(instance).count("often")
    wait_until(lambda: lines(instance).count("often") > before, what="work after it")
    assert worker.poll() is None


@pytest.mark.django_db
class TestSchedule:
    """The claim of a run, without processes."""

    def test_each_schedule_runs_once_until_its_period_is_over(self):
        now = timezone.now()
        names = schedule.enqueue_due(now)
        assert len(names) == len(set(names)) > 0
        assert schedule.enqueue_due(now) == []
        ScheduledRun.objects.update(task_id="")  # as if those runs had begun
        later = schedule.enqueue_due(now + timedelta(days=2))
        assert sorted(later) == sorted(names)

    def test_who_read_an_older_time_loses_the_run(self):
        from core.registry import registry

        now = timezone.now()
        schedule.enqueue_due(now)
        ScheduledRun.objects.update(task_id="")
        first = registry.schedules()[0]
        row = ScheduledRun.objects.get(name=first.name)
        later = now + timedelta(days=2)
        assert schedule._enqueue(first, row, later)
        assert not schedule._enqueue(first, row, later)

    def test_old_results_are_forgotten_and_fresh_ones_kept(self, settings):
        from django_tasks_db.models import DBTaskResult

        settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
        from core.tasks import forget_old_results

        results = [forget_old_results.enqueue() for _ in range(4)]
        now = timezone.now()
        ages = {"SUCCESSFUL": timedelta(hours=2), "FAILED": timedelta(hours=2), "RUNNING": timedelta(days=8)}
        for result, (status, age) in zip(results, ages.items(), strict=False):
            DBTaskResult.objects.filter(pk=result.id).update(
                status=status, finished_at=now - age if status != "RUNNING" else None, started_at=now - age
            )
        assert forget_old_results.call() == 2
        assert {row.status for row in DBTaskResult.objects.all()} == {"FAILED", "READY"}

    def test_a_worker_leaves_a_sign(self):
        assert not schedule.worker_lives()
        schedule.beat("essai")
        assert schedule.worker_lives()
