"""The instance starts and its main pages answer."""

from pathlib import Path

import pytest

import core
from core.domain import projects
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def test_core_is_ours():
    assert Path(core.__file__).parent == Path(__file__).parents[2] / "core"


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_pages_answer(client, language):
    project = ProjectFactory()
    for path in ("", "projects/", f"projects/{project.slug}/", "territories/", "organisations/"):
        assert client.get(f"/{language}/{path}").status_code == 200


def test_publishing_writes_one_page_per_language(tree):
    project = ProjectFactory(status="waiting")
    projects.publish(project, by=PersonFactory())
    assert {page.locale.language_code for page in project.pages.all()} == {"fr", "ar"}
    assert len({page.translation_key for page in project.pages.all()}) == 1


def test_api(client):
    ProjectFactory()
    assert len(client.get("/api/v1/projects/").json()["results"]) == 1
