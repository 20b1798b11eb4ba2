"""``make lint``: every check that reads the code without running a page. Runs all, then says which failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable

PRODUCTION = {
    "TIWIZI_PROFILE": "production",
    "SECRET_KEY": "a-key-of-the-lint-run-that-guards-nothing-0123456789-abcdefghijklmnop",
    "BASE_URL": "https://tiwizi.example",
}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("style", [str(BIN / "ruff"), "check", "."], {}),
    ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("types", [str(BIN / "mypy"), "core", "plugins", "sites"], {}),
    ("templates", [str(BIN / "djlint"), "--lint", "--quiet", "core", "plugins", "sites"], {}),
    ("import rules", [str(BIN / "lint-imports")], {}),
    ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("system checks", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"], {}),
    *[
        (
            f"production check of {site}",
            [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            {**PRODUCTION, "DJANGO_SETTINGS_MODULE": f"sites.{site}.settings"},
        )
        for site in ("tiznit", "argenteuil")
    ],
    ("catalogues", [PYTHON, "-m", "pytest", "-q", "--no-header", "tests/test_catalogues.py"], {}),
]


def main() -> int:
    """Run every check from the root of the checkout; gives how many failed."""
    failed = []
    for name, command, environment in CHECKS:
        began = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "sites.tiznit.settings", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<32} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout[-12_000:] + done.stderr[-4_000:], flush=True)
    print(
        f"{len(CHECKS) - len(failed)} of {len(CHECKS)} checks passed."
        + (f" Failed: {', '.join(failed)}." if failed else "")
    )
    return len(failed)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
