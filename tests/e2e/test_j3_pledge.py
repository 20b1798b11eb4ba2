"""J3: a guest promises 50 € by bank transfer on a phone; the treasurer books it; everyone sees it move."""

from __future__ import annotations

import re

import pytest

from core.domain.mail import deliver_letters
from plugins.crowdfunding.models import Pledge
from tests.crowdfunding.factories import CampaignFactory, promise, received, treasurer
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def campaign(site):
    """An open campaign of 6,000 € on a project of two languages."""
    return CampaignFactory(collector=OrganisationFactory(name="Horizon d'essai"))


@pytest.mark.smoke
def test_j3_pledge(any_page, new_page, campaign, sign_in, last_mail, site):
    """J3, D4, D12, D15: at most three typed fields, no account, with and without JavaScript."""
    page = any_page
    page.goto(f"{site}{campaign.project.get_absolute_url()}")
    code = promise_50(page)
    private = page.url
    deliver_letters()
    mail = last_mail("amie@tiwizi.example")
    assert code in mail.body
    assert "FR76 3000 6000 0112 3456 7890 189" in mail.body
    assert private in mail.body

    desk = new_page(viewport=DESKTOP, js=page.evaluate("1") == 1)
    sign_in(desk, treasurer(campaign.collector))
    desk.goto(f"{site}/fr/crowdfunding/treasury/")
    mark_received(desk, code)

    page.goto(private)
    assert "Votre don est arrivé" in words(page)
    page.get_by_role("link", name="registre public").click()
    assert "+ 50 €" in words(page)
    page.goto(f"{site}{campaign.get_absolute_url()}")
    assert "50 € là" in words(page)
    assert "0 € promis" in words(page)
    page.goto(f"{site}{campaign.project.get_absolute_url()}")
    assert "50 € là" in words(page)
    assert "Un don de 50 € est arrivé" in words(page)
    deliver_letters()
    assert "50" in last_mail("amie@tiwizi.example").subject


def words(page) -> str:
    """What a page says, with plain spaces and without marks of direction."""
    return re.sub("[\u2068\u2069]", "", page.locator("main").inner_text().replace("\u00a0", " "))


def promise_50(page) -> str:
    """From a project's page to the private page that says how to pay; gives the reference code."""
    page.get_by_role("link", name=re.compile("Donner")).first.click()
    page.get_by_label("50 €", exact=True).check()
    page.get_by_label(re.compile("par virement")).check()
    page.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/pledges/**")
    pledge = Pledge.objects.get()
    code = f"{pledge.code[:4]}-{pledge.code[4:]}"
    shown = page.locator("main").inner_text()
    assert code in shown
    assert "FR76 3000 6000 0112 3456 7890 189" in shown
    assert "C’est à vous" in shown
    assert page.get_by_role("img", name="Code QR").is_visible()
    return code


def mark_received(desk, code) -> None:
    """The treasurer finds the promise by its code, as typed from a statement, and confirms."""
    desk.get_by_label("Code de référence, montant, nom ou adresse").fill(code.lower())
    desk.get_by_role("button", name="Chercher").click()
    desk.get_by_role("link", name="Marquer reçu").click()
    desk.get_by_role("button", name="Continuer").click()
    assert "Merci de confirmer" in desk.locator("main").inner_text()
    desk.get_by_role("button", name="Confirmer").click()
    assert "Reçu." in desk.locator("main").inner_text()


def test_a_wrong_amount_and_a_change_of_mind(any_page, campaign, site, watch):
    """The form stays filled; a promise is cancelled with a confirmation."""
    watch.forgive("422")
    page = any_page
    page.goto(f"{site}/fr/crowdfunding/campaigns/{campaign.slug}/give/")
    page.get_by_label(re.compile("Un autre montant")).fill("1.000")
    page.get_by_label(re.compile("par virement")).check()
    page.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    page.get_by_role("button", name="Continuer").click()
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_label("Votre adresse e-mail").input_value() == "amie@tiwizi.example"
    page.get_by_label(re.compile("Un autre montant")).fill("12,50")
    assert page.get_by_label(re.compile("par virement")).is_checked()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Annuler ma promesse").click()
    page.get_by_role("button", name="Oui, l’annuler").click()
    assert "Cette promesse est annulée" in page.locator("main").inner_text()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_axe(new_page, campaign, sign_in, look, site, watch, language, viewport):
    """WCAG 2.2 AA: no finding on the pages of J3, and nothing wider than the screen."""
    waiting = promise(campaign, name="Zahra", message="Bon courage")
    payment = received(campaign, email="x@tiwizi.example", name="Brahim", message="مع التوفيق")
    base = f"{site}/{language}/crowdfunding"
    watch.forgive("422")
    page = new_page(viewport=viewport, language=language)
    public = [
        "/", "/?state=over", f"/campaigns/{campaign.slug}/", f"/campaigns/{campaign.slug}/give/",
        f"/pledges/{waiting.token}/", f"/pledges/{payment.pledge.token}/", f"/pledges/{waiting.token}/cancel/",
        f"/ledger/{campaign.project.slug}/",
    ]  # fmt: skip
    keeper = treasurer(campaign.collector)
    start = f"/treasury/{campaign.collector.slug}"
    private = [
        f"{start}/", f"{start}/received/", f"{start}/gift/", f"{start}/account/",
        f"{start}/pledges/{waiting.uid}/receive/", f"{start}/payments/{payment.uid}/undo/",
        f"/campaigns/{campaign.slug}/act/close/",
    ]  # fmt: skip
    for path in public:
        look(page, base + path)
    page.goto(f"{base}/campaigns/{campaign.slug}/give/")
    with page.expect_navigation():
        page.locator("button[type=submit].main").click()
    look(page)
    sign_in(page, keeper)
    for path in private:
        look(page, base + path)
    page.goto(f"{base}{start}/pledges/{waiting.uid}/receive/")
    with page.expect_navigation():
        page.locator("button[type=submit].main").click()
    look(page)
