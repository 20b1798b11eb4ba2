"""J3 without a browser: promise, pay, see it move."""

from __future__ import annotations

import re

import pytest

from core.domain.mail import deliver_letters
from core.models import JournalEntry
from plugins.crowdfunding.models import Ledger, Payment, Pledge
from tests.crowdfunding.factories import CampaignFactory, treasurer

pytestmark = pytest.mark.django_db


def form_key(page) -> str:
    return re.search(r'name="form_key" value="([^"]+)"', page.content.decode()).group(1)


def give(client, campaign, **fields):
    url = f"/fr/crowdfunding/campaigns/{campaign.slug}/give/"
    data = {
        "other": "50",
        "email": "Donor@Tiwizi.example",
        "name": "Une lectrice",
        "form_key": form_key(client.get(url)),
    }
    return client.post(url, data | fields)


def test_promise_pay_and_see_it_move(client, mailoutbox):
    """J3, D4, D12, D15: a guest promises 50 €, the treasurer books it, gauge, ledger and journal move."""
    campaign = CampaignFactory()
    pledge = promised(client, campaign, mailoutbox)
    booked(client, campaign, pledge)
    moved(client, campaign, mailoutbox)


def promised(client, campaign, mailoutbox) -> Pledge:
    """The guest reads how to pay, on the private page and in the mail that leads there."""
    answer = give(client, campaign)
    pledge = Pledge.objects.get()
    assert answer.status_code == 302
    assert answer.url == pledge.get_absolute_url()
    page = client.get(answer.url).content.decode()
    shown = f"{pledge.code[:4]}-{pledge.code[4:]}"
    assert shown in page
    assert "FR76 3000 6000 0112 3456 7890 189" in page
    assert '<svg role="img"' in page
    deliver_letters()
    assert mailoutbox[0].to == ["donor@tiwizi.example"]
    assert shown in mailoutbox[0].body
    assert "FR76 3000 6000 0112 3456 7890 189" in mailoutbox[0].body
    assert pledge.token in mailoutbox[0].body
    return pledge


def booked(client, campaign, pledge) -> None:
    """The treasurer says what came and confirms it."""
    client.force_login(treasurer(campaign.collector))
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/pledges/{pledge.uid}/receive/"
    data = {"amount": "50", "received_on": "2026-01-05", "channel": "transfer", "reference": "VIR 12"}
    asked = client.post(url, data)
    assert asked.status_code == 200
    assert not Payment.objects.exists()
    done = client.post(url, data | {"step": "do"})
    assert done.status_code == 302
    client.logout()


def moved(client, campaign, mailoutbox) -> None:
    """The gauge, the ledger, the journal, the donor's mail and the project say so, and nobody's name."""
    tally = campaign.tally
    tally.refresh_from_db()
    assert (tally.received_minor, tally.promised_minor, tally.backers) == (5000, 0, 1)
    assert Ledger.objects.get().length == 1
    assert JournalEntry.objects.filter(verb="crowdfunding.payment.received", public=True).count() == 1
    deliver_letters()
    assert "50" in mailoutbox[-1].subject
    ledger = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/").content.decode()
    assert "+\u00a050\u00a0€" in ledger
    assert "donor@tiwizi.example" not in ledger
    project = client.get(f"/fr/projects/{campaign.project.slug}/").content.decode()
    assert "50\u00a0€" in project
