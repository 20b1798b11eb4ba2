"""Prepare the second server of the tests in var/fedify-peer: ``python -m tests.federation.peer`` (``make test-peer``).

The server's own two files come from ``../shared/federation/fedify-peer``; Fedify and Node from the npm registry.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT.parent / "shared" / "federation" / "fedify-peer"
FOLDER = ROOT / "var" / "fedify-peer"
FILES = ("package.json", "server.mjs")


def is_ready() -> bool:
    """Whether the second server can be started."""
    return (FOLDER / "node_modules" / "@fedify" / "fedify").is_dir() and (FOLDER / "server.mjs").is_file()


def prepare() -> None:
    """Copy the server and install what it needs; exits with a sentence when that cannot be had."""
    if is_ready():
        return
    npm = shutil.which("npm")
    if npm is None or not SOURCE.is_dir():
        sys.exit(f"The second server needs npm and {SOURCE}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(SOURCE / name, FOLDER / name)
    subprocess.run([npm, "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FOLDER, check=True)


if __name__ == "__main__":
    prepare()
