"""An instance as processes of its own: web and workers on loopback, ended with the test that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tests.services import end, free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "TMPDIR", "TIWIZI_PLUGINS")


def wait_until(true: Callable[[], bool], *, what: str, seconds: float = 180) -> None:
    """Return as soon as ``true()`` holds; fails saying ``what`` was waited for."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.1)


class Instance:
    """One instance in ``folder`` (database, files, logs), with a clean environment and a port of its own.

    Use it as a context manager: every process started through it is ended at the end. ``log()`` gives what they
    printed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = "sites.tiznit.settings",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "DJANGO_SETTINGS_MODULE": settings,
            "TIWIZI_VAR": str(folder),
            "BASE_URL": self.url,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Instance:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self.processes:
            end(process)

    def run(self, *words: str, **options: str) -> str:
        """``python <words>`` to its end; gives what it printed. Raises AssertionError with its errors."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env={**self.environment, **options},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, f"{' '.join(words)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def manage(self, *words: str, **options: str) -> str:
        """``manage.py <words>``."""
        return self.run("manage.py", *words, **options)

    def shell(self, code: str) -> str:
        """Python code in the instance; gives what it printed."""
        return self.manage("shell", "--no-imports", "-v", "0", "-c", code)

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """A process that stays; its output goes to ``<name>.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.processes.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        """The web process; returns once it listens."""
        process = self.start(
            "web", "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--no-ws", "--workers", "1", "core.wsgi:application",
        )  # fmt: skip
        wait_for_port(self.port, process=process)
        return process

    def work(self, name: str = "worker") -> subprocess.Popen[bytes]:
        """A worker; returns once it said that it starts."""
        log = self.folder / f"{name}.log"
        before = log.read_text().count(" starts.") if log.exists() else 0
        process = self.start(name, "manage.py", "work", "--interval", "0.2")
        wait_until(
            lambda: log.read_text().count(" starts.") > before or process.poll() is not None, what="a worker"
        )
        assert process.poll() is None, self.log()
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """``kill -9``: no chance to tidy up."""
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def log(self) -> str:
        """All that the processes printed."""
        return "\n".join(f"== {path.name}\n{path.read_text()}" for path in sorted(self.folder.glob("*.log")))
