"""Giving by card through the pages: to the provider and back, each situation in words, what a stranger cannot do."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from plugins.crowdfunding.domain import checkouts, outcomes, refunds
from plugins.crowdfunding.gateways import demo_bank, hosted
from plugins.crowdfunding.gateways.base import Outcome, Status, Unreachable
from plugins.crowdfunding.models import Campaign, CollectorSettings, GatewayAccount, Payment, Pledge, Tally
from tests.crowdfunding.factories import CampaignFactory, donor_by_card, promise, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def conditional():
    closes = timezone.localdate() + timedelta(days=14)
    return CampaignFactory(kind="all_or_nothing", needed_minor=500_000, closes_on=closes)


def give(client, campaign, **fields):
    data = {"other": "50", "email": "donor@tiwizi.example", "form_key": secrets.token_urlsafe(24)}
    address = f"/fr/crowdfunding/campaigns/{campaign.slug}/give/"
    return client.post(address, {**data, "channel": "card"} | fields)


def begun(campaign, way="card"):
    return checkouts.begin(donor_by_card(campaign, way=way), channel=way, return_url="x", cancel_url="x")


def private(client, pledge, language="fr"):
    answer = client.get(pledge.get_absolute_url().replace("/fr/", f"/{language}/", 1))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_card_leads_to_the_provider_and_back(client, campaign):
    """≤ 3 screens: form, provider, private page; 303 so that reloading sends nothing again."""
    answer = give(client, campaign)
    assert answer.status_code == 303
    assert "/demo-bank/" in answer.url
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.channel, Tally.objects.get().promises) == ("started", "card", 0)
    demo_bank.press(Payment.objects.get().session, "pay")
    back = client.get(f"{pledge.get_absolute_url()}back/")
    assert (back.status_code, back.url) == (302, pledge.get_absolute_url())
    assert "est arrivé" in private(client, pledge)


def test_the_return_alone_books_nothing(client, campaign):
    """Whoever opens the address of the return, with whatever in it, changes nothing that the provider has not said."""
    give(client, campaign)
    pledge = Pledge.objects.get()
    client.get(f"{pledge.get_absolute_url()}back/?status=paid&session=x&payment_intent=pi_1")
    assert Pledge.objects.get().state == "started"
    assert "pas encore terminé" in private(client, pledge)


def test_the_same_form_twice_is_one_page(client, campaign):
    key = secrets.token_urlsafe(24)
    first, again = give(client, campaign, form_key=key), give(client, campaign, form_key=key)
    assert first.url == again.url
    assert (Pledge.objects.count(), Payment.objects.count()) == (1, 1)
    changed = give(client, campaign, form_key=key, channel="transfer")
    assert changed.url == Pledge.objects.get().get_absolute_url()
    assert Pledge.objects.get().state == "pledged"


def test_a_page_of_another_host_is_reached_through_ours(client, campaign):
    """A form of ours may only lead to ourselves (form-action); a page of ours then leads on, script or not."""
    payment = begun(campaign)
    away = "https://pay.example/c/1?a=1&b=2"
    Payment.objects.update(page_url=away)
    token = payment.pledge.token
    answer = client.post(f"/fr/crowdfunding/pledges/{token}/pay/", {"way": "card"})
    assert (answer.status_code, answer.url) == (303, f"/fr/crowdfunding/pledges/{token}/go/")
    page = client.get(answer.url)
    html = page.content.decode()
    assert f'content="0;url={away.replace("&", "&amp;")}"' in html
    assert "pay.example" in html
    assert "no-store" in page["Cache-Control"]
    demo_bank.press(payment.session, "pay")
    checkouts.follow(payment)
    assert client.get(answer.url).url == payment.pledge.get_absolute_url()


def test_a_provider_that_is_silent_loses_nothing(client, campaign, monkeypatch):
    """The promise is a row; the page says what to do; the next attempt works."""

    def silent(self, order):
        raise Unreachable("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(type(hosted("demo")), "start", silent)
        answer = give(client, campaign)
    pledge = Pledge.objects.get()
    assert answer.url == pledge.get_absolute_url()
    assert "ne répond pas" in private(client, pledge)
    again = client.post(f"{pledge.get_absolute_url()}pay/", {"way": "card"})
    assert "/demo-bank/" in again.url
    assert Payment.objects.count() == 1


def test_ways_are_those_of_collector_and_currency(client, campaign):
    """No choice is shown when there is one; dirhams know no SEPA; without authorisation nothing is charged."""
    address = f"/fr/crowdfunding/campaigns/{campaign.slug}/give/"
    assert [way in client.get(address).content.decode() for way in ('value="card"', 'value="debit"')] == [
        True,
        True,
    ]
    Campaign.objects.update(currency="MAD", proposed_minor=[20000])
    page = client.get(address).content.decode()
    assert 'value="card"' in page
    assert 'value="debit"' not in page
    CollectorSettings.objects.update(country="MA")
    page = client.get(address).content.decode()
    assert 'value="card"' not in page
    assert 'name="channel"' not in page
    give(client, campaign, other="200")
    assert Pledge.objects.get().state == "pledged"


def test_a_real_site_without_keys_takes_no_card(client, campaign, settings):
    import dataclasses

    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, demo=False)
    assert (
        'name="channel"'
        not in client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/give/").content.decode()
    )
    give(client, campaign)
    assert Pledge.objects.get().state == "pledged"
    assert not GatewayAccount.objects.exists()


def test_the_rule_is_said_before_giving_and_only_where_it_matters(client, campaign, conditional):
    page = client.get(f"/fr/crowdfunding/campaigns/{conditional.slug}/give/").content.decode()
    assert 'id="rule"' in page
    assert "24" in page
    assert 'name="if_fails"' in page
    page = client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/give/").content.decode()
    assert 'name="if_fails"' not in page
    give(client, conditional, channel="transfer", if_fails="keep")
    assert Pledge.objects.get().if_fails == "keep"
    assert give(client, conditional, if_fails="burn").status_code == 422


SITUATIONS = {
    "pay": ("received", "est arrivé"),
    "decline": ("started", "a été refusé"),
    "confirm": ("started", "confirmer auprès de votre banque"),
    "dispute": ("received", "est arrivé"),
}


@pytest.mark.parametrize("act", SITUATIONS)
def test_each_end_of_a_payment_in_words(client, campaign, act):
    payment = begun(campaign)
    demo_bank.press(payment.session, act)
    checkouts.follow(payment)
    state, sentence = SITUATIONS[act]
    pledge = Pledge.objects.get()
    assert pledge.state == state
    assert sentence in private(client, pledge)
    assert 'dir="rtl"' in private(client, pledge, "ar")


@pytest.mark.parametrize("state", [state for state, _label in Pledge.State.choices])
@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_every_state_has_a_page(client, campaign, state, language):
    """Whatever became of a pledge, its link answers with a sentence."""
    pledge = received(campaign).pledge if state in {"received", "refunded", "disputed"} else promise(campaign)
    Pledge.objects.update(state=state)
    if state == "moved":
        new = promise(CampaignFactory(collector=campaign.collector))
        Pledge.objects.filter(pk=new.pk).update(moved_from=pledge)
    page = private(client, pledge, language)
    assert len(re.findall(r"<h1>\s*\S", page)) == 1
    assert "None" not in re.sub(r"<[^>]+>", "", page)


def test_a_refused_charge_shows_why_and_until_when(client, conditional):
    payment = begun(conditional)
    demo_bank.press(payment.session, "refused_later")
    checkouts.follow(payment)
    pledge = Pledge.objects.get()
    assert "promesse est assurée" in private(client, pledge)
    charged = checkouts.charge(pledge)
    assert charged.state == "failed"
    page = private(client, pledge)
    assert "Votre carte a été refusée" in page
    assert "sans dire pourquoi" in page
    assert 'value="card"' in page
    assert f"/pledges/{pledge.token}/transfer/" in page


def test_what_is_not_offered_cannot_be_posted(client, campaign):
    """Default deny: ways and acts are those the page shows."""
    pledge = received(campaign).pledge
    for data in ({"way": "card"}, {"way": "cash"}, {"way": ""}, {}):
        client.post(f"{pledge.get_absolute_url()}pay/", data)
    client.post(f"{pledge.get_absolute_url()}transfer/")
    client.post(f"{pledge.get_absolute_url()}move/", {"campaign": campaign.slug})
    assert Pledge.objects.get().state == "received"
    assert Payment.objects.count() == 1
    assert client.get(f"{pledge.get_absolute_url()}pay/").status_code == 405


def test_a_frozen_promise_says_so(client, conditional):
    payment = begun(conditional)
    demo_bank.press(payment.session, "pay")
    checkouts.follow(payment)
    Campaign.objects.update(closes_on=timezone.localdate())
    pledge = Pledge.objects.get()
    page = private(client, pledge)
    assert "fixées" in page
    assert "/cancel/" not in page
    for act in ("cancel", "transfer"):
        client.post(f"{pledge.get_absolute_url()}{act}/")
    assert Pledge.objects.get().state == "secured"


def test_a_provider_that_says_another_amount_is_looked_at_by_a_person(client, campaign, monkeypatch):
    payment = begun(campaign)
    wrong = Outcome(Status.SETTLED, key=payment.key, amount=refunds.rest_of(payment) * 2)
    monkeypatch.setattr(type(hosted("demo")), "find", lambda *_call: wrong)
    answer = client.get(f"{payment.pledge.get_absolute_url()}back/", follow=True)
    assert "examiné par une personne" in answer.content.decode()
    assert Payment.objects.get().state == "started"
    with pytest.raises(outcomes.Mismatch):
        checkouts.follow(Payment.objects.get())


def test_moving_through_the_pages(client, campaign):
    other = CampaignFactory(collector=campaign.collector)
    pledge = promise(campaign)
    page = client.get(f"{pledge.get_absolute_url()}move/")
    assert other.slug in page.content.decode()
    assert client.post(f"{pledge.get_absolute_url()}move/", {"campaign": "nothing"}).status_code == 422
    moved = client.post(f"{pledge.get_absolute_url()}move/", {"campaign": other.slug})
    new = Pledge.objects.get(campaign=other)
    assert moved.url == new.get_absolute_url()
    assert client.get(f"{pledge.get_absolute_url()}move/").url == new.get_absolute_url()


def test_nowhere_to_move_is_said(client, campaign):
    page = client.get(f"{promise(campaign).get_absolute_url()}move/").content.decode()
    assert 'class="empty"' in page


def test_the_demonstrations_page_exists_in_a_demonstration_only(client, campaign, settings):
    import dataclasses

    payment = begun(campaign)
    address = f"/fr/crowdfunding/demo-bank/{payment.session}/"
    assert "aucun argent ne circule" in client.get(address).content.decode()
    assert client.post(address, {"act": "nonsense"}).status_code == 302
    assert client.get("/fr/crowdfunding/demo-bank/demo_page_nothing/").status_code == 404
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, demo=False)
    assert client.get(address).status_code == 404
    assert client.post(address, {"act": "pay"}).status_code == 404
    assert Payment.objects.get().state == "started"


def test_the_private_page_costs_the_same_after_many_attempts(client, campaign, django_assert_max_num_queries):
    pledge = begun(campaign).pledge
    for _time in range(6):
        demo_bank.press(Payment.objects.latest("pk").session, "decline")
        checkouts.follow(Payment.objects.latest("pk"))
        checkouts.begin(pledge, channel="card", return_url="x", cancel_url="x")
    client.get(pledge.get_absolute_url())
    with django_assert_max_num_queries(14):
        client.get(pledge.get_absolute_url())
    assert Payment.objects.count() == 7
