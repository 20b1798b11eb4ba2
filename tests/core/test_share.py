"""What messengers show of a link: preview cards, Open Graph, addresses to pass on (D12)."""

from __future__ import annotations

import io

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.utils import translation
from PIL import Image

from core.domain import cards, drawing
from core.motif import MARKS
from tests.factories import OrganisationFactory, ProjectFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
LONG = "Raccorder les quatre sources de la vallée au réseau d'eau potable équitable des trois douars " * 3


def picture(**words):
    given = {
        "title": "Un puits",
        "line": "Aglou",
        "kind": "Idée",
        "code": "09.581",
        "site": "Tiwizi",
        "language": "fr",
    }
    return drawing.draw(**{**given, **words})


@pytest.mark.parametrize(
    ("title", "language"),
    [("Un puits", "fr"), (LONG, "fr"), ("بئر المدرسة " * 20, "ar"), ("ⵜⵉⵡⵉⵣⵉ", "zgh"), ("", "fr")],
)
def test_card_is_1200_by_630_and_light(title, language):
    """D12: JPEG of 1200 × 630 pixels, 150 kB at most, in every script and length."""
    drawn = picture(title=title, language=language)
    image = Image.open(io.BytesIO(drawn))
    assert (image.format, image.size) == ("JPEG", (1200, 630))
    assert len(drawn) <= 150_000


def test_every_letter_of_our_languages_has_a_shape():
    """A letter the fonts lack would leave nothing on the card; ڭ is Moroccan and easily forgotten."""
    for char in drawing.visible("الفرز من المصدر في وادي إفردا ڭ پ ئ ؤ لا لأ", "ar").replace(" ", ""):
        mask = drawing.font(drawing.script(char), 60, True).getmask(char)
        assert mask.getbbox() is not None, char
    for char in "ÀÉÈÊËÎÏÔÙÛÇŒœ’«»…—€":
        assert drawing.font("latin", 60, True).getmask(char).getbbox(), char


def test_arabic_letters_are_joined_and_ordered_for_the_pen():
    drawn = drawing.visible("بئر", "ar")
    assert drawn != "بئر"
    assert all("\ufb50" <= char <= "\ufefc" for char in drawn)
    assert drawn[-1] == "\ufe91", "the first letter stands last from the left, in its initial form"


def test_latin_and_numbers_keep_their_order_inside_arabic():
    assert "AODS" in drawing.visible("جمعية AODS سنة 2026", "ar")
    assert "2026" in drawing.visible("جمعية AODS سنة 2026", "ar")


def test_lines_fit_and_end_with_an_ellipsis():
    found = drawing.lines(LONG, width=1056, size=54, most=3, language="fr")
    assert len(found) == 3
    assert found[-1].endswith("…")
    assert all(drawing.length(line, 54, True, "fr") <= 1056 for line in found)


def test_marks_are_drawn():
    for number, mark in enumerate(MARKS):
        assert drawing.outline(mark), number
    shapes = {drawing.stamp(str(number), 60).tobytes() for number in range(60)}
    assert len(shapes) == len(MARKS)


def test_card_is_drawn_once_and_again_when_the_title_changes(client, monkeypatch):
    project = ProjectFactory()
    path = cards.address(project)
    first = client.get(path)
    assert first["Content-Type"] == "image/jpeg"
    assert "max-age=31536000" in first["Cache-Control"]
    assert default_storage.exists(f"cards/{cards.version(project)}.jpg")
    monkeypatch.setattr(drawing, "draw", lambda **words: pytest.fail("drawn again"))
    assert client.get(path).content == first.content
    monkeypatch.undo()
    before = cards.version(project)
    project.texts = {"fr": {"title": "Autre"}}
    assert cards.version(project) != before


def test_card_of_each_language_differs():
    project = ProjectFactory()
    with translation.override("fr"):
        french = cards.address(project)
    with translation.override("ar"):
        arabic = cards.address(project)
    assert french.startswith("/fr/")
    assert arabic.startswith("/ar/")
    assert french.split("v=")[1] != arabic.split("v=")[1]


@pytest.mark.parametrize("key", ["nothing", "\x00", "%00"])
def test_no_card_of_what_is_not_there(client, key):
    assert client.get(f"/fr/share/core.project/{key}/card.jpg").status_code == 404


def test_no_card_of_what_is_not_public(client):
    for subject in (ProjectFactory(status="waiting"), OrganisationFactory(status="candidate")):
        assert (
            client.get(f"/fr/share/{subject.subject_type}/{subject.subject_key}/card.jpg").status_code == 404
        )
    assert client.get("/fr/share/core.nothing/x/card.jpg").status_code == 404


def test_territories_and_organisations_have_cards(client):
    for subject in (TerritoryFactory(), OrganisationFactory()):
        assert client.get(cards.address(subject)).status_code == 200


def test_preview_says_title_summary_and_picture(client, settings):
    """D12: what WhatsApp reads, with absolute addresses and a description of 155 characters at most."""
    project = ProjectFactory(
        texts={"fr": {"title": 'Puits "neuf" <b>', "summary": "mot " * 100, "story": ""}}
    )
    page = BeautifulSoup(client.get(f"/fr/projects/{project.slug}/").content, "html.parser")

    def said(name):
        return page.find("meta", property=name)["content"]

    base = settings.INSTANCE.base_url
    assert said("og:title") == 'Puits "neuf" <b>'
    assert len(said("og:description")) <= 155
    assert said("og:url") == f"{base}/fr/projects/{project.slug}/"
    assert said("og:image").startswith(f"{base}/fr/share/core.project/{project.uid}/card.jpg?v=")
    assert client.get(said("og:image").removeprefix(base)).status_code == 200
    assert page.find("link", rel="canonical")["href"] == said("og:url")


def test_address_to_pass_on_without_script(client, settings):
    project = ProjectFactory(texts={"fr": {"title": "Puits & école", "summary": "", "story": ""}})
    page = BeautifulSoup(client.get(f"/fr/projects/{project.slug}/").content, "html.parser")
    link = page.find("a", href=lambda href: href and href.startswith("https://wa.me/"))
    assert link["href"].startswith("https://wa.me/?text=Puits%20%26%20%C3%A9cole%0Ahttp")
    assert page.find(id="address")["value"] == f"{settings.INSTANCE.base_url}/fr/projects/{project.slug}/"
