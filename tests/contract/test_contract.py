"""The contract with plug-ins: ours in any combination, a third party's, broken, failing, removed and back."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.contract.conftest import tour
from tests.processes import ROOT

pytestmark = pytest.mark.live

OURS = ("crowdfunding", "volunteering", "forum", "federation")
OPEN = """
from core.models import Project
from tiwizi_stalls.domain import open_stall
from core.models import Person
keeper = Person.objects.create(email="keeper@tiwizi.example", name="Keeper")
print(open_stall(project=Project.objects.get(slug="tour"), keeper=keeper, name="Miel de thym").uid)
"""
TOLD = """
import json
from core.domain import people, schedule
from core.models import Notice, Person
from core.registry import registry
from django.test import Client
from tiwizi_stalls.models import Stall
from wagtail import hooks
stall = Stall.objects.get()
keeper = Person.objects.get(email="keeper@tiwizi.example")
exported = people.describe(keeper)["stalls.stalls"]
people.erase(keeper)
print(json.dumps({
    "noticed": list(Notice.objects.values_list("person__email", flat=True)),
    "page": Client().get("/fr/stalls/" + stall.uid + "/").status_code,
    "scheduled": "stalls.count" in schedule.enqueue_due(),
    "mapped": [mapping.object_type for mapping in registry.mappings() if mapping.subject == stall.ref.type],
    "resolved": str(registry.resolve([stall.ref])[stall.ref]),
    "exported": exported,
    "erased": Stall.objects.get().keeper is None,
    "hooked": any(hook.__module__ == "tiwizi_stalls.wagtail_hooks"
                  for hook in hooks.get_hooks("construct_explorer_page_queryset")),
}))
"""


@pytest.mark.parametrize(
    "plugins",
    [(), *[(name,) for name in OURS], OURS, ("stalls",)],
    ids=lambda names: "+".join(names) or "core alone",
)
def test_an_instance_boots_with(plugins, boot):
    instance = boot(*plugins)
    instance.manage("check", "--fail-level", "WARNING")
    seen = tour(instance)
    assert "Le four" in seen["text"]["/fr/projects/tour/"]


def test_a_third_party_brings_one_of_everything(boot):
    """D33: a later plug-in needs no change in core."""
    instance = boot(*OURS, "stalls")
    tour(instance)
    uid = instance.shell(OPEN).strip().splitlines()[-1]
    seen = tour(instance)
    project = seen["text"]["/fr/projects/tour/"]
    assert "Miel de thym" in project, "panel"
    assert "opened the stall" in project + seen["text"]["/fr/projects/tour/journal/"], "verb, timeline"
    assert "Market stalls" in seen["text"]["/fr/"], "menu"
    assert "Miel de thym" in seen["text"]["/fr/stalls/"], "urls"
    assert json.loads(seen["text"]["/stalls-hook/"]) == {"stalls": "heard"}, "machine urls"
    assert uid in seen["text"]["/api/v1/stalls/stalls/"], "api"
    figures = {row["key"]: row["value"] for row in json.loads(seen["text"]["/api/v1/figures/"])}
    assert figures["stalls.number"] == 1, "figures"
    told = instance.shell(TOLD)
    assert json.loads(told.strip().splitlines()[-1]) == {
        "noticed": ["tour@tiwizi.example"],
        "page": 200,
        "scheduled": True,
        "mapped": ["Place"],
        "resolved": "Miel de thym",
        "exported": [{"stall": "Miel de thym"}],
        "erased": True,
        "hooked": True,
    }


def test_a_failing_panel_shows_nothing_in_production_and_raises_in_tests(boot):
    instance = boot("stalls", STALLS="fail")
    assert "Market stalls</h2>" not in tour(instance)["text"]["/fr/projects/tour/"]
    with pytest.raises(AssertionError, match="the stalls fell over"):
        boot("stalls", migrate=False, STALLS="fail", PANEL_ERRORS_RAISE="1").run("-m", "tests.contract.tour")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("figures.py", "raise ValueError('half a file')", "half a file"),
        ("figures.py", "numbers = []", "must hold a list named `figures`"),
        ("figures.py", "figures = ['a word']", "not what the contract asks"),
    ],
)
def test_a_broken_resource_raises_at_start(name, content, said, boot, site_packages):
    (site_packages / "tiwizi_stalls" / name).write_text(content)
    with pytest.raises(AssertionError, match=said):
        boot("stalls", migrate=False).manage("check")


def test_a_plugin_nobody_installed_is_named(boot):
    with pytest.raises(AssertionError, match="not installed: markets"):
        boot("markets", migrate=False).manage("check")


def test_switched_off_with_its_data_left_and_on_again(boot):
    """Entries with unknown verbs, notices of them and unknown subjects break no page."""
    instance = boot("stalls")
    tour(instance)
    instance.shell(OPEN)
    off = boot(migrate=False)
    seen = tour(off)
    assert "Miel de thym" not in seen["text"]["/fr/projects/tour/"]
    assert (
        off.shell(
            "from core.models import Person; from django.test import Client; client = Client(); "
            "client.force_login(Person.objects.get(email='tour@tiwizi.example'), "
            "backend='django.contrib.auth.backends.ModelBackend'); "
            "print(client.get('/fr/notices/', follow=True).status_code)"
        )
        .strip()
        .endswith("200")
    )
    back = boot("stalls", migrate=False)
    assert "Miel de thym" in tour(back)["text"]["/fr/projects/tour/"]


@pytest.mark.parametrize("label", ["stalls", "forum"])
def test_removed_with_its_tables_and_put_back(label, boot):
    instance = boot(label)
    tour(instance)
    if label == "stalls":
        instance.shell(OPEN)
    instance.manage("migrate", label, "zero", "-v", "0")
    tour(boot(migrate=False))
    tour(boot(label))


def test_the_dummy_is_a_distribution_pip_accepts(tmp_path):
    """The metadata the tests write is what pip makes of the same folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
         "--target", str(tmp_path / "out"), str(copy(tmp_path))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    points = next((tmp_path / "out").glob("tiwizi_stalls-*.dist-info/entry_points.txt")).read_text()
    assert "stalls = tiwizi_stalls.apps:Stalls" in points


def copy(folder):
    """The distribution's folder, so that building leaves nothing in the tree."""
    import shutil

    from tests.contract.conftest import DUMMY

    return shutil.copytree(DUMMY, folder / "source")
