"""What the documentation promises: the panel of docs/plugins.md works, commands and addresses exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from core.contract import RESOURCES
from tests.contract.conftest import tour
from tests.processes import ROOT, Instance

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
]
BLOCK = re.compile(r"```\w+ file=(\S+)\n(.*?)```", re.S)


def plugin_of_the_page(folder: Path) -> Path:
    """The files that docs/plugins.md tells to write, and the metadata pip makes of them."""
    files = dict(BLOCK.findall((ROOT / "docs/plugins.md").read_text()))
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "greeting/__init__.py").touch()
    project = tomllib.loads(files["pyproject.toml"])["project"]
    metadata = folder / "tiwizi_greeting-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]["tiwizi.plugins"]
    lines = "\n".join(f"{name} = {value}" for name, value in points.items())
    (metadata / "entry_points.txt").write_text(f"[tiwizi.plugins]\n{lines}\n")
    return folder


@pytest.mark.live
def test_the_panel_of_twenty_lines_works(tmp_path):
    folder = plugin_of_the_page(tmp_path / "elsewhere")
    instance = Instance(
        tmp_path / "var",
        settings="tests.contract.settings",
        environment={"TIWIZI_PLUGINS": "greeting", "PYTHONPATH": f"{ROOT}:{folder}"},
    )
    instance.manage("migrate", "-v", "0")
    assert "Azul!</h2>" in tour(instance)["text"]["/fr/projects/tour/"]


def test_it_is_twenty_lines():
    files = dict(BLOCK.findall((ROOT / "docs/plugins.md").read_text()))
    code = [
        line
        for name, text in files.items()
        if not name.endswith(".toml")
        for line in text.splitlines()
        if line.strip()
    ]
    assert len(code) <= 20


def test_every_file_of_the_contract_is_explained():
    text = (ROOT / "docs/plugins.md").read_text()
    for name, held in RESOURCES.items():
        assert f"| `{name}.py` | `{held}` |" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_a_page_names_exist(page):
    if not page.exists():
        pytest.fail(f"{page.name} is missing")
    named = re.findall(
        r"`((?:core|plugins|sites|tests|docs)/[\w./-]+?\.(?:py|md|toml|html|css))`", page.read_text()
    )
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_a_page_names_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text()))
    assert named <= targets


def test_make_lists_its_targets():
    done = subprocess.run(
        [shutil.which("make") or "make"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for target in (
        "install",
        "demo",
        "demo-reset",
        "run",
        "test",
        "lint",
        "bench",
        "shell",
        "verify-ledger",
        "test-peer",
    ):
        assert f"make {target} " in done.stdout


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text
    assert "13. Remote Network Interaction" in text
    assert "END OF TERMS AND CONDITIONS" in text
