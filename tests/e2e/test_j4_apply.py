"""J4, apply to a mission: an address and a message; the organisation accepts; both see whose turn it is."""

from __future__ import annotations

import re

import pytest

from core.models import Person
from plugins.volunteering.models import Application, PlanStep
from tests.e2e.conftest import DESKTOP, PHONE
from tests.volunteering.factories import MissionFactory, accepted, animator, manager_of, sent

EMAIL = "fatima@ailleurs.example"


@pytest.fixture
def mission(site):
    mission = MissionFactory(
        people=2,
        hours=24,
        texts={
            "fr": {
                "title": "Former les relais du tri",
                "story": "<p>Trois jours.</p>",
                "criteria": "<p>Patience.</p>",
            },
            "ar": {"title": "تكوين مؤطري الفرز", "story": "<p>ثلاثة أيام.</p>", "criteria": ""},
        },
    )
    mission.manager = manager_of(mission.host, email="responsable@hote.example", name="Responsable")
    return mission


def link_in(mail, part: str) -> str:
    """The address in a mail that holds ``part``."""
    found = [url for url in re.findall(r"https?://\S+", mail.body) if part in url]
    assert found, mail.body
    return found[0]


@pytest.mark.smoke
def test_from_an_offer_on_a_phone_to_a_step_done(any_page, new_page, sign_in, mission, last_mail, work):
    """J4, D5, D6: two typed fields, one click to accept, and the turn moves before the eyes of both."""
    guest = any_page
    offer_help(guest, mission)
    private = link_in(last_mail(EMAIL), "/key/")
    guest.goto(private)
    clock = guest.locator(".clock").first
    assert str(mission.host) in clock.inner_text()
    assert "promis pour le" in clock.inner_text()

    work()
    manager = new_page(viewport=PHONE, js=False)
    accept(manager, link_in(last_mail(mission.manager.email), "/answer/"))

    work()
    assert "accepté" in last_mail(EMAIL).subject
    guest.goto(private)
    sign_in(manager, mission.manager)
    manager.goto(f"/fr/volunteering/desk/{mission.host.slug}/")
    manager.locator("main .item a").first.click()
    for page in (guest, manager):
        assert "Convenir des dates" in turn(page)
        assert str(mission.host) in page.locator(".clock").first.inner_text()

    manager.get_by_role("button", name=re.compile("C.est fait.*Convenir des dates")).click()
    guest.goto(private)
    for page in (guest, manager):
        assert "Faire la mission" in turn(page)
        assert "depuis aujourd'hui" in turn(page)
    assert "C'est à vous de jouer." in guest.locator("main").inner_text()
    person = Person.objects.get(email=EMAIL)
    step = PlanStep.objects.get(application__applicant=person, state="current")
    assert (step.kind, step.side) == ("mission", "volunteer")


def offer_help(guest, mission) -> None:
    """From the project to an offer sent: two typed fields, no account."""
    guest.goto(f"/fr/projects/{mission.project.slug}/")
    guest.get_by_role("link", name="Aider").click()
    guest.get_by_role("link", name="Proposer mon aide").click()
    typed = guest.locator("main form").locator("input:not([type=hidden]), textarea, select")
    typed.first.wait_for()
    assert typed.count() == 2
    guest.get_by_label("Votre adresse e-mail").fill(EMAIL)
    guest.get_by_label("Votre message").fill("J'ai composté dans mon quartier, libre en janvier.")
    guest.get_by_role("button", name="Envoyer ma proposition").click()
    guest.get_by_role("heading", name="Votre proposition est envoyée").wait_for()


def accept(manager, link: str) -> None:
    """From the mail, without signing in: one page, one click."""
    manager.goto(link)
    assert "composté dans mon quartier" in manager.locator("main").inner_text()
    manager.get_by_role("button", name="Accepter").click()
    manager.get_by_role("heading", name="Cette proposition a sa réponse").wait_for()


def turn(page) -> str:
    """What the page says of whose turn it is."""
    return page.locator("section", has=page.locator("#turn")).inner_text()


def test_a_mistake_is_said_with_the_form_still_filled(any_page, watch, mission):
    """What was typed stays, the error leads to its field."""
    watch.forgive("422")
    any_page.goto(f"/fr/volunteering/missions/{mission.slug}/apply/")
    any_page.get_by_label("Votre message").fill("Bonjour")
    any_page.get_by_label("Votre adresse e-mail").fill("pas une adresse")
    any_page.get_by_role("button", name="Envoyer ma proposition").click()
    error = any_page.locator("#errors a")
    assert error.get_attribute("href") == "#id_email"
    assert any_page.get_by_label("Votre message").input_value() == "Bonjour"
    assert not Application.objects.exists()


def test_a_volunteer_plans_logs_and_tells(any_page, sign_in, mission):
    """D5, D7: the volunteer adds a step, logs hours; the host confirms and ends; both say how it went."""
    application = accepted(mission)
    page = any_page
    page.goto(application.url_for(application.applicant))
    page.get_by_role("link", name="Ajouter une étape").click()
    page.get_by_label("Ce qu'il y a à faire").fill("Réserver le car")
    page.get_by_label("Par qui").select_option("volunteer")
    page.get_by_label("Échéance").fill("2030-01-31")
    page.get_by_role("button", name="Ajouter une étape").click()
    assert "Réserver le car" in page.locator("main").inner_text()
    page.get_by_role("link", name="Noter des heures").click()
    page.get_by_label("Jour").fill("2026-01-10")
    page.get_by_label("Heures").fill("2.5")
    page.get_by_role("button", name="Noter des heures").click()
    assert "2 h 30" in page.locator("main").inner_text()

    page.context.clear_cookies()
    sign_in(page, mission.manager)
    page.goto(application.get_absolute_url())
    page.get_by_role("button", name="Confirmer").click()
    assert "Confirmées : 2 h 30" in page.locator("main").inner_text()
    page.get_by_role("link", name="La mission est faite").click()
    page.get_by_role("button", name="La mission est faite").click()
    assert "Raconter ce que c'est devenu" in turn(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_axe_finds_nothing(new_page, sign_in, look, mission, language, viewport):
    """WCAG 2.2 AA on every page of J4, French and Arabic, 390 and 1280 px; nothing runs over the edge."""
    waiting, going = sent(mission), accepted(mission)
    watcher = animator()
    PlanStep.objects.filter(application=waiting).update(due="2026-01-01", turn_since="2025-12-20T12:00:00Z")
    guest = [
        "", f"missions/{mission.slug}/", f"missions/{mission.slug}/apply/", f"missions/{mission.slug}/applied/",
        waiting.url_for(waiting.applicant).split("/volunteering/")[1],
        going.url_for(going.applicant).split("/volunteering/")[1],
        waiting.url_for(mission.manager).split("/volunteering/")[1],
    ]  # fmt: skip
    host = [
        f"desk/{mission.host.slug}/", f"applications/{waiting.uid}/", f"applications/{going.uid}/",
        f"applications/{waiting.uid}/do/decline/", f"applications/{going.uid}/do/add-step/",
        f"missions/{mission.slug}/edit/", f"missions/{mission.slug}/",
    ]  # fmt: skip
    for person, paths in (
        (None, guest),
        (mission.manager, host),
        (watcher, ["stalled/"]),
        (going.applicant, ["applications/"]),
    ):
        page = new_page(viewport=viewport, language=language)
        if person is not None:
            sign_in(page, person)
        for path in paths:
            look(page, f"/{language}/volunteering/{path}")
