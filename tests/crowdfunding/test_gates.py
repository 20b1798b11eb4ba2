"""Gates, not texts: what must be true before an organisation appeals to the public and takes money."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.models import JournalEntry
from plugins.crowdfunding.domain import appeals, campaigns, checkouts, gates
from plugins.crowdfunding.models import (
    AppealReport,
    Campaign,
    CollectorSettings,
    GenerosityDeclaration,
    Payment,
    Pledge,
    Tally,
)
from tests.crowdfunding.factories import CampaignFactory, manager, promise, received, treasurer
from tests.crowdfunding.money_way import THIS_YEAR
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def moroccan(campaign, **facts):
    CollectorSettings.objects.filter(organisation=campaign.collector).update(country="MA", **facts)


def rich(campaign, minor=15_300_001):
    """A gift above the threshold."""
    payment = received(campaign, minor)
    Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    return payment


def test_every_gate_is_open_for_an_association_below_the_threshold():
    campaign = CampaignFactory()
    assert [(gate.name, gate.is_open) for gate in gates.check(campaign)] == [
        ("account", True),
        ("authorisation", True),
        ("generosity", True),
    ]
    gates.demand(campaign, gates.OPEN)


def test_without_an_account_nothing_opens():
    campaign = CampaignFactory(books=False)
    assert [gate.name for gate in gates.shut(campaign, gates.OPEN)] == ["account"]


def test_a_moroccan_collector_notes_promises_only_until_it_is_authorised():
    """Pledge-only by default; a site can ask the authorisation before opening."""
    campaign = CampaignFactory(state="draft")
    moroccan(campaign)
    assert gates.shut(campaign, gates.OPEN) == []
    assert [gate.name for gate in gates.shut(campaign, gates.CHARGE)] == ["authorisation"]
    campaigns.open_(campaign, by=None)
    moroccan(campaign, authorisation_number="18-18/7", authorised_until=TODAY() + timedelta(days=1))
    assert gates.shut(campaign, gates.CHARGE) == []
    moroccan(campaign, authorised_until=TODAY() - timedelta(days=1))
    assert gates.shut(campaign, gates.PAY)


def test_a_site_may_shut_the_door_before_opening(settings):
    settings.CROWDFUNDING_GATES = {"authorisation_stops": (gates.OPEN, gates.CHARGE, gates.PAY)}
    campaign = CampaignFactory(state="draft")
    moroccan(campaign)
    with pytest.raises(gates.GateShut) as shut:
        campaigns.open_(campaign, by=None)
    assert [gate.name for gate in shut.value.gates] == ["authorisation"]
    assert Campaign.objects.get().state == "draft"


def test_above_the_threshold_nothing_opens_before_it_is_declared():
    campaign = CampaignFactory()
    rich(campaign)
    with pytest.raises(gates.GateShut):
        campaigns.open_(campaign, by=None)
    assert gates.meter(campaign.collector).is_over
    facts = {"number": "PREF-1", "declared_on": TODAY()}
    gates.declare(campaign.collector, by=None, year=THIS_YEAR, **facts)
    gates.declare(campaign.collector, by=None, year=THIS_YEAR, **facts)
    assert GenerosityDeclaration.objects.count() == 1
    campaigns.open_(campaign, by=None)


def test_above_the_threshold_no_new_card_is_charged():
    campaign = CampaignFactory()
    rich(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(state="open")
    pledge = promise(campaign, email="b@tiwizi.example")
    with pytest.raises(gates.GateShut):
        checkouts.begin(pledge, channel="card", return_url="/", cancel_url="/")
    assert not Payment.objects.filter(pledge=pledge).exists()


@pytest.mark.parametrize(
    ("change", "is_open"),
    [
        ({}, False),
        ({"received_on": date(THIS_YEAR - 1, 12, 31)}, True),
        ({"refunded_minor": 1}, True),
        ({"state": "reversed"}, True),
    ],
)
def test_the_sum_counts_the_civil_year_net_over_all_campaigns(change, is_open):
    campaign = CampaignFactory()
    one = received(campaign, 15_000_000)
    received(CampaignFactory(collector=campaign.collector), 300_001, email="b@tiwizi.example")
    Payment.objects.filter(pk=one.pk).update(**change)
    assert gates.check(campaign)[2].is_open == is_open


def test_exactly_the_threshold_is_not_above_it():
    campaign = CampaignFactory()
    rich(campaign, 15_300_000)
    assert gates.shut(campaign, gates.OPEN) == []
    meter = gates.meter(campaign.collector)
    assert (meter.percent, meter.is_near, meter.is_over) == (100, True, False)


def test_the_threshold_is_the_site_s(settings):
    settings.CROWDFUNDING_GATES = {"threshold_minor": 1000}
    campaign = CampaignFactory()
    received(campaign, 1001)
    assert gates.shut(campaign, gates.OPEN)


def test_dirhams_and_other_countries_do_not_count():
    campaign = CampaignFactory()
    rich(campaign)
    CollectorSettings.objects.update(country="BE")
    assert gates.shut(campaign, gates.OPEN) == []
    dirhams = CampaignFactory(currency="MAD")
    rich(dirhams)
    assert gates.shut(dirhams, gates.OPEN) == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_gate_costs_the_same_at_any_number_of_gifts(number, django_assert_max_num_queries):
    campaign = CampaignFactory()
    for index in range(number):
        received(campaign, email=f"d{index}@tiwizi.example")
    with django_assert_max_num_queries(2):
        gates.check(campaign)
    assert Tally.objects.get().gifts == number


def test_the_refusal_leads_to_what_to_do(client):
    campaign = CampaignFactory()
    rich(campaign)
    client.force_login(treasurer(campaign.collector))
    answer = client.post(f"/fr/crowdfunding/campaigns/{campaign.slug}/act/open/")
    rules = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/rules/"
    assert answer.url == rules
    assert 'name="declared_on"' in client.get(rules).content.decode()
    assert client.post(rules, {"number": "", "declared_on": "2999-01-01"}).status_code == 422
    assert client.post(rules, {"number": "P-1", "declared_on": TODAY().isoformat()}).status_code == 302
    client.post(f"/fr/crowdfunding/campaigns/{campaign.slug}/act/open/")
    assert Campaign.objects.get().state == "open"


def ended(**facts):
    """An authorised appeal that is over."""
    campaign = CampaignFactory(opened_at=timezone.now(), **facts)
    moroccan(campaign, authorisation_number="18-18/7")
    campaigns.close(campaign, by=None)
    return campaign


def test_the_report_is_reminded_of_until_it_is_sent(client, mailoutbox):
    """Law 18-18: within 30 days after an authorised appeal."""
    campaign = ended()
    keeper = treasurer(campaign.collector)
    assert (appeals.remind(), appeals.remind()) == (1, 0)
    row = AppealReport.objects.get()
    assert row.due_on == TODAY() + timedelta(days=30)
    AppealReport.objects.update(reminded_at=timezone.now() - timedelta(days=8))
    assert appeals.remind() == 1
    assert JournalEntry.objects.filter(verb="crowdfunding.report.due").count() == 2
    client.force_login(keeper)
    rules = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/rules/"
    assert f"{campaign.slug}/report/" in client.get(rules).content.decode()
    url = f"{rules}{campaign.slug}/report/"
    assert client.post(url, {"sent_on": ""}).status_code == 422
    for _turn in range(2):
        assert client.post(url, {"sent_on": TODAY().isoformat(), "reference": "R1"}).status_code == 302
    AppealReport.objects.update(reminded_at=None)
    assert appeals.remind() == 0
    assert JournalEntry.objects.filter(verb="crowdfunding.report.sent").count() == 1


def test_no_report_for_who_needs_no_authorisation():
    campaign = CampaignFactory(opened_at=timezone.now())
    campaigns.close(campaign, by=None)
    assert appeals.remind() == 0


@pytest.mark.parametrize("page", ["rules/", "rules/{slug}/report/"])
def test_only_who_may_set_up_sees_the_rules(client, page):
    campaign = ended()
    appeals.note_due()
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/" + page.format(slug=campaign.slug)
    assert client.get(url).status_code == 302
    for person, allowed in (
        (PersonFactory(), False),
        (PersonFactory(is_animator=True), False),
        (treasurer(CampaignFactory().collector), False),
        (manager(campaign.collector), True),
        (treasurer(campaign.collector), True),
    ):
        client.force_login(person)
        assert (client.get(url).status_code == 200) == allowed
    assert Pledge.objects.count() == 0
