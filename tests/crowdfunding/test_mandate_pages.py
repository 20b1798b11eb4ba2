"""What donors read of their stored card: where it is, and when it is removed; with Stripe's own library behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from core.domain.mail import deliver_letters
from plugins.crowdfunding import privacy
from plugins.crowdfunding.domain import changes, mandates, pledges, support_acts
from plugins.crowdfunding.models import Mandate, Pledge
from plugins.crowdfunding.privacy import together
from tests.crowdfunding.regular import at, begun, campaign
from tests.crowdfunding.stripe_fake import Server
from tests.crowdfunding.stripe_site import Collecting, conditional, fresh
from tests.crowdfunding.test_mandate_lives import provider, stored
from tests.factories import PersonFactory

__all__ = ["at", "campaign", "provider"]  # fixtures

HOUR = timedelta(hours=1)
KEPT = "et y est supprimé dès qu’il ne sert plus"
ASKED = "nous demandons au prestataire de paiement de le supprimer"
GONE = "le prestataire de paiement l’a supprimé"


def page(client, row):
    return client.get(row.get_absolute_url()).content.decode()


@pytest.fixture
def site(live_server, monkeypatch, transactional_db):
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with Server() as running, override_settings(STRIPE_API_BASE=running.url):
        yield conditional(running, live_server.url)


def removed(**when):
    now = timezone.now() + timedelta(**when)
    return mandates.sweep(now) + mandates.sweep(now + 2 * HOUR)


def secured(site: Collecting) -> Pledge:
    payment = site.give()
    site.press(payment)
    site.back(payment)
    return fresh(payment).pledge


def test_a_promise_by_card_says_where_the_card_is_and_when_it_is_gone(site, client, mailoutbox):
    """Stored at Stripe, cancelled, asked to be removed, removed: the page says each, and Stripe agrees."""
    pledge = secured(site)
    method = pledge.mandate.method
    assert KEPT in page(client, pledge)
    deliver_letters()
    assert "Dès qu’elle ne sert plus, elle y est supprimée." in mailoutbox[-1].body
    assert removed() == 0
    confirm = client.get(pledge.get_absolute_url() + "cancel/").content.decode()
    assert "est alors supprimé chez le prestataire de paiement" in confirm
    changes.cancel(pledge)
    assert ASKED in page(client, pledge)
    assert removed() == 1
    assert GONE in page(client, pledge)
    assert site.bank.objects[method]["customer"] is None


def test_keys_that_are_wrong_for_a_while(site):
    """The organisation exchanges its key: what could not be removed is removed with the new one."""
    pledge = secured(site)
    changes.cancel(pledge)
    site.server.fake.accounts.clear()
    assert removed() == 0
    site.server.fake.accounts[site.bank.key] = site.bank
    assert removed(hours=9) == 1


def test_a_way_that_needs_no_card(site, client):
    pledge = secured(site)
    pledges.switch(pledge)
    text = page(client, pledge)
    assert (KEPT in text, ASKED in text) == (False, False)


@pytest.mark.django_db
def test_a_support_says_it_too(campaign, provider, at, client):
    row = stored(campaign, provider)
    assert KEPT in page(client, row)
    assert "est alors supprimé" in client.get(row.get_absolute_url() + "stop/").content.decode()
    support_acts.stop(row)
    assert (ASKED in page(client, row), KEPT in page(client, row)) == (True, False)
    removed()
    assert GONE in page(client, row)


@pytest.mark.django_db
def test_a_standing_order_speaks_of_no_card(campaign, at, client):
    row = begun(campaign)
    assert KEPT not in page(client, row)
    assert "est alors supprimé" not in client.get(row.get_absolute_url() + "stop/").content.decode()


@pytest.mark.django_db
def test_export_and_erasure_know_the_card(campaign, provider, at):
    """The export tells its signs and whether it is removed; erased, they are gone here and the card at the provider."""
    row = stored(campaign, provider)
    person = PersonFactory(email=row.email)
    first = privacy.export_pledges(person)[0]
    assert (first["card"], first["card_removed"]) == ("•••• 4242", "")
    row = stored(campaign, provider, row)
    together.erase_supports(person)
    privacy.erase_pledges(person)
    assert removed() == 2
    assert set(Mandate.objects.values_list("label", flat=True)) == {""}
    assert {one.method for one in Mandate.objects.all()} == provider.detached


@pytest.mark.django_db
def test_the_export_says_that_it_is_removed(campaign, provider, at):
    row = stored(campaign, provider)
    support_acts.stop(row)
    removed()
    said = together.export_supports(PersonFactory(email=row.email))
    assert said[0]["card_removed"] == Mandate.objects.get().detached_at.isoformat()
