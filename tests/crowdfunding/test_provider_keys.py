"""An organisation's keys: checked at the provider, sealed, never shown, changed, switched off; by whom and by whom not."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import override_settings

from core.models import JournalEntry
from plugins.crowdfunding.domain import provider_keys, providers
from plugins.crowdfunding.models import GatewayAccount
from tests.crowdfunding.factories import CampaignFactory, manager, treasurer
from tests.crowdfunding.stripe_fake import Server
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
KEY = "sk_test_" + "a1B2c3D4" * 4
OTHER = "sk_test_" + "e5F6g7H8" * 4
LIVE = "sk_live_" + "a1B2c3D4" * 4
HOOK = "whsec_" + "q" * 30


@pytest.fixture
def stripe(monkeypatch):
    """The fake of Stripe, which knows some keys."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with Server() as running, override_settings(STRIPE_API_BASE=running.url):
        for key in (KEY, OTHER, LIVE):
            running.fake.account(key)
        yield running


@pytest.fixture
def organisation():
    return CampaignFactory().collector


def page(organisation):
    return f"/fr/crowdfunding/treasury/{organisation.slug}/cards/"


def real_site(settings):
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, demo=False)


def enter(client, organisation, **fields):
    return client.post(page(organisation), {"secret": KEY, "webhook_secret": "", "account": ""} | fields)


def test_keys_are_checked_sealed_and_never_shown(client, organisation, stripe):
    client.force_login(treasurer(organisation))
    assert enter(client, organisation, webhook_secret=HOOK, account="acct_one1").status_code == 302
    row = GatewayAccount.objects.get(gateway="stripe")
    assert (row.hint, row.test, row.account) == (KEY[-4:], True, "acct_one1")
    assert KEY not in row.sealed
    assert HOOK not in row.sealed
    known = providers.credentials(row)
    assert (known.secret, known.webhook_secret) == (KEY, HOOK)
    html = client.get(page(organisation)).content.decode()
    assert f"•••• {KEY[-4:]}" in html
    assert KEY not in html
    assert HOOK not in html
    assert f"/webhooks/crowdfunding/stripe/{row.uid}/" in html
    assert KEY not in str(JournalEntry.objects.values())
    assert providers.account_of(organisation) == row


def test_a_key_that_stripe_does_not_know_is_not_kept(client, organisation, stripe):
    client.force_login(treasurer(organisation))
    wrong = "sk_test_" + "z" * 30
    answer = enter(client, organisation, secret=wrong, account="acct_one1")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "n’accepte pas cette clé" in html
    assert wrong not in html
    assert 'value="acct_one1"' in html
    assert not GatewayAccount.objects.filter(gateway="stripe").exists()


def test_silence_is_not_a_wrong_key(client, organisation, monkeypatch):
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    client.force_login(treasurer(organisation))
    with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"):
        answer = enter(client, organisation)
    assert answer.status_code == 422
    assert "ne répond pas" in answer.content.decode()
    assert not GatewayAccount.objects.filter(gateway="stripe").exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"secret": ""},
        {"secret": "pk_test_abcdefgh"},
        {"secret": "sk_test_é" * 4},
        {"secret": KEY + "x" * 400},
        {"webhook_secret": "secret"},
        {"account": "cus_1"},
    ],
)
def test_what_is_no_key_is_not_sent_anywhere(client, organisation, stripe, fields):
    client.force_login(treasurer(organisation))
    assert enter(client, organisation, **fields).status_code == 422
    assert stripe.fake.asked == []


def test_what_is_left_empty_stays_and_the_address_too(client, organisation, stripe):
    """Keys are exchanged without another webhook: the row, and its address, stay."""
    client.force_login(treasurer(organisation))
    enter(client, organisation)
    row = GatewayAccount.objects.get(gateway="stripe")
    assert "manque encore" in client.get(page(organisation)).content.decode()
    assert enter(client, organisation, secret="", webhook_secret=HOOK).status_code == 302
    assert enter(client, organisation, secret=OTHER).status_code == 302
    same = GatewayAccount.objects.get(gateway="stripe")
    known = providers.credentials(same)
    assert (same.pk, known.secret, known.webhook_secret) == (row.pk, OTHER, HOOK)
    assert "manque encore" not in client.get(page(organisation)).content.decode()


def test_another_account_is_another_row(client, organisation, stripe):
    """Payments begun with the old account keep its keys."""
    client.force_login(treasurer(organisation))
    enter(client, organisation, account="acct_one1")
    enter(client, organisation, secret=OTHER, account="acct_two2")
    old, new = GatewayAccount.objects.filter(gateway="stripe").order_by("pk")
    assert (old.enabled, new.enabled) == (False, True)
    assert providers.credentials(old).secret == KEY
    assert providers.account_of(organisation) == new


def test_live_keys_never_enter_a_demonstration(client, organisation, stripe):
    client.force_login(treasurer(organisation))
    assert enter(client, organisation, secret=LIVE).status_code == 422
    assert not GatewayAccount.objects.filter(gateway="stripe").exists()


def test_test_keys_enter_a_real_site_only_when_said_so(client, organisation, stripe, settings):
    real_site(settings)
    client.force_login(treasurer(organisation))
    answer = enter(client, organisation)
    assert answer.status_code == 422
    assert "mode test" in answer.content.decode()
    assert enter(client, organisation, allow_test="on").status_code == 302
    assert GatewayAccount.objects.get().test
    assert enter(client, organisation, secret=LIVE).status_code == 302
    assert not GatewayAccount.objects.get().test


def test_switched_off_begins_nothing_more(client, organisation, stripe, settings):
    client.force_login(treasurer(organisation))
    enter(client, organisation)
    assert client.get(f"{page(organisation)}off/").status_code == 200
    assert GatewayAccount.objects.get(gateway="stripe").enabled
    assert client.post(f"{page(organisation)}off/").status_code == 302
    assert client.post(f"{page(organisation)}off/").status_code == 302
    assert not GatewayAccount.objects.get(gateway="stripe").enabled
    real_site(settings)
    assert providers.account_of(organisation) is None


def test_keys_sealed_with_a_lost_secret_are_entered_anew(client, organisation, stripe, settings):
    client.force_login(treasurer(organisation))
    enter(client, organisation, webhook_secret=HOOK)
    settings.SECRET_KEY = "another secret of at least some length, entirely"
    settings.FIELD_KEY_SECRET = ""
    client.force_login(treasurer(organisation))
    assert "ne peuvent plus être lues" in client.get(page(organisation)).content.decode()
    assert enter(client, organisation, secret=OTHER).status_code == 422


def test_who_may_enter_keys(client, organisation):
    """Treasurers and managers of the organisation, nobody else."""
    allowed = [treasurer(organisation), manager(organisation)]
    member = MembershipFactory(organisation=organisation, role="member").person
    elsewhere = treasurer(OrganisationFactory())
    refused = [member, elsewhere, PersonFactory(), PersonFactory(is_animator=True)]
    for person, status in [*((one, 200) for one in allowed), *((one, 403) for one in refused)]:
        client.force_login(person)
        assert client.get(page(organisation)).status_code == status
        if status == 403:
            assert enter(client, organisation).status_code == 403
            assert client.post(f"{page(organisation)}off/").status_code == 403
    client.logout()
    assert client.get(page(organisation)).status_code == 302
    assert client.get("/fr/crowdfunding/treasury/nothing/cards/").status_code == 302
    assert provider_keys.in_use(organisation) is None
