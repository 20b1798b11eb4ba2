"""The pages of matching funds: set up by a sponsor, accepted by a campaign, shown to donors, paid to the collector."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import sponsors
from plugins.crowdfunding.models import Campaign, Match, MatchedCampaign, MatchingFund
from tests.crowdfunding.factories import CampaignFactory, manager, received, treasurer
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"crowdfunding:{name}", args=args)


def filled(**more):
    today = timezone.localdate()
    form = {
        "ratio_percent": "100",
        "currency": "EUR",
        "total": "500",
        "gift_cap": "",
        "person_cap": "60",
        "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(days=20)).isoformat(),
        "form_key": "k" * 24,
    }
    return form | more


@pytest.fixture
def sponsor():
    return OrganisationFactory(name="Fondation d'essai")


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def fund(sponsor, campaign):
    """A fund of 500 € that doubles gifts to the campaign."""
    terms = sponsors.Terms(
        money(50_000, "EUR"), timezone.localdate(), timezone.localdate() + timedelta(days=20)
    )
    fund = sponsors.set_up(sponsor, terms, by=None, form_key="f" * 24)
    sponsors.answer(sponsors.offer(fund, campaign, by=None), by=None, accept=True)
    return fund


def words(response):
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_from_the_rule_to_the_payment(client, sponsor, campaign):
    """Set up once however often sent, offered, accepted, shown, added, paid: each seen on its page."""
    client.force_login(manager(sponsor))
    add = url("matching_set_up", sponsor.slug)
    first, second = client.post(add, filled()), client.post(add, filled())
    fund = MatchingFund.objects.get()
    assert first["Location"] == second["Location"] == fund.get_absolute_url()
    assert client.post(url("matching_offer", fund.uid), {"campaign": campaign.pk}).status_code == 302
    client.logout()
    assert "Fondation d&#x27;essai double" not in words(client.get(campaign.get_absolute_url()))
    client.force_login(manager(campaign.collector))
    answer = url("matching_answer", campaign.slug, fund.uid)
    assert "Fondation" in words(client.get(answer))
    assert client.post(answer, {"answer": "accept"}).status_code == 302
    client.logout()
    received(campaign, 5000, email="a@tiwizi.example")
    page = words(client.get(campaign.get_absolute_url()))
    assert "450 €" in page  # left of 500
    assert "Fondation d&#x27;essai" in words(client.get(url("give", campaign.slug)))
    client.force_login(treasurer(campaign.collector))
    dues = words(client.get(url("treasury_matches", campaign.collector.slug)))
    assert "50 €" in dues
    place = MatchedCampaign.objects.get()
    pay = url("treasury_settle", campaign.collector.slug, place.pk)
    form = {
        "amount": "50",
        "received_on": timezone.localdate().isoformat(),
        "channel": "transfer",
        "form_key": "s" * 24,
    }
    assert client.post(pay, form | {"amount": "x"}).status_code == 422
    assert client.post(pay, form).status_code == 302
    assert client.post(pay, form).status_code == 302  # the same form again
    assert Match.objects.get().settled_by is not None
    assert client.get(pay).status_code == 302  # nothing is due any more
    campaign.tally.refresh_from_db()
    assert campaign.received == money(10_000, "EUR")


def test_the_bar_keeps_each_part_apart(client, campaign, fund):
    """D16: what a sponsor promised is neither received nor missing; in words and in shape."""
    received(campaign, 5000)
    page = words(client.get(campaign.get_absolute_url()))
    assert 'class="matched"' in page
    campaign.tally.refresh_from_db()
    assert campaign.missing == money(600_000 - 5000 - 5000, "EUR")


def test_who_may_do_what(client, sponsor, campaign, fund):
    """The sponsor's own members set up, offer and stop; the campaign's side answers; treasurers enter payments."""
    received(campaign, 5000)
    place = MatchedCampaign.objects.get()
    of_sponsor = [
        url("matching_funds", sponsor.slug),
        url("matching_set_up", sponsor.slug),
        url("matching_offer", fund.uid),
        url("matching_stop", fund.uid),
    ]
    of_campaign = [url("matching_answer", campaign.slug, fund.uid)]
    of_treasury = [
        url("treasury_matches", campaign.collector.slug),
        url("treasury_settle", campaign.collector.slug, place.pk),
    ]
    everything = [*of_sponsor, *of_campaign, *of_treasury]
    assert {client.get(path).status_code for path in everything} == {302}
    allowed = [
        (manager(sponsor), of_sponsor),
        (treasurer(sponsor), of_sponsor),
        (manager(campaign.collector), of_campaign),
        (treasurer(campaign.collector), [*of_campaign, *of_treasury]),
        (PersonFactory(is_animator=True), of_campaign),
        (PersonFactory(), []),
    ]
    for person, paths in allowed:
        client.force_login(person)
        got = {path for path in everything if client.get(path).status_code == 200}
        assert got == set(paths), person
        refused = {client.post(path).status_code for path in everything if path not in paths}
        assert refused <= {403}


def test_forms_that_are_filled_in_wrongly(client, sponsor):
    """A sentence at the field and nothing written."""
    client.force_login(manager(sponsor))
    today = timezone.localdate()
    bad = [
        {"total": ""},
        {"total": "0"},
        {"person_cap": "900"},
        {"ratio_percent": "7"},
        {"closes_on": (today - timedelta(days=1)).isoformat()},
        {"closes_on": "9999-12-31"},
        {"currency": "USD"},
        {"form_key": ""},
    ]
    for wrong in bad:
        assert client.post(url("matching_set_up", sponsor.slug), filled(**wrong)).status_code == 422, wrong
    assert not MatchingFund.objects.exists()
    assert client.get(url("matching_fund", "nothing")).status_code == 404


def test_a_fund_of_a_hidden_campaign_names_it_to_nobody(client, campaign, fund):
    """Offers, drafts and hidden campaigns do not show on the fund's public page."""
    Campaign.objects.filter(pk=campaign.pk).update(hidden=True)
    assert campaign.title not in words(client.get(fund.get_absolute_url()))
    assert client.get(fund.get_absolute_url()).status_code == 200


def test_a_pot_filled_by_givers(client):
    """A campaign of kind matching: its collector writes the rule once, its page says what it adds to."""
    pot = CampaignFactory(kind=Campaign.Kind.MATCHING)
    client.force_login(manager(pot.collector))
    assert url("matching_pot", pot.slug) in words(client.get(pot.get_absolute_url()))
    form = filled()
    del form["currency"]
    assert client.post(url("matching_pot", pot.slug), form).status_code == 302
    fund = MatchingFund.objects.get()
    assert fund.source == pot
    assert client.get(url("matching_pot", pot.slug))["Location"] == fund.get_absolute_url()
    client.logout()
    assert fund.get_absolute_url() in words(client.get(pot.get_absolute_url()))


def test_the_number_of_queries_does_not_grow(client, sponsor, fund, django_assert_max_num_queries):
    """The fund's page and the treasurer's list cost the same with one and with four campaigns."""
    places = MatchedCampaign.objects.filter(fund=fund)
    collector = places.get().campaign.collector
    person = treasurer(collector)
    client.force_login(person)
    received(places.get().campaign, 1000)
    paths = [fund.get_absolute_url(), url("treasury_matches", collector.slug)]
    for path in paths:
        client.get(path)
        with django_assert_max_num_queries(40) as before:
            client.get(path)
        other = CampaignFactory(collector=collector)
        sponsors.answer(sponsors.offer(fund, other, by=None), by=None, accept=True)
        received(other, 1000, email="b@tiwizi.example")
        with django_assert_max_num_queries(len(before)):
            client.get(path)
