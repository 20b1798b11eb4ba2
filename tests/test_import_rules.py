"""Rules 1, 2 and 4 hold, and each contract is seen to catch a violation seeded in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

SEEDED = {
    "core-knows-no-plugin": ("core/money.py", "import plugins.forum.models"),
    "plugins-apart": ("plugins/forum/verbs.py", "import plugins.volunteering.verbs"),
    "outside-calls-inside": ("plugins/forum/models/__init__.py", "import plugins.forum.views"),
    "stripe-one-door": ("plugins/crowdfunding/views/__init__.py", "import stripe"),
    "activitypub-one-door": ("plugins/forum/federation.py", "import activitypub.core.models"),
    "html-one-washer": ("core/views/home.py", "import nh3"),
}


def copy_of_tree(target: Path) -> Path:
    """The code that the contracts look at, without caches."""
    for name in ("core", "plugins", "sites"):
        leave = shutil.ignore_patterns("__pycache__", "static", "locale", "templates", "*.toml")
        shutil.copytree(ROOT / name, target / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_has_its_seeded_violation():
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == set(SEEDED)


def test_the_tree_keeps_the_rules(tmp_path):
    done = lint(copy_of_tree(tmp_path))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", SEEDED)
def test_a_seeded_violation_is_caught(contract, tmp_path):
    folder = copy_of_tree(tmp_path)
    path, line = SEEDED[contract]
    with (folder / path).open("a") as stream:
        stream.write(f"\n{line}\n")
    done = lint(folder, "--contract", contract)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
    assert path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") in done.stdout
