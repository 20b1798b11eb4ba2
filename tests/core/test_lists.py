"""Lists: filters that combine, words found as people type them, pages by keyset, as many queries for 1 as for 3 rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain import listing
from core.models import Project, Territory
from core.text import fold
from tests.factories import OrganisationFactory, ProjectFactory, TerritoryFactory, ThemeFactory

pytestmark = pytest.mark.django_db


def titles(client, query=""):
    return {project.title for project in client.get(f"/fr/projects/{query}").context["projects"]}


def named(title, **fields):
    return ProjectFactory(texts={"fr": {"title": title, "summary": "", "story": ""}}, **fields)


@pytest.fixture
def places(db):
    """The instance's province with a commune, and a town abroad."""
    province = TerritoryFactory(code="09.581", level=Territory.Level.PROVINCE, name_fr="Tiznit")
    commune = TerritoryFactory(code="09.581.01.01", parent=province, name_fr="Aglou")
    town = TerritoryFactory(code="argenteuil", level=Territory.Level.TOWN, name_fr="Argenteuil")
    return province, commune, town


def test_territory_holds_what_is_below_it(client, places):
    province, commune, town = places
    named("De la commune", territory=commune)
    named("De la province", territory=province)
    named("De la ville", territory=town)
    assert titles(client, "?territory=09.581") == {"De la commune", "De la province"}
    assert titles(client, "?territory=09.581.01.01") == {"De la commune"}
    assert titles(client, "?territory=nowhere") == set()


def test_choices_of_territory_start_at_home_and_show_the_tree(places):
    _province, commune, town = places
    ProjectFactory(territory=commune)
    ProjectFactory(territory=town)
    with translation.override("fr"):
        choices = listing.territory_choices("argenteuil")
    assert [(choice.value, choice.label) for choice in choices] == [
        ("09.581", "Tiznit"),
        ("09.581.01.01", "\u2003Aglou"),
        ("argenteuil", "Argenteuil"),
    ]
    assert [choice.value for choice in choices if choice.chosen] == ["argenteuil"]


def test_filters_combine(client):
    water = ThemeFactory(slug="water")
    wanted = named("Puits", stage="seeking")
    wanted.themes.add(water)
    named("Autre puits", stage="seeking")
    named("Puits fini", stage="done").themes.add(water)
    assert titles(client, "?theme=water&stage=seeking") == {"Puits"}
    assert titles(client, "?theme=water&stage=seeking&q=fini") == set()
    assert titles(client, "?stage=nonsense") == set()


def test_origin(client):
    named("D'ici")
    named("D'ailleurs", origin_uri="https://b.example/ap/object/1", origin_name="B")
    assert titles(client, "?origin=here") == {"D'ici"}
    assert titles(client, "?origin=elsewhere") == {"D'ailleurs"}


@pytest.mark.parametrize("asked", ["dechets", "DÉCHETS", "vallée déchets", "النفايات", "النِّفَايات", "مدرسه"])
def test_words_are_found_as_people_type_them(client, asked):
    project = ProjectFactory(
        texts={
            "fr": {"title": "Trier les déchets", "summary": "dans la vallée", "story": "<p>Neuf douars</p>"},
            "ar": {"title": "فرز النفايات", "summary": "في المدرسة", "story": ""},
        }
    )
    named("Rien à voir")
    assert titles(client, f"?q={asked}") == {project.title}


def test_words_are_found_in_every_language_whatever_the_interface(client):
    named("Forage")
    assert "Forage" in client.get("/ar/projects/?q=forage").content.decode()


def test_search_words_follow_the_texts():
    project = named("Ancien")
    project.texts = {"fr": {"title": "Nouveau"}}
    project.save(update_fields=["texts"])
    project.refresh_from_db()
    assert project.words == "nouveau"


@given(st.text(max_size=60))
@example("ﭐ")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_percent_and_underscore_are_letters(client):
    named("Cent pour cent")
    assert titles(client, "?q=%25") == set()
    assert titles(client, "?q=_") == set()


def test_keyset_pages_show_each_project_once_and_keep_the_filters(client):
    moment = timezone.now()
    for number in range(45):
        named(f"P{number}", stage="idea", published_at=moment - timedelta(minutes=number // 3))
    named("Autre", stage="done")
    found, url = [], "/fr/projects/?stage=idea&q=p"
    for _page in range(3):
        response = client.get(url)
        found += [project.title for project in response.context["projects"]]
        assert "stage=idea" in response.context["next"] or not response.context["next"]
        url = f"/fr/projects/{response.context['next']}"
    assert len(found) == len(set(found)) == 45
    assert response.context["next"] == ""
    assert response.context["first"] == "?q=p&stage=idea"


def test_a_project_published_meanwhile_does_not_shift_the_next_page(client):
    moment = timezone.now()
    for number in range(25):
        named(f"P{number}", published_at=moment - timedelta(minutes=number))
    following = client.get("/fr/projects/").context["next"]
    named("Tout neuf", published_at=moment + timedelta(minutes=1))
    shown = [project.title for project in client.get(f"/fr/projects/{following}").context["projects"]]
    assert shown == ["P20", "P21", "P22", "P23", "P24"]


@pytest.mark.parametrize(
    "cursor", ["x", "-", "12", "1-", "-1", "1-x", "9" * 40 + "-1", "١-٢", "1--1", "1-1-1"]
)
def test_a_broken_place_in_the_list_is_not_found(client, cursor):
    assert client.get("/fr/projects/", {"after": cursor}).status_code == 404


@given(st.datetimes(timezones=st.just(timezone.get_fixed_timezone(0))), st.integers(1, 10**12))
def test_cursor_goes_there_and_back(moment, pk):
    if moment.year < 1971 or moment.year > 2900:
        return
    assert listing.place(listing.cursor(moment, pk)) == (moment, pk)


def test_control_characters_do_no_harm(client):
    assert (
        client.get("/fr/projects/", {"q": "a\x00b", "territory": "\x00", "theme": "\x07"}).status_code == 200
    )
    assert client.get("/fr/organisations/", {"kind": "\x00", "after": "9" * 30}).status_code == 200


def test_empty_list_says_what_to_do(client):
    empty = client.get("/fr/projects/").content.decode()
    assert 'class="empty"' in empty
    filtered = client.get("/fr/projects/?q=zzz").content.decode()
    assert 'class="empty"' in filtered
    assert 'href="/fr/projects/"' in filtered


def test_unpublished_projects_are_in_no_list(client):
    for status in set(Project.Status.values) - {"published"}:
        named(f"Caché {status}", status=status)
    assert titles(client) == set()
    assert "Caché" not in client.get("/fr/").content.decode()


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "path", ["/fr/", "/fr/projects/", "/fr/territories/", "/fr/territories/09.581/", "/fr/organisations/"]
)
def test_queries_do_not_grow_with_rows(client, places, path):
    def add(number):
        for _ in range(number):
            project = ProjectFactory(territory=places[1], owner=OrganisationFactory(territory=places[1]))
            project.themes.add(ThemeFactory())

    add(1)
    one = queries(client, path)
    add(2)
    assert queries(client, path) == one
    add(19)
    assert queries(client, path) <= 12


def test_organisations_by_name_and_kind(client):
    for number in range(35):
        OrganisationFactory(name=f"Association {number:02}", slug=f"a{number}")
    OrganisationFactory(name="Aglou", slug="aglou", kind="commune")
    OrganisationFactory(name="Candidate", slug="candidate", status="candidate")
    first = client.get("/fr/organisations/?kind=association")
    assert len(first.context["organisations"]) == 30
    second = client.get(f"/fr/organisations/?kind=association&after={first.context['after']}")
    shown = [
        organisation.name
        for organisation in (*first.context["organisations"], *second.context["organisations"])
    ]
    assert shown == [f"Association {number:02}" for number in range(35)]
    assert [row.name for row in client.get("/fr/organisations/?kind=commune").context["organisations"]] == [
        "Aglou"
    ]
    assert client.get("/fr/organisations/candidate/").status_code == 404
