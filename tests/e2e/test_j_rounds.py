"""Two rounds: prepared in the form, promised by card, collected at the deadline; one reaches its minimum, one does not."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import audit, campaigns, checkouts, closing, pledges
from plugins.crowdfunding.gateways import demo_bank
from plugins.crowdfunding.models import Campaign, Payment, Pledge
from tests.crowdfunding.bank import end_today
from tests.crowdfunding.factories import CampaignFactory, CollectorSettingsFactory, manager
from tests.factories import OrganisationFactory, ProjectFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


def words(page):
    return page.locator("main").inner_text().replace("\u00a0", " ").replace("\u202f", " ")


def stored(campaign, name: str, act: str = "pay") -> Pledge:
    """A promise of 100 € whose card is stored on the demonstration's page."""
    donor = pledges.Donor(email=f"{name}@tiwizi.example")
    amount, key = money(10_000, "EUR"), secrets.token_urlsafe(24)
    pledge = pledges.pledge(campaign, donor, amount, form_key=key, channel="card")
    payment = checkouts.begin(pledge, channel="card", return_url="http://x/", cancel_url="http://x/")
    demo_bank.press(payment.session, act)
    checkouts.follow(Payment.objects.select_related("account", "pledge__campaign").get(pk=payment.pk))
    pledge.refresh_from_db()
    assert pledge.state == "secured"
    return pledge


def test_a_rule_is_chosen_and_published(any_page, site, sign_in, axe, watch):
    """Without script all fields stand there; what is missing is said, and what was typed stays."""
    watch.forgive("422")
    page, project = any_page, ProjectFactory()
    CollectorSettingsFactory(organisation=project.owner)
    sign_in(page, manager(project.owner))
    page.goto(f"{site}/fr/crowdfunding/projects/{project.slug}/campaign/")
    assert not page.get_by_label("Dernier jour du premier tour").is_visible()
    page.get_by_label(re.compile("Deux tours")).check()
    page.get_by_role("textbox", name="Objectif").fill("2800")
    page.get_by_label("Tolérance").select_option("10")
    page.get_by_label("Titre (français)").fill("Caravane médicale")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    assert "Dites combien doit être réuni au premier tour" in words(page)
    assert page.get_by_label("Titre (français)").input_value() == "Caravane médicale"
    axe(page)
    page.get_by_label("Somme qui doit être réunie").fill("1000")
    day = timezone.localdate() + timedelta(days=20)
    page.get_by_label("Dernier jour du premier tour").fill(day.isoformat())
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.get_by_role("link", name="Ouvrir la collecte").click()
    assert "900 €" in words(page)
    page.get_by_role("button", name="Ouvrir la collecte").click()
    made = Campaign.objects.get()
    assert (made.state, made.kind, made.needed_minor, made.tolerance_percent) == (
        "open",
        "two_rounds",
        100_000,
        10,
    )
    assert "dernières 24 heures" in words(page)


def two_rounds(needed: int) -> Campaign:
    return CampaignFactory(
        collector=OrganisationFactory(name="Horizon d'essai"),
        kind="two_rounds",
        goal_minor=300_000,
        needed_minor=needed,
        tolerance_percent=10,
        first_closes_on=timezone.localdate() + timedelta(days=10),
    )


def test_two_of_ten_cards_fail_and_one_recovers(page, site, last_mail):
    """B: a two-round campaign that succeeds after 2 of 10 cards fail and 1 recovers."""
    campaign = two_rounds(100_000)
    for number in range(8):
        stored(campaign, f"donor{number}")
    stored(campaign, "refused", "refused_later")
    stored(campaign, "confirm", "confirm_later")
    end_today(campaign)
    closing.run(campaign)
    address = f"{site}/fr/crowdfunding/campaigns/{campaign.slug}/"
    page.goto(address)
    assert "8 cartes débitées sur 10" in words(page)
    assert "2 donateurs invités" in words(page)
    deliver_letters()
    link = re.search(r"/fr/crowdfunding/pledges/\S+", last_mail("refused@tiwizi.example").body).group()
    page.goto(site + link)
    page.get_by_role("button", name="Réessayer, avec cette carte ou une autre").click()
    page.wait_for_url("**/demo-bank/**")
    page.get_by_role("button", name="Payer", exact=True).click()
    page.wait_for_url("**/pledges/**")
    assert "Votre don est arrivé" in words(page)
    closing.run(campaign, now=timezone.now() + timedelta(days=8))
    campaign.refresh_from_db()
    assert (campaign.state, campaign.round) == ("open", 2)
    page.goto(address)
    assert "Le minimum est atteint" in words(page)
    assert "Le second tour continue" in words(page)
    assert page.get_by_role("link", name=re.compile("^Donner")).first.is_visible()
    states = sorted(Pledge.objects.values_list("state", flat=True))
    assert states == ["expired"] + ["received"] * 9
    assert Payment.objects.filter(state="received").count() == 9
    assert [fault for found in audit.run() for fault in found.faults] == []


def test_a_first_round_that_fails_charges_nobody(page, site, last_mail):
    """B: a two-round campaign that fails: every card is released, and its donor reads so."""
    campaign = two_rounds(200_000)
    pledge = stored(campaign, "donor")
    end_today(campaign)
    assert campaigns.close_ended() == 0
    closing.work()
    page.goto(f"{site}/fr/crowdfunding/campaigns/{campaign.slug}/")
    assert "Le minimum n’a pas été atteint" in words(page)
    deliver_letters()
    assert "n’a pas été débitée" in last_mail("donor@tiwizi.example").body
    page.goto(site + pledge.get_absolute_url())
    pledge.refresh_from_db()
    assert pledge.state == "released"
    assert not Payment.objects.filter(way="charge").exists()
