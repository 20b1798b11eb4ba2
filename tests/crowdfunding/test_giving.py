"""Giving as a guest: the form, the private page, what a stranger must not do."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain import collectors, payments, pledges, reminders
from plugins.crowdfunding.models import Campaign, CollectorSettings, Pledge, Tally
from plugins.crowdfunding.views import private
from tests.crowdfunding.factories import CampaignFactory, promise, receipt, received
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


def test_the_private_page_is_found_by_its_link_alone(client, campaign):
    """The link holds 192 bits; neither the code nor the uid opens the page, and nobody may index it."""
    pledge = promise(campaign)
    assert len(pledge.token) == 32
    answer = client.get(pledge.get_absolute_url())
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    for other in (pledge.code, pledge.uid, pledge.token[:-1] + "_"):
        assert client.get(f"/fr/crowdfunding/pledges/{other}/").status_code == 404
    for public in (
        campaign.get_absolute_url(),
        f"/fr/projects/{campaign.project.slug}/",
        "/fr/crowdfunding/",
    ):
        page = client.get(public).content.decode()
        assert pledge.token not in page
        assert pledge.email not in page


def test_cancelling_asks_first_and_happens_once(client, campaign, mailoutbox):
    pledge = promise(campaign)
    page = f"{pledge.get_absolute_url()}cancel/"
    assert client.get(page).status_code == 200
    assert Pledge.objects.get().state == "pledged"
    assert client.post(page).status_code == 302
    assert client.post(page).status_code == 302
    assert Pledge.objects.get().state == "cancelled"
    assert Tally.objects.get().promised_minor == 0
    deliver_letters()
    assert len(mailoutbox) == 2
    assert client.get(pledge.get_absolute_url()).status_code == 200


def test_money_received_cannot_be_cancelled(client, campaign):
    payment = received(campaign)
    client.post(f"{payment.pledge.get_absolute_url()}cancel/")
    assert Pledge.objects.get().state == "received"


def test_the_received_page_says_what_the_money_did(client, campaign):
    payment = received(campaign)
    page = client.get(payment.pledge.get_absolute_url()).content.decode()
    assert "registre public" in page or "public ledger" in page
    assert f"/fr/crowdfunding/ledger/{campaign.project.slug}/" in page


def test_the_code_of_a_mail_is_a_picture_while_it_waits(client, campaign):
    pledge = promise(campaign)
    picture = f"{pledge.get_absolute_url()}qr.png"
    assert client.get(picture)["Content-Type"] == "image/png"
    payments.receive(pledge, receipt(), by=None)
    assert client.get(picture).status_code == 404


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


def test_what_people_write_is_escaped(client, campaign):
    received(campaign, name="<b>x</b>", message="<script>alert(1)</script>")
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_the_wall_respects_anonymity_and_adds_up(client, campaign):
    for number in range(14):
        received(
            campaign,
            1000 + number,
            name=f"Nom{number:02}",
            anonymous=number % 2 == 0,
            email=f"{number}@x.example",
        )
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Nom13" in page
    assert "Nom12" not in page
    from plugins.crowdfunding.domain.donors import wall

    fresh = Campaign.objects.shown().get()
    found = wall(fresh)
    assert found.others == 14 - len(found.bricks) > 0
    assert sum((brick.amount for brick in found.bricks), found.others_amount) == fresh.received


def test_promises_are_reminded_of_and_expire(campaign, mailoutbox):
    """Reminders after 14 and 30 days, the end after 60, each once."""
    pledge = promise(campaign)
    start = pledge.waiting_since
    deliver_letters()

    def after(days):
        done = reminders.follow_up(start + timedelta(days=days))
        deliver_letters()
        return done

    assert after(13) == {"reminded": 0, "expired": 0}
    assert after(14) == {"reminded": 1, "expired": 0}
    assert after(15) == {"reminded": 0, "expired": 0}
    assert after(31) == {"reminded": 1, "expired": 0}
    assert after(45) == {"reminded": 0, "expired": 0}
    assert after(60) == {"reminded": 0, "expired": 1}
    assert after(61) == {"reminded": 0, "expired": 0}
    assert len(mailoutbox) == 4
    assert Tally.objects.get().promised_minor == 0


def test_nobody_is_reminded_of_what_cannot_be_paid(campaign):
    CollectorSettings.objects.update(country="MA")
    promise(campaign)
    assert reminders.follow_up(timezone.now() + timedelta(days=90)) == {"reminded": 0, "expired": 0}


def test_a_long_pause_sends_one_reminder_not_two(campaign, mailoutbox):
    promise(campaign)
    deliver_letters()
    assert reminders.follow_up(timezone.now() + timedelta(days=40))["reminded"] == 1
    assert reminders.follow_up(timezone.now() + timedelta(days=41))["reminded"] == 0


def test_a_donor_with_two_gifts_is_one_backer(campaign):
    first = received(campaign)
    received(campaign)
    received(campaign, email="other@tiwizi.example")
    campaign.tally.refresh_from_db()
    assert (campaign.tally.gifts, campaign.tally.backers) == (3, 2)
    payments.undo(first, by=None, reason="mistake")
    campaign.tally.refresh_from_db()
    assert (campaign.tally.gifts, campaign.tally.backers) == (2, 2)


def test_money_in_dirhams_goes_to_the_rib(client):
    campaign = CampaignFactory(currency="MAD", proposed_minor=[20000])
    pledge = promise(campaign, 20000)
    page = client.get(pledge.get_absolute_url()).content.decode()
    assert "011 780 0000123456789012 96" in page
    assert "DH" in page


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


def test_a_gift_undone_while_its_page_is_made_is_no_error(client, campaign, monkeypatch):
    """The promise was read as received, its payment is gone a moment later: the page says what is so now."""
    pledge = received(campaign).pledge
    payment = pledge.payments.get()
    read, undone = private.pledge_of, []

    def read_then_undo(token):
        row = read(token)
        if not undone:
            undone.append(payments.undo(payment, by=None, reason="mistake"))
        return row

    monkeypatch.setattr(private, "pledge_of", read_then_undo)
    page = client.get(pledge.get_absolute_url())
    assert page.status_code == 200
    assert "FR76" in page.content.decode()


def test_an_address_longer_than_its_column_is_refused_with_the_form(client, campaign):
    """Mail knows 254 signs; PostgreSQL would answer more with an error."""
    long = f"{'d' * 60}@{'.'.join(['tiwizi' * 8] * 5)}.example"
    assert 254 < len(long) < 320
    assert give(client, campaign, email=long).status_code == 422
    assert not Pledge.objects.exists()
