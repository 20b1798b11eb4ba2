"""``make test``: everything on SQLite, then everything but the browser and the live processes on PostgreSQL.

More words go to pytest: ``make test ARGS="tests/forum -x"``. TIWIZI_TEST_ON=sqlite or postgresql runs one half.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.services import postgresql

ROOT = Path(__file__).resolve().parents[1]
WORKERS = os.environ.get("TIWIZI_TEST_WORKERS", "2")
ON_POSTGRESQL = "not live and (not e2e or smoke)"
"""Journeys run once, on SQLite; on PostgreSQL those marked smoke do."""


def pytest(*words: str, **environment: str) -> int:
    """One run of pytest; gives its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, "--dist", "loadgroup", *words]
    print("$", " ".join(["pytest", *command[3:]]), environment.get("DATABASE_URL", "(SQLite)"), flush=True)
    # The Makefile exports the settings of a site; the tests have their own.
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(words: list[str]) -> int:
    """Run both halves; gives 0 when both passed."""
    on = os.environ.get("TIWIZI_TEST_ON", "")
    codes = []
    if on in {"", "sqlite"}:
        codes.append(pytest(*words))
    if on in {"", "postgresql"}:
        with postgresql() as url:
            codes.append(pytest("-m", ON_POSTGRESQL, *words, DATABASE_URL=url))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
