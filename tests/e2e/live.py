"""Two real instances: each a web process (granian) and a worker on loopback, with its own files and database.

``pair`` gives ``(tiznit, argenteuil)``; used by the journey J6 and by the tests that kill processes. An instance keeps
its data when its processes are killed and started again. DATABASE_URL (PostgreSQL) gives each one a database of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 90
EMPTY: list[Path] = []
"""The database of a new instance, kept for the next one of this process: migrations are the longest part."""
GRANIAN = ["--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "4"]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """The first true value of ``condition``; fails saying what did not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} did not come within {seconds} s")


class LiveInstance:
    """One instance: its folder, its address, its processes."""

    def __init__(self, slug: str, folder: Path) -> None:
        self.slug, self.folder = slug, folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.database = self._database()
        self.environment = {
            **{
                name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
            },
            "DJANGO_SETTINGS_MODULE": f"sites.{slug}.settings",
            "TIWIZI_VAR": str(folder),
            "TIWIZI_PROFILE": "demo",
            "BASE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            **({"DATABASE_URL": self.database} if self.database else {}),
        }

    def _database(self) -> str:
        """A database of this instance's own on the server that DATABASE_URL names; empty for SQLite."""
        url = os.environ.get("DATABASE_URL", "")
        if not url.startswith("postgres"):
            return ""
        import psycopg

        name = f"live_{self.slug}_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return urlsplit(url)._replace(path=f"/{name}").geturl()

    def manage(self, *arguments: str) -> str:
        """Run ``manage.py`` and give what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {arguments[0]}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def run(self, code: str) -> Any:
        """Run Python inside the instance; what it assigns to ``result`` comes back as JSON."""
        script = (
            "import django, json; django.setup()\nresult = None\n"
            + code
            + "\nprint('\\n@@' + json.dumps(result, default=str))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.rsplit("@@", 1)[1])

    def prepare(self) -> None:
        """Make the database (a copy of the first one's of this process where they are files) and the first rows."""
        (self.folder / self.slug).mkdir(parents=True, exist_ok=True)
        if not self.database and EMPTY:
            shutil.copy(EMPTY[0], self.folder / self.slug / "db.sqlite3")
        else:
            self.manage("migrate", "--verbosity", "0")
            self.manage("load_territories")
            self.manage("load_themes")
            if not self.database:
                self._keep_empty_copy()
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.run(FIRST_ROWS)

    def _keep_empty_copy(self) -> None:
        import sqlite3

        kept = Path(tempfile.mkdtemp(prefix="tiwizi-empty-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        copy_path = kept / "empty.sqlite3"
        here = self.folder / self.slug / "db.sqlite3"
        with sqlite3.connect(here) as source, sqlite3.connect(copy_path) as copy:
            source.backup(copy)
        EMPTY.append(copy_path)

    def start(self) -> None:
        """Start web and worker and wait until the web answers."""
        self.start_web()
        self.start_worker()
        until(self.answers, seconds=STARTS_WITHIN, what=f"{self.slug} on {self.url}")

    def start_web(self) -> None:
        self._start(
            "web",
            [sys.executable, "-m", "granian", *GRANIAN, "--port", str(self.port), "core.wsgi:application"],
        )

    def start_worker(self) -> None:
        self._start("worker", [sys.executable, "manage.py", "work"])

    def _start(self, name: str, command: list[str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def answers(self) -> bool:
        """Whether the web process answers; fails when it has ended."""
        assert self.processes["web"].poll() is None, self.log("web")
        try:
            with urllib.request.urlopen(f"{self.url}/nodeinfo/2.1", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a process and all it started, and wait for its end."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """End all processes; drop the database on PostgreSQL."""
        for name in list(self.processes):
            self.kill(name, signal.SIGTERM)

    def drop(self) -> None:
        """Remove the instance's database from the server."""
        if not self.database:
            return
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{urlsplit(self.database).path[1:]}" WITH (FORCE)')

    def session(self, email: str, *, animator: bool = False) -> dict[str, str]:
        """A cookie that signs a person in, made when new: for ``context.add_cookies``."""
        found = self.run(SESSION.format(email=email, animator=animator))
        return {"name": found[0], "value": found[1], "url": self.url}


FIRST_ROWS = """
from core.domain.pages import ensure_tree
from core.models import Organisation, Territory
from core.conf import instance
ensure_tree()
Organisation.objects.get_or_create(slug="association-des-eaux", defaults={"name": "Association des eaux",
    "name_ar": "جمعية المياه", "kind": "association", "territory": Territory.objects.filter(level="commune").first()})
"""

SESSION = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from core.models import Person
person = Person.objects.for_email({email!r}, name={email!r}.split("@")[0].title())
if {animator}:
    Person.objects.filter(pk=person.pk).update(is_animator=True)
store = import_module(settings.SESSION_ENGINE).SessionStore()
store[SESSION_KEY] = str(person.pk)
store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
store[HASH_SESSION_KEY] = person.get_session_auth_hash()
store.save()
from core.models import Charter, CharterAcceptance
charter = Charter.objects.first()
if charter is not None:
    CharterAcceptance.objects.get_or_create(person=person, charter=charter)
result = [settings.SESSION_COOKIE_NAME, store.session_key]
"""


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[LiveInstance, LiveInstance]]:
    """Tiznit and Argenteuil, running; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tiwizi-live-"))
    tiznit, argenteuil = LiveInstance("tiznit", folder / "t"), LiveInstance("argenteuil", folder / "a")
    try:
        tiznit.prepare()
        argenteuil.prepare()
        tiznit.start()
        argenteuil.start()
        yield tiznit, argenteuil
    finally:
        for site in (tiznit, argenteuil):
            site.stop()
            site.drop()
        shutil.rmtree(folder, ignore_errors=True)
