"""Territories: all 1,503 communes, found by what people type."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.domain import territories
from core.domain.territories import Match, find, fold
from core.first_data import places
from core.models import Territory, Theme

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The whole country, once for this file."""
    with django_db_blocker.unblock():
        call_command("load_territories", verbosity=0)
        yield
        Territory.objects.filter(level="commune").delete()
        for level in ("town", "province", "region", "country"):
            Territory.objects.filter(level=level).delete()


@pytest.mark.usefixtures("loaded")
class TestCountry:
    def test_everything_is_there_once(self):
        call_command("load_territories", verbosity=0)
        count = Territory.objects.filter
        assert [count(level=level).count() for level in ("region", "province", "commune")] == [12, 83, 1503]
        tiznit = Territory.objects.get(code="09.581.01.07")
        assert tiznit.path == "ma/09/09.581/09.581.01.07/"
        assert tiznit.population > 50_000
        assert Territory.objects.get(code="argenteuil").path == "fr/argenteuil/"

    def test_reloading_keeps_ids_and_douars(self):
        commune = Territory.objects.get(code="09.581.01.07")
        douar = territories.add_douar(commune, name_fr="Iferda", name_ar="إفردا")
        call_command("load_territories", verbosity=0)
        assert Territory.objects.get(code="09.581.01.07").pk == commune.pk
        assert douar.path.startswith(commune.path)
        assert territories.add_douar(commune, name_fr="iferda").pk == douar.pk
        assert find("Iferda").place == douar
        douar.delete()

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("Tiznit", "09.581.01.07"),
            ("  tIZNIT ", "09.581.01.07"),
            ("تيزنيت", "09.581.01.07"),
            ("Tafraout", "09.581.01.05"),
            ("Argenteuil", "argenteuil"),
            ("brussels", "bruxelles"),
            ("Liege", "liege"),
            ("saint etienne", "saint-etienne"),
        ],
    )
    def test_one_name_one_place(self, typed, code):
        found = find(typed)
        assert found.match is Match.EXACT
        assert found.place.code == code

    def test_every_label_leads_back_to_its_place(self):
        for place in Territory.objects.filter(
            path__startswith="ma/09/09.581/", level="commune"
        ).select_related("parent"):
            assert find(territories.label(place)).place == place

    def test_ait_with_and_without_dots(self):
        assert find("Aït Melloul").places == find("ait melloul").places == find("AIT-MELLOUL").places
        assert find("Aït Melloul").places

    def test_several_places_those_at_home_first(self):
        found = find("sidi", near="09.581")
        assert found.match is Match.MANY
        inside = [place.path.startswith("ma/09/09.581/") for place in found.places]
        assert inside == sorted(inside, reverse=True)

    def test_a_near_miss_offers_the_right_one(self):
        found = find("Tafraoutt")
        assert found.match is Match.CLOSE
        assert "09.581.01.05" in {place.code for place in found.places}

    @pytest.mark.parametrize("typed", ["", "   ", "()", "qqqqqqqqqqqq", "🙂", "%", "'; drop table"])
    def test_nothing_is_nothing(self, typed):
        assert find(typed).match is Match.NONE

    def test_the_list_offers_the_home_communes(self):
        names = territories.listed()
        assert any(name.startswith("Tafraout") for name in names)
        assert (
            len(names) == Territory.objects.filter(path__startswith="ma/09/09.581/", level="commune").count()
        )

    def test_finding_costs_three_queries_at_most(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            find("sidi")


class AnyText(TestCase):
    @classmethod
    def setUpTestData(cls):
        territories.load([places.countries(), places.towns()])

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=300))
    def test_no_text_breaks_the_search(self, text):
        found = find(text)
        assert (found.place is not None) == (found.match is Match.EXACT)

    @given(st.text(max_size=80))
    def test_folding_twice_is_folding_once(self, text):
        assert fold(fold(text)) == fold(text)


def test_themes_are_named_in_three_languages():
    call_command("load_themes", verbosity=0)
    call_command("load_themes", verbosity=0)
    assert Theme.objects.count() == 15
    assert not Theme.objects.filter(name_ar="").exists()
