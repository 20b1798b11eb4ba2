"""After giving as a guest: the private page, cancelling, reminders, and who counts as a backer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain import payments, reminders
from plugins.crowdfunding.models import Campaign, CollectorSettings, Pledge, Tally
from plugins.crowdfunding.views import private
from tests.crowdfunding.factories import CampaignFactory, promise, receipt, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def test_the_private_page_is_found_by_its_link_alone(client, campaign):
    """The link holds 192 bits; neither the code nor the uid opens the page, and nobody may index it."""
    pledge = promise(campaign)
    assert len(pledge.token) == 32
    answer = client.get(pledge.get_absolute_url())
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    for other in (pledge.code, pledge.uid, pledge.token.swapcase()):
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
