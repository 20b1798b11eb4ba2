"""Work that leaves a line in the file PROBE names."""

import os
import time
from datetime import timedelta
from pathlib import Path

from django_tasks import task

from core.contract import Schedule


def leave(line: str) -> None:
    with Path(os.environ["PROBE"]).open("a") as stream:
        stream.write(line + "\n")


@task()
def daily() -> None:
    leave("daily")


@task()
def often() -> None:
    leave("often")


@task()
def slow(seconds: float) -> None:
    leave("slow begins")
    time.sleep(seconds)
    leave("slow ends")


@task()
def broken() -> None:
    leave("broken begins")
    raise RuntimeError("as it should")


schedules = [
    Schedule("probe.daily", daily, timedelta(days=1)),
    Schedule("probe.often", often, timedelta(seconds=1)),
]
