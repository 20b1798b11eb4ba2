"""Giving as a guest: the form, what it refuses, and who may take promises or money at all."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain import collectors, payments, pledges
from plugins.crowdfunding.models import Campaign, CollectorSettings, Pledge, Tally
from tests.crowdfunding.factories import CampaignFactory, promise, receipt
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def url(campaign, language="fr"):
    return f"/{language}/crowdfunding/campaigns/{campaign.slug}/give/"


def give(client, campaign, language="fr", **fields):
    data = {"other": "50", "email": "donor@tiwizi.example", "form_key": secrets.token_urlsafe(24)}
    return client.post(url(campaign, language), data | fields)


def test_a_button_is_enough(client, campaign):
    """J3: with a proposed amount the e-mail address is the only field one types."""
    assert give(client, campaign, other="", choice="5000").status_code == 302
    assert Pledge.objects.get().amount_minor == 5000


def test_what_is_typed_wins(client, campaign):
    give(client, campaign, other="12,50", choice="5000")
    assert Pledge.objects.get().amount_minor == 1250


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("50", 5000),
        ("٥٠", 5000),
        ("12,50", 1250),
        ("12.5", 1250),
        ("1 000", 100_000),
        ("١٢٫٥٠", 1250),
        ("50\u00a0", 5000),
    ],
)
def test_amounts_as_people_type_them(client, campaign, typed, minor):
    """D11: comma, point, spaces and Arabic digits."""
    assert give(client, campaign, other=typed).status_code == 302
    assert Pledge.objects.get().amount_minor == minor


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "-5",
        "abc",
        "1.000",
        "1,000",
        "12,345",
        "0,50",
        "5e3",
        "NaN",
        "Infinity",
        "99999999999",
        "1,2,3",
        "9" * 40,
    ],
)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_wrong_amount_gets_a_sentence_and_keeps_the_form(client, campaign, typed, language):
    answer = give(client, campaign, language, other=typed, name="Zahra", message="bon courage")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Zahra" in page
    assert "bon courage" in page
    assert 'class="errors"' in page
    assert not Pledge.objects.exists()


def test_no_amount_and_no_address(client, campaign):
    assert give(client, campaign, other="").status_code == 422
    assert give(client, campaign, email="").status_code == 422
    assert give(client, campaign, email="not an address").status_code == 422
    assert give(client, campaign, choice="123456").status_code == 422
    assert give(client, campaign, form_key="short").status_code == 422
    assert not Pledge.objects.exists()


def test_the_same_form_twice_is_one_promise(client, campaign):
    """J3: a double click makes one pledge, one letter, one line in the tally."""
    key = secrets.token_urlsafe(24)
    first, second = give(client, campaign, form_key=key), give(client, campaign, form_key=key)
    assert first.url == second.url
    assert Pledge.objects.count() == 1
    assert Tally.objects.get().promises == 1


def test_the_same_form_with_another_amount_asks(client, campaign):
    key = secrets.token_urlsafe(24)
    give(client, campaign, form_key=key)
    answer = give(client, campaign, form_key=key, other="70")
    assert answer.status_code == 422
    fresh = re.search(r'name="form_key" value="([^"]+)"', answer.content.decode()).group(1)
    assert fresh != key
    assert give(client, campaign, form_key=fresh, other="70").status_code == 302
    assert Pledge.objects.count() == 2


def test_too_many_promises_from_one_address(client, campaign):
    for _ in range(8):
        assert give(client, campaign).status_code == 302
    assert give(client, campaign).status_code == 422
    assert Pledge.objects.count() == 8


@pytest.mark.parametrize(
    "change",
    [
        {"state": "closed"},
        {"state": "cancelled"},
        {"opens_on": timezone.localdate() + timedelta(days=1)},
        {
            "opens_on": timezone.localdate() - timedelta(days=9),
            "closes_on": timezone.localdate() - timedelta(days=1),
        },
    ],
)
def test_a_campaign_that_takes_nothing_says_so(client, campaign, change):
    Campaign.objects.update(**change)
    assert client.get(url(campaign)).status_code == 200
    assert give(client, campaign).status_code == 409
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("change", [{"state": "draft"}, {"hidden": True}])
def test_a_campaign_nobody_may_see(client, campaign, change):
    Campaign.objects.update(**change)
    assert client.get(url(campaign)).status_code == 404
    assert client.get(campaign.get_absolute_url()).status_code == 404


def test_a_moroccan_collector_without_authorisation_only_notes_promises(client, campaign, mailoutbox):
    """DOMAIN 5: pledge-only until the number is entered; then the donors are told."""
    CollectorSettings.objects.update(country="MA")
    assert give(client, campaign).status_code == 302
    pledge = Pledge.objects.get()
    page = client.get(pledge.get_absolute_url()).content.decode()
    assert "FR76" not in page
    assert "<svg role" not in page
    deliver_letters()
    assert "FR76" not in mailoutbox[-1].body
    with pytest.raises(payments.NotAuthorised):
        payments.receive(pledge, receipt(), by=None)
    assert Pledge.objects.get().state == "pledged"
    collectors.save(campaign.collector, by=None, authorisation_number="18-18/2026")
    deliver_letters()
    assert "FR76" in mailoutbox[-1].body
    assert "FR76" in client.get(pledge.get_absolute_url()).content.decode()
    payments.receive(pledge, receipt(), by=None)


def test_an_authorisation_has_its_days():
    today = timezone.localdate()
    row = CollectorSettings(
        country="MA", authorisation_number="1", authorised_until=today - timedelta(days=1)
    )
    assert not row.may_collect()
    row.authorised_until = today
    assert row.may_collect()
    row.authorised_from = today + timedelta(days=1)
    assert not row.may_collect()


def test_without_an_account_nobody_is_asked_to_pay(client):
    campaign = CampaignFactory(books=False, collector=OrganisationFactory())
    assert give(client, campaign).status_code == 302
    assert client.get(Pledge.objects.get().get_absolute_url()).status_code == 200


def test_a_code_that_is_taken_is_drawn_again(campaign, monkeypatch):
    """Two pledges never share a reference code."""
    first = promise(campaign)
    drawn = iter([first.code, first.code, "ABCDEFGH"])
    monkeypatch.setattr(pledges, "new_code", lambda: next(drawn))
    assert promise(campaign).code == "ABCDEFGH"
    monkeypatch.setattr(pledges, "new_code", lambda: first.code)
    with pytest.raises(IntegrityError):
        promise(campaign)
    assert Pledge.objects.count() == 2


def test_an_address_longer_than_its_column_is_refused_with_the_form(client, campaign):
    """Mail knows 254 signs; PostgreSQL would answer more with an error."""
    long = f"{'d' * 60}@{'.'.join(['tiwizi' * 8] * 5)}.example"
    assert 254 < len(long) < 320
    assert give(client, campaign, email=long).status_code == 422
    assert not Pledge.objects.exists()
