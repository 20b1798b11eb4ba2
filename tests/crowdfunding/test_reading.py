"""What people read: amounts whole in Arabic, forms whose way out is no act, lists that offer only what can be done."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from core.domain.mail import deliver_letters
from core.money import isolated, money
from plugins.crowdfunding.domain import payments
from plugins.crowdfunding.forms.giving import PledgeForm
from tests.crowdfunding.factories import CampaignFactory, RewardFactory, chosen, manager, promise, receipt
from tests.crowdfunding.money_way import arrived, gift, passing, sent, spent

pytestmark = pytest.mark.django_db


def test_an_amount_stays_whole_in_arabic():
    """Without isolates the sign of the euro jumps to the other side of the number."""
    assert isolated(money(5000, "EUR"), "ar") == "\u206650\u00a0€\u2069"
    assert isolated(money(5000, "EUR"), "fr") == "50\u00a0€"


@pytest.mark.parametrize(("language", "first"), [("ar", "\u206620\u00a0€\u2069"), ("fr", "20\u00a0€")])
def test_the_amounts_one_chooses(language, first):
    with translation.override(language):
        assert PledgeForm(CampaignFactory()).fields["choice"].choices[0] == ("2000", first)


def test_a_letter_in_arabic(mailoutbox):
    with translation.override("ar"):
        promise(CampaignFactory(), language="ar")
    deliver_letters()
    assert "\u206650 €\u2069" in mailoutbox[-1].subject


def test_a_letter_in_french_has_its_space_before_the_colon(mailoutbox):
    promise(CampaignFactory())
    deliver_letters()
    assert "Montant\u00a0: 50" in mailoutbox[-1].body
    assert "Montant:" not in mailoutbox[-1].body


def test_where_only_the_other_amount_can_be_given_it_is_asked(client):
    campaign = CampaignFactory(minimum_minor=100_000_00)
    page = client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/give/").content.decode()
    assert "Montant, en euros</label>" in page
    assert "Un autre montant" not in page


def test_the_proposed_amounts_are_not_called_optional(client):
    page = client.get(f"/fr/crowdfunding/campaigns/{CampaignFactory().slug}/give/").content.decode()
    assert "<legend>Votre don</legend>" in page


def test_the_way_out_of_a_dangerous_form_is_no_cancelling(client):
    """Two buttons that both say Cancel, of which one cancels a receipt, are a trap."""
    campaign = CampaignFactory()
    client.force_login(manager(campaign.collector))
    page = client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/act/close/").content.decode()
    assert 'class="btn danger"' in page
    assert "Retour" in page
    assert ">Annuler<" not in page


def test_nothing_is_sent_while_every_address_is_awaited(client):
    campaign = CampaignFactory()
    pledge = chosen(campaign, RewardFactory(campaign=campaign))
    payments.receive(pledge, receipt(), by=None)
    client.force_login(manager(campaign.collector))
    page = client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/deliveries/").content.decode()
    assert "nous lui avons demandé" in page
    assert "Envoyer celles qui sont cochées" not in page


def test_an_expense_in_the_ledger(client):
    campaign = passing()
    gift(campaign, 100_000)
    arrived(sent(campaign, 50_000, 0), 500_000)
    spent(campaign, 10_000, what="Tuyaux")
    page = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/").content.decode()
    assert "Dépense\u00a0: <bdi>Tuyaux</bdi>" in page


def test_what_sponsors_add_has_its_own_sign_in_the_frame():
    """In the frame its legend had the sign of what is missing."""
    style = finders.find("crowdfunding/embed.css")
    assert ".three .k.matched::before" in Path(style).read_text(encoding="utf-8")
