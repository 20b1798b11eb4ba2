"""A reward from the campaign's page to the donor's door, without JavaScript, on a phone, in French and in Arabic."""

from __future__ import annotations

import pytest

from plugins.crowdfunding.domain import payments
from plugins.crowdfunding.models import Delivery, Pledge
from tests.crowdfunding.factories import CampaignFactory, RewardFactory, manager, receipt
from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "12 rue de la Paix\n95100 Argenteuil\nFrance"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_reward_is_chosen_sent_and_received(site, new_page, sign_in, axe, language):
    campaign = CampaignFactory()
    reward = RewardFactory(campaign=campaign, stock=3)
    page = new_page(viewport=PHONE, js=False, language=language)
    page.goto(f"{site}/{language}/crowdfunding/campaigns/{campaign.slug}/")
    choose(page, reward)
    private = page.url
    pledge = Pledge.objects.get()
    assert pledge.amount_minor == 3000
    payments.receive(pledge, receipt(3000), by=None)

    page.goto(private)
    give_address(page, axe)

    team = new_page(js=False, language=language)
    sign_in(team, manager(campaign.collector))
    team.goto(f"{site}/{language}/crowdfunding/campaigns/{campaign.slug}/deliveries/")
    send(team)

    page.goto(private)
    assert "EE123" in page.locator("#reward").inner_text()
    page.locator("#reward a.btn.main").click()
    page.locator("form button[type=submit]").first.click()
    assert Delivery.objects.get().state == "received"
    axe(page)


def choose(page, reward) -> None:
    """From the campaign's page to the promise: the reward stands in the form, its amount too."""
    page.locator("#rewards a.btn").click()
    assert page.locator(f'input[name="reward"][value="{reward.uid}"]').is_checked()
    page.locator("#id_email").fill("zahra@tiwizi.example")
    if page.locator('input[name="channel"][value="transfer"]').count():
        page.locator('input[name="channel"][value="transfer"]').check()
    page.locator("form.form button[type=submit]").click()
    assert page.locator("#reward .clock").is_visible()


def give_address(page, axe) -> None:
    """The money has come: the donor says where the reward goes."""
    page.locator("#reward a.btn").click()
    page.locator("#id_recipient").fill("Zahra")
    page.locator("#id_address").fill(ADDRESS)
    axe(page)
    page.locator("form.form button[type=submit]").click()
    assert "95100 Argenteuil" in page.locator("#reward address").inner_text()


def send(team) -> None:
    """The team hands it to a carrier, with its number; nothing is left to send."""
    team.locator('input[name="d"]').check()
    team.locator('form[method="get"] button').click()
    team.locator("#id_carrier").fill("Amana")
    team.locator(f"#id_number_{Delivery.objects.get().uid}").fill("EE123")
    team.locator("form.form button[type=submit]").click()
    assert team.locator(".empty").is_visible()
