"""``python -m sites.run``: prepares, answers, stops cleanly, leaves no process behind (``make demo``)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sites import run
from tests.processes import ROOT, wait_until
from tests.services import end, free_port


def children(pid: int) -> set[int]:
    """All processes below one."""
    found: set[int] = set()
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, listing.read_text().split()):
            found |= {child} | children(child)
    return found


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.mark.live
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_an_instance_answers_and_stops_without_leaving_anyone(told, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "run"  # the second time its data is kept
    folder.mkdir(exist_ok=True)
    port, log = free_port(), folder / "log.txt"
    environment = {
        **os.environ,
        "TIWIZI_VAR": str(folder),
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "sites.run", "tiznit"],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=stream,
        )
    try:
        wait_until(
            lambda: "Ready after" in log.read_text() or process.poll() is not None,
            what="the site",
            seconds=600,
        )
        assert process.poll() is None, log.read_text()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/fr/", timeout=60) as answer:
            assert answer.status == 200
        assert "@" in log.read_text(), "the accounts are printed"
        below = children(process.pid)
        assert len(below) >= 2
        process.send_signal(told)
        assert process.wait(60) == 0
        wait_until(lambda: not any(map(alive, below)), what="its processes to end", seconds=30)
    finally:
        end(process)


def test_a_taken_port_is_said_and_nothing_started(monkeypatch, capsys):
    monkeypatch.setattr(run, "listens", lambda number: True)
    assert run.main(["tiznit"]) == 1
    assert "8001" in capsys.readouterr().out


def test_a_step_that_fails_is_shown(monkeypatch, capsys):
    def fail(site: str) -> str:
        raise run.NotPrepared(f"{site}: manage.py prepare failed\nthe reason")

    monkeypatch.setattr(run, "listens", lambda number: False)
    monkeypatch.setattr(run, "prepare", fail)
    assert run.main(["argenteuil"]) == 1
    assert "the reason" in capsys.readouterr().err
