"""``make histories``: ten thousand histories of money, in two processes, each with its printed seed.

A failing history is printed by hypothesis; the same seed plays the same histories again:
``TIWIZI_HISTORIES=5000 pytest tests/crowdfunding/test_histories.py --hypothesis-seed=<seed>``.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOTAL, PROCESSES = 10_000, 2
TEST = "tests/crowdfunding/test_histories.py::test_any_history_leaves_the_money_right"


def start(seed: int, number: int) -> subprocess.Popen[bytes]:
    """One process that plays its part."""
    command = [sys.executable, "-m", "pytest", "-q", "--nomigrations", TEST, f"--hypothesis-seed={seed}"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TIWIZI_HISTORIES": str(number)}
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def main(words: list[str]) -> int:
    """Play them; gives 0 when no invariant was violated in any."""
    total = int(words[0]) if words else TOTAL
    seeds = [secrets.randbelow(2**32) for _process in range(PROCESSES)]
    began = time.monotonic()
    print(f"{total} histories, seeds {seeds}", flush=True)
    playing = [start(seed, total // PROCESSES) for seed in seeds]
    codes = [process.wait() for process in playing]
    verdict = "0 violated invariants" if not any(codes) else "VIOLATED: see above"
    print(f"{total} histories, seeds {seeds}: {verdict}, {time.monotonic() - began:.0f} s")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
