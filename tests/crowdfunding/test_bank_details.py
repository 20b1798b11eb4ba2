"""The account an organisation collects on: checked, confirmed, told to its managers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from plugins.crowdfunding.models import CollectorSettings
from tests.crowdfunding.factories import IBAN, manager

pytestmark = pytest.mark.django_db


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/"


def account(**fields):
    day = timezone.localdate()
    return {
        "account_holder": "Horizon d'essai",
        "country": "FR",
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "bic": "agrifrpp",
        "rib": "",
        "authorisation_number": "",
        "authorised_from": "",
        "authorised_until": (day + timedelta(days=30)).isoformat(),
        "step": "do",
    } | fields


def test_bank_details_are_checked_confirmed_and_told(client, campaign, keeper, mailoutbox):
    url = f"{base(campaign)}account/"
    boss = manager(campaign.collector)
    other = "BE68539007547034"
    assert client.post(url, account(iban=other, step="")).status_code == 200
    assert CollectorSettings.objects.get().iban == IBAN
    assert client.post(url, account(iban=other)).status_code == 302
    assert CollectorSettings.objects.get().iban == other
    from core.domain.notices import deliver

    deliver()
    assert [boss.email] in [mail.to for mail in mailoutbox]


@pytest.mark.parametrize(
    "fields",
    [
        {"iban": "FR76 3000 6000 0112 3456 7890 188"},
        {"rib": "123"},
        {"bic": "x"},
        {"iban": "", "rib": ""},
        {"account_holder": ""},
        {"country": "ZZ"},
        {"authorised_from": "2999-01-01"},
    ],
)
def test_wrong_bank_details_are_refused(client, campaign, keeper, fields):
    assert client.post(f"{base(campaign)}account/", account(**fields)).status_code == 422
    assert CollectorSettings.objects.get().iban == IBAN
