"""The pages of regular support: begun as a guest, changed by the private link alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import pledges, supports
from plugins.crowdfunding.domain.codes import shown
from plugins.crowdfunding.models import Campaign, GatewayAccount, Payment, Pledge, Support
from tests.crowdfunding.factories import CampaignFactory, manager, treasurer
from tests.crowdfunding.fake_provider import NAME, fake
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"crowdfunding:{name}", args=args)


@pytest.fixture
def campaign():
    return CampaignFactory(kind=Campaign.Kind.RECURRING, goal_minor=50_000)


def filled(**more):
    form = {"other": "10", "interval": "month", "email": "amie@tiwizi.example", "name": "Amie"}
    return form | {"form_key": "k" * 24} | more


def a_support(campaign, **more):
    donor = pledges.Donor(email="amie@tiwizi.example", name="Amie")
    facts = {"interval": "month", "channel": "transfer", "form_key": "d" * 24} | more
    return supports.make(campaign, donor, money(1000, "EUR"), **facts)


def test_a_guest_begins_a_standing_order(client, campaign, mailoutbox):
    """Giving leads to the form; sent twice it is one support; account and code are on the page and in the letter."""
    assert client.get(url("give", campaign.slug))["Location"] == url("support_give", campaign.slug)
    assert client.get(url("give", campaign.slug) + "?once=1").status_code == 200
    sent = client.post(url("support_give", campaign.slug), filled())
    assert client.post(url("support_give", campaign.slug), filled())["Location"] == sent["Location"]
    row = Support.objects.get()
    page = client.get(sent["Location"])
    words = page.content.decode()
    assert shown(row.code) in words
    assert "FR76 3000 6000" in words
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    deliver_letters()
    assert shown(row.code) in mailoutbox[-1].body
    assert row.get_absolute_url() in mailoutbox[-1].body
    period = client.get(row.pledges.get().get_absolute_url()).content.decode()
    assert row.get_absolute_url() in period
    assert shown(row.code) in period  # the code of the standing order, not another one


def test_the_bar_says_per_month_and_in_all(client, campaign):
    """What is promised each month, how many support, what was received: three words, never one sum."""
    a_support(campaign, interval="quarter")
    words = client.get(campaign.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert "3,33 €" in words
    assert "500 €" in words
    assert campaign.get_absolute_url() not in client.get("/fr/crowdfunding/?state=over").content.decode()


def test_wrong_forms_and_a_campaign_that_is_over(client, campaign):
    """A sentence at the field, nothing written; over: 409; another kind: not found."""
    path = url("support_give", campaign.slug)
    bad = [{"other": "0,10"}, {"email": "x"}, {"interval": "day"}, {"other": "1.000"}, {"form_key": "k"}]
    for wrong in bad:
        assert client.post(path, filled(**wrong)).status_code == 422, wrong
    assert not Support.objects.exists()
    assert client.get(url("support_give", CampaignFactory().slug)).status_code == 404
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)
    assert client.post(path, filled()).status_code == 409


def test_the_donor_changes_everything_alone(client, campaign):
    """Amount, pause, going on, end: each asks first, each is refused politely when it is too late."""
    row = a_support(campaign)
    change = url("support_change", row.token)
    assert client.post(change, {"amount": "0,10"}).status_code == 422
    assert client.post(change, {"amount": "25"}).status_code == 302
    row.refresh_from_db()
    assert row.amount == money(2500, "EUR")
    for act, state in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
        path = url("support_act", row.token, act)
        assert client.get(path).status_code == 200
        row.refresh_from_db()
        assert client.post(path).status_code == 302
        row.refresh_from_db()
        assert row.state == state
        assert client.get(row.get_absolute_url()).status_code == 200
    assert client.post(url("support_act", row.token, "resume")).status_code == 302
    row.refresh_from_db()
    assert row.state == "stopped"
    assert client.get(url("support_act", row.token, "eat")).status_code == 404
    assert client.get(url("support", "no-such-token")).status_code == 404
    assert client.get(url("support_card", row.token)).status_code == 405


def test_a_card_is_stored_on_the_providers_page(client, campaign):
    """The form leads to the provider; back, the support runs and the page names the card."""
    provider = fake()
    GatewayAccount.objects.create(organisation=campaign.collector, gateway=NAME, account="acct_1")
    sent = client.post(url("support_give", campaign.slug), filled(channel="card"))
    assert sent.status_code == 303
    row, pledge = Support.objects.get(), Pledge.objects.get()
    assert row.state == Support.State.STARTED
    assert client.get(row.get_absolute_url()).status_code == 200
    intent = provider.intents[0]
    assert intent.secure
    provider.pay(intent)
    back = client.get(url("pledge_back", pledge.token))
    assert back["Location"] == row.get_absolute_url()
    assert "4242" in client.get(row.get_absolute_url()).content.decode()
    another = client.post(url("support_card", row.token), {"way": "card"})
    assert another.status_code == 303
    assert client.post(url("support_card", row.token), {"way": "cheque"}).status_code == 302
    assert Payment.objects.count() == 2


def test_the_treasurers_list(client, campaign, django_assert_max_num_queries):
    """Only the collector's treasurer; by code; the same number of queries with one and with three."""
    row = a_support(campaign)
    path = url("treasury_supports", campaign.collector.slug)
    assert client.get(path).status_code == 302
    for person in (PersonFactory(), manager(campaign.collector), PersonFactory(is_animator=True)):
        client.force_login(person)
        assert client.get(path).status_code == 403
    client.force_login(treasurer(campaign.collector))
    assert shown(row.code) in client.get(path).content.decode()
    with django_assert_max_num_queries(40) as before:
        client.get(path)
    for number in range(2):
        a_support(campaign, form_key=f"{number}" * 24)
    with django_assert_max_num_queries(len(before)):
        client.get(path)
    found = client.get(url("treasury", campaign.collector.slug), {"q": shown(row.code)})
    assert row.pledges.get().uid in found.content.decode()
    assert client.get(path, {"ended": "1", "after": "x"}).status_code == 200


def test_a_campaign_of_each_new_kind_is_prepared(client, campaign):
    """The form offers regular support, for years, and a pot; a goal per month is said so."""
    project = campaign.project
    client.force_login(manager(project.owner))
    last = timezone.localdate() + timedelta(days=3 * 365)
    form = {
        "currency": "EUR", "goal": "300", "minimum": "5", "kind": "recurring", "tolerance_percent": "0",
        "opens_on": timezone.localdate().isoformat(), "closes_on": last.isoformat(),
        "collector": project.owner_id, "receiver": project.owner_id, "title_fr": "Chaque mois",
    }  # fmt: skip
    assert client.post(url("campaign_prepare", project.slug), form).status_code == 302
    assert Campaign.objects.filter(kind="recurring", goal_minor=30_000).exists()
    assert client.post(url("campaign_prepare", project.slug), form | {"kind": "keep"}).status_code == 422
    near = (timezone.localdate() + timedelta(days=30)).isoformat()
    pot = form | {"kind": "matching", "closes_on": near, "title_fr": "Le pot"}
    assert client.post(url("campaign_prepare", project.slug), pot).status_code == 302
    assert Campaign.objects.filter(kind="matching").exists()


def test_the_page_of_a_period_between_the_card_and_its_charge(client, campaign):
    """Stored and about to be charged: the page says so, and nothing of a close or a minimum."""
    row = a_support(campaign)
    Pledge.objects.filter(support=row).update(state=Pledge.State.SECURED, channel="card")
    words = client.get(row.pledges.get().get_absolute_url()).content.decode()
    assert "débitée dans l’heure" in words
    assert "clôture" not in words
