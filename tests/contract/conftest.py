"""Instances with any set of plug-ins, among them one that a third party installed outside the tree."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT, Instance

DUMMY = Path(__file__).parent / "dummy"


def install(target: Path) -> Path:
    """What ``pip install --target`` leaves of the dummy: its package and the metadata with its entry point."""
    with (DUMMY / "pyproject.toml").open("rb") as stream:
        project = tomllib.load(stream)["project"]
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(DUMMY / "tiwizi_stalls", target / "tiwizi_stalls", ignore=ignore)
    metadata = target / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [f"[{group}]" + "".join(f"\n{name} = {value}" for name, value in points.items())
             for group, points in project["entry-points"].items()]  # fmt: skip
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return target


@pytest.fixture
def site_packages(tmp_path) -> Path:
    """A folder outside the tree in which the dummy is installed."""
    return install(tmp_path / "elsewhere")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory) -> Path:
    """A database with core's tables alone, copied for each instance."""
    folder = tmp_path_factory.mktemp("core-alone")
    Instance(folder, settings="tests.contract.settings", environment={"TIWIZI_PLUGINS": ""}).manage(
        "migrate", "-v", "0"
    )
    return folder / "tiznit"


@pytest.fixture
def boot(tmp_path, site_packages, empty_database) -> Callable[..., Instance]:
    """``boot("forum", "stalls")``: an instance with these plug-ins, its tables made."""

    def start(*plugins: str, migrate: bool = True, **environment: str) -> Instance:
        var = tmp_path / "var"
        if not var.exists():
            var.mkdir()
            shutil.copytree(empty_database, var / "tiznit")
        instance = Instance(
            var,
            settings="tests.contract.settings",
            environment={
                "TIWIZI_PLUGINS": ",".join(plugins),
                "PYTHONPATH": f"{ROOT}:{site_packages}",
                **environment,
            },
        )
        if migrate:
            instance.manage("migrate", "-v", "0")
        return instance

    return start


def tour(instance: Instance) -> dict[str, Any]:
    """Read the main pages; each must answer 200."""
    seen = json.loads(instance.run("-m", "tests.contract.tour").splitlines()[-1])
    wrong = {path: status for path, status in seen["pages"].items() if status != 200}
    assert not wrong, wrong
    return seen
