"""J7: a guest gives by card on a phone; each button of the demonstration's provider; what the private page says of it."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from plugins.crowdfunding.domain import audit
from plugins.crowdfunding.models import DemoEvent, Dispute, Payment, Pledge, ProviderEvent, Tally
from tests.crowdfunding.factories import CampaignFactory
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def campaign(site):
    """An open campaign whose organisation takes cards through the demonstration's provider."""
    return CampaignFactory(collector=OrganisationFactory(name="Horizon d'essai"))


@pytest.fixture
def conditional(site):
    """All or nothing, with two weeks to go."""
    return CampaignFactory(
        collector=OrganisationFactory(name="Horizon d'essai"),
        kind="all_or_nothing",
        needed_minor=500_000,
        closes_on=timezone.localdate() + timedelta(days=14),
    )


@pytest.fixture(autouse=True)
def told(site):
    """Events are delivered before a test ends, and the books are true then."""
    yield
    until(lambda: not DemoEvent.objects.filter(due_at__lte=timezone.now(), tries=0).exists(), "the events")
    assert [fault for found in audit.run() for fault in found.faults] == []


def until(condition, what):
    """Waits for what a thread does; fails saying what did not come."""
    for _turn in range(300):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within 30 s")


def words(page):
    return page.locator("main").inner_text().replace("\u00a0", " ")


def give(page, site, campaign, *, way="par carte"):
    """Screens one and two: the form, then the provider's page."""
    page.goto(f"{site}/fr/crowdfunding/campaigns/{campaign.slug}/give/")
    page.get_by_label("50 €", exact=True).check()
    page.get_by_label(re.compile(way)).check()
    page.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/demo-bank/**")
    assert "aucun argent ne circule" in words(page)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.smoke
def test_j7_pay(any_page, campaign, site, last_mail):
    """Three screens, one typed field, no account, with and without JavaScript."""
    from core.domain.mail import deliver_letters

    page = any_page
    give(page, site, campaign)
    press(page, "Payer")
    page.wait_for_url("**/pledges/**")
    assert "Votre don est arrivé" in words(page)
    assert Pledge.objects.get().state == "received"
    page.get_by_role("link", name="registre public").click()
    assert "Don par carte" in words(page)
    deliver_letters()
    assert "50" in last_mail("amie@tiwizi.example").subject
    until(lambda: ProviderEvent.objects.filter(state="done").count() == 1, "the event")


@pytest.mark.parametrize(
    ("button", "deliveries"),
    [("Payer, et prévenir le site deux fois", 2), ("Payer, et prévenir le site en retard", 1)],
)
def test_twice_and_late_are_once(any_page, campaign, site, button, deliveries):
    """The browser came first, the event after: one gift."""
    page = any_page
    give(page, site, campaign)
    press(page, button)
    page.wait_for_url("**/pledges/**")
    assert "Votre don est arrivé" in words(page)
    until(lambda: not DemoEvent.objects.exists(), "the event")
    assert ProviderEvent.objects.count() == 1
    tally = Tally.objects.get()
    assert (tally.received_minor, tally.gifts, tally.backers) == (5000, 1, 1)


def test_the_browser_is_closed(any_page, campaign, site):
    """Nobody comes back: the event alone books the gift."""
    page = any_page
    give(page, site, campaign)
    press(page, "Payer, puis fermer le navigateur")
    assert "Le navigateur est fermé" in words(page)
    until(lambda: Payment.objects.get().state == "received", "the gift")
    page.goto(site + Pledge.objects.get().get_absolute_url())
    assert "Votre don est arrivé" in words(page)


def test_refused_then_by_transfer(any_page, campaign, site):
    """The reason in words, another try, then a transfer with its code."""
    page = any_page
    give(page, site, campaign)
    page.get_by_label("Si c’est refusé, pourquoi").select_option("insufficient_funds")
    press(page, "Refuser le paiement")
    page.wait_for_url("**/pledges/**")
    assert "Le paiement a été refusé" in words(page)
    assert "pas assez d’argent" in words(page)
    assert Tally.objects.get().promises == 0
    press(page, "Réessayer, avec cette carte ou une autre")
    page.wait_for_url("**/demo-bank/**")
    page.get_by_role("link", name="Retour au site sans payer").click()
    assert "pas encore terminé" in words(page)
    page.get_by_role("link", name="Payer plutôt par virement").click()
    press(page, "Oui, par virement")
    assert "FR76 3000 6000 0112 3456 7890 189" in words(page)
    assert Tally.objects.get().promises == 1
    press(page, "Payer plutôt par carte")
    page.wait_for_url("**/demo-bank/**")
    press(page, "Payer")
    page.wait_for_url("**/pledges/**")
    assert "Votre don est arrivé" in words(page)
    assert Payment.objects.filter(state="received").count() == 1


def test_the_bank_asks_to_confirm(any_page, campaign, site):
    page = any_page
    give(page, site, campaign)
    press(page, "Demander une confirmation à la banque")
    page.wait_for_url("**/pledges/**")
    assert "confirmer auprès de votre banque" in words(page)
    page.get_by_role("link", name="Confirmer le paiement").click()
    press(page, "Confirmer le paiement")
    page.wait_for_url("**/pledges/**")
    assert "Votre don est arrivé" in words(page)


def test_contested(any_page, campaign, site):
    """The bank takes the money back, then decides for the organisation."""
    page = any_page
    give(page, site, campaign)
    press(page, "Payer, puis contester le paiement")
    page.wait_for_url("**/pledges/**")
    until(lambda: Dispute.objects.filter(state="opened").exists(), "the dispute")
    private = page.url
    page.goto(private)
    assert "contesté auprès de la banque" in words(page)
    assert Tally.objects.get().received_minor == 0
    page.get_by_role("link", name="prestataire de la démonstration").click()
    press(page, "La banque donne raison à l’organisation")
    until(lambda: Dispute.objects.filter(state="won").exists(), "the decision")
    page.goto(private)
    assert "Votre don est arrivé" in words(page)
    assert Tally.objects.get().received_minor == 5000


def test_a_direct_debit_takes_its_time(any_page, campaign, site):
    page = any_page
    give(page, site, campaign, way="par prélèvement")
    press(page, "Payer")
    page.wait_for_url("**/pledges/**")
    assert "est en route" in words(page)
    assert Tally.objects.get().promises == 1
    until(lambda: Payment.objects.get().state == "received", "the money")
    page.reload()
    assert "Votre don est arrivé" in words(page)


def test_a_stored_card(any_page, conditional, site):
    """All or nothing: the rule is said first, the card is stored, changed, and the promise taken back."""
    page = any_page
    page.goto(f"{site}/fr/crowdfunding/campaigns/{conditional.slug}/give/")
    assert "24" in page.locator("#rule").inner_text()
    assert page.get_by_label("me le rendre").is_checked()
    give(page, site, conditional)
    press(page, "Enregistrer la carte ; elle sera refusée à la clôture")
    page.wait_for_url("**/pledges/**")
    assert "votre promesse est assurée" in words(page)
    assert "•••• 4242" in words(page)
    first = Pledge.objects.get().mandate_id
    press(page, "Changer de carte")
    page.wait_for_url("**/demo-bank/**")
    press(page, "Enregistrer la carte")
    page.wait_for_url("**/pledges/**")
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.mandate.method) == ("secured", "demo_card_good")
    assert pledge.mandate_id != first
    assert Tally.objects.get().promised_minor == 5000
    page.get_by_role("link", name="Annuler ma promesse").click()
    press(page, "Oui, l’annuler")
    assert "Cette promesse est annulée" in words(page)
    assert Tally.objects.get().promised_minor == 0


def test_a_gift_moves_to_another_project(any_page, conditional, site):
    """A stored card moved to a campaign that keeps every gift is charged at once."""
    other = CampaignFactory(collector=conditional.collector)
    page = any_page
    give(page, site, conditional)
    press(page, "Enregistrer la carte")
    page.wait_for_url("**/pledges/**")
    old = page.url
    page.get_by_role("link", name="Donner à un autre projet").click()
    page.get_by_label(other.texts["fr"]["title"]).check()
    press(page, "Donner à ce projet")
    assert "Votre don est arrivé" in words(page)
    assert page.url != old
    page.goto(old)
    assert "pour un autre projet" in words(page)
    page.get_by_role("link", name="Vers sa nouvelle page").click()
    assert "Votre don est arrivé" in words(page)


def test_a_lost_link(any_page, campaign, site, last_mail):
    from core.domain.mail import deliver_letters

    page = any_page
    give(page, site, campaign)
    press(page, "Payer, puis fermer le navigateur")
    until(lambda: Payment.objects.get().state == "received", "the gift")
    page.goto(f"{site}/fr/crowdfunding/lost-link/")
    page.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    press(page, "M’envoyer les liens")
    assert "est en route" in words(page)
    deliver_letters()
    assert Pledge.objects.get().token in last_mail("amie@tiwizi.example").body
