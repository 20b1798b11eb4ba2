"""J2: an idea proposed on a phone and answered by an agent, with JavaScript and without."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from PIL import Image as Pillow
from wagtail.models import Collection

from core.domain import charter, moderation, notices, proposals
from core.first_data import charter as first_charter
from core.first_data import themes
from core.models import ModerationCase, Project
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ProjectFactory,
    TerritoryFactory,
)


@pytest.fixture
def place(site):
    """A few communes, the charter, the themes, and the organisation that hosts the instance."""
    if Collection.get_first_root_node() is None:  # the flush after a live test removed Wagtail's first rows
        Collection.add_root(name="Root")
    morocco = TerritoryFactory(code="ma", level="country", name_fr="Maroc", name_ar="المغرب")
    province = TerritoryFactory(
        code="09.581", level="province", name_fr="Tiznit", name_ar="تيزنيت", parent=morocco
    )
    other = TerritoryFactory(
        code="09.541", level="province", name_fr="Taroudant", name_ar="تارودانت", parent=morocco
    )
    TerritoryFactory(code="09.581.01.05", name_fr="Tafraout", name_ar="تافراوت", parent=province)
    TerritoryFactory(code="09.581.05.01", name_fr="Sidi Bouabdelli", name_ar="سيدي بوعبدلي", parent=province)
    TerritoryFactory(
        code="09.541.05.01", name_fr="Sidi Moussa Lhamri", name_ar="سيدي موسى الحمري", parent=other
    )
    charter.ensure(first_charter.VERSION, first_charter.TEXTS)
    themes.load()
    return OrganisationFactory(slug="province-tiznit", name="Province de Tiznit", territory=province)


@pytest.fixture
def agent(place):
    person = MembershipFactory(organisation=place, role="agent").person
    charter.accept(person)
    return person


def photo(folder):
    path = folder / "puits.jpg"
    out = io.BytesIO()
    Pillow.new("RGB", (640, 480), "teal").save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return path


def fill(page, **fields):
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def press(page, action):
    page.locator(f"button[name=action][value={action}]").click()


@pytest.mark.smoke
def test_j2(any_page, new_page, sign_in, agent, last_mail, tmp_path, watch):
    """D1: from an empty page to a published project: four fields, a code, one answer."""
    watch.forgive("400")  # the form that comes back with the choice of places
    author = any_page
    propose(author, photo(tmp_path))
    confirm(author, last_mail)
    project = Project.objects.get()
    assert project.territory.code == "09.581.05.01"
    desk = new_page(viewport=DESKTOP)
    sign_in(desk, agent)
    ask_for_more(desk)
    notices.deliver()
    assert "Dites-nous dans quel douar." in last_mail("idea@tiwizi.example").body
    say_more(author, project)
    publish(desk)
    for language, title in (
        ("fr", "Une pompe solaire pour l'école d'Iferda"),
        ("ar", "مضخة شمسية لمدرسة إفردا"),
    ):
        author.goto(f"/{language}/projects/{project.slug}/")
        assert author.locator("h1").inner_text() == title


def propose(page, picture):
    """Four fields and a photo; two communes begin with the name typed, so the form asks which."""
    page.goto("/fr/propose/")
    fill(
        page,
        title="Un puits pour l'école",
        place="sidi",
        summary="Il manque une pompe solaire.",
        email="idea@tiwizi.example",
    )
    page.locator("[name=photo]").set_input_files(picture)
    page.locator("form.form button[type=submit]").click()
    # everything typed is still there, the photo too
    assert page.locator("[name=title]").input_value() == "Un puits pour l'école"
    assert page.locator("[name=photo_kept]").input_value()
    page.locator("[name=place_code][value='09.581.05.01']").check()
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(re.compile("/fr/code/"))


def confirm(page, last_mail):
    """The code from the mail and the charter; then the idea waits, with its photo."""
    code = re.search(r"^(\d{6})$", last_mail("idea@tiwizi.example").body, re.M).group(1)
    fill(page, code=code)
    page.locator("[name=charter]").check()
    page.locator("form.form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/fr/ideas/"))
    assert page.locator(".clock").is_visible()
    assert page.locator("img.photo").count() == 1


def ask_for_more(desk):
    """The agent sends it back with a question."""
    desk.goto("/fr/moderation/")
    desk.get_by_role("link", name="Un puits pour l'école").click()
    fill(desk, answer="Dites-nous dans quel douar.")
    press(desk, "decline")
    desk.wait_for_url(re.compile("/fr/moderation/$"))


def say_more(page, project):
    """The author reads the question and completes the idea."""
    page.reload()
    assert page.get_by_text("Dites-nous dans quel douar.").is_visible()
    page.goto(f"/fr/ideas/{project.uid}/edit/")
    assert page.locator("[name=title]").input_value() == "Un puits pour l'école"
    fill(page, summary="Il manque une pompe solaire au douar Iferda.")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(re.compile(f"/fr/ideas/{project.uid}/$"))


def publish(desk):
    """The agent writes the title anew, in Arabic too, and publishes."""
    desk.goto("/fr/moderation/")
    desk.get_by_role("link", name="Un puits pour l'école").click()
    fill(desk, title_fr="Une pompe solaire pour l'école d'Iferda")
    arabic = desk.locator("details", has=desk.locator("[name=title_ar]"))
    if arabic.get_attribute("open") is None:
        arabic.locator("summary").click()
    fill(desk, title_ar="مضخة شمسية لمدرسة إفردا", summary_ar="ينقص المدرسة مضخة")
    press(desk, "publish")
    desk.wait_for_url(re.compile("/fr/moderation/$"))


@pytest.fixture
def cases(place):
    """What the pages show: an animator, an idea that waits, one declined, a project and a report on it."""
    animator = MembershipFactory(organisation=place, person=PersonFactory(is_animator=True)).person
    charter.accept(animator)
    idea = {"proposer": animator, "summary": "Une pompe", "language": "fr", "territory": place.territory}
    waiting, declined = (proposals.propose(title=title, **idea) for title in ("Un puits", "Une piste"))
    first, second = ModerationCase.objects.order_by("pk")
    moderation.decide(second, by=animator, accept=False, answer="Où ?")
    project = ProjectFactory(owner=place, territory=place.territory)
    report, _new = moderation.report(project, reporter=PersonFactory(), reason="C'est faux")
    code = proposals.begin(
        email="x@tiwizi.example", title="x", **{k: v for k, v in idea.items() if k != "proposer"}
    )
    return SimpleNamespace(
        animator=animator,
        waiting=waiting,
        declined=declined,
        case=first,
        project=project,
        report=report,
        code=code,
    )


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_journey_is_accessible(new_page, sign_in, cases, look, watch, viewport, language):
    """WCAG 2.2 AA on each page of J2, in both directions, on a phone and on a desk."""
    watch.forgive("400")
    page = new_page(viewport=viewport, language=language)
    look(page, f"/{language}/code/{cases.code.uid}/")
    look(page, f"/{language}/propose/")
    fill(page, title="x", place="Sidi", summary="y", email="x")
    page.locator("form.form button[type=submit]").click()
    assert page.locator(".errors").is_visible()
    look(page)
    sign_in(page, cases.animator)
    for path in (
        f"ideas/{cases.waiting.uid}/", f"ideas/{cases.declined.uid}/", f"ideas/{cases.declined.uid}/edit/",
        "moderation/", f"moderation/{cases.case.pk}/", f"moderation/{cases.report.pk}/",
    ):  # fmt: skip
        look(page, f"/{language}/{path}")


@pytest.mark.parametrize(
    ("language", "viewport"), [("fr", DESKTOP), ("ar", PHONE)], ids=["fr-1280", "ar-390"]
)
def test_the_other_pages_are_accessible(new_page, sign_in, cases, look, viewport, language):
    """WCAG 2.2 AA on what people do beside J2."""
    page = new_page(viewport=viewport, language=language)
    subject = f"core.project/{cases.project.uid}/"
    for path in ("account/login/", "charter/", f"report/{subject}"):
        look(page, f"/{language}/{path}")
    sign_in(page, cases.animator)
    for path in (
        "account/", "account/notices/", "account/erase/", "account/2fa/", "account/2fa/totp/activate/", "notices/",
        "account/logout/", "moderation/?state=decided", f"projects/{cases.project.slug}/edit/",
        f"projects/{cases.project.slug}/needs/", f"follow/{subject}", "announcements/new/",
    ):  # fmt: skip
        look(page, f"/{language}/{path}")
