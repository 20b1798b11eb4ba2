"""A campaign from its form to its end: prepared and opened by a manager, closed, cancelled; wrong forms come back filled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.notices import deliver
from core.models import Follow
from core.money import money
from plugins.crowdfunding import tasks
from plugins.crowdfunding.domain import campaigns, collectors
from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, NotPossible
from plugins.crowdfunding.models import Campaign, Ledger, Pledge, Tally
from tests.crowdfunding.campaign_forms import form, prepare
from tests.crowdfunding.factories import (
    CampaignFactory,
    CollectorSettingsFactory,
    manager,
    promise,
    received,
    treasurer,
)
from tests.factories import OrganisationFactory, PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def test_a_campaign_lives_by_its_table():
    """Draft → open → closed; what the table does not name cannot be done."""
    campaign = prepare()
    assert "<script>" not in campaign.texts["fr"]["story"]
    assert set(campaign.texts) == {"fr"}
    with pytest.raises(collectors.NotSetUp):
        campaigns.open_(campaign, by=None)
    CollectorSettingsFactory(organisation=campaign.collector)
    campaigns.open_(campaign, by=None)
    for act in (campaigns.open_,):
        with pytest.raises(NotPossible):
            act(campaign, by=None)
    campaigns.close(campaign, by=None)
    for act in (campaigns.open_, campaigns.close, campaigns.cancel):
        with pytest.raises(NotPossible):
            act(campaign, by=None)
    assert set(CAMPAIGN) == set(Campaign.State)


def test_two_campaigns_of_one_title_have_two_addresses():
    assert prepare().slug != prepare().slug


def test_cancelling_a_campaign_frees_its_promises():
    campaign = CampaignFactory()
    promise(campaign)
    received(campaign, email="b@x.example")
    campaigns.cancel(campaign, by=None)
    assert set(Pledge.objects.values_list("state", flat=True)) == {"cancelled", "received"}
    tally = Tally.objects.get()
    assert (tally.promised_minor, tally.received_minor) == (0, 5000)


def test_ended_campaigns_close_by_themselves():
    day = timezone.localdate() - timedelta(days=1)
    campaign = CampaignFactory(opens_on=day, closes_on=day)
    assert tasks.close_ended_campaigns.func() == 1
    campaign.refresh_from_db()
    assert campaign.state == "closed"


def test_schedules_run():
    received(CampaignFactory())
    assert tasks.verify_ledgers.func() == 0
    assert tasks.follow_up_pledges.func() == {"reminded": 0, "expired": 0}
    assert Ledger.objects.get().verified_at is not None


def test_a_manager_prepares_and_opens_a_campaign(client):
    """D4: from a 2,800 € caravan to infrastructure, on the organisation's own project."""
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    page = f"/fr/projects/{project.slug}/"
    assert f"/fr/crowdfunding/projects/{project.slug}/campaign/" in client.get(page).content.decode()
    both = {"collector": project.owner_id, "receiver": project.owner_id}
    answer = client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both))
    campaign = Campaign.objects.get()
    assert answer.url == campaign.get_absolute_url()
    assert campaign.goal == money(280_000, "EUR")
    assert campaign.texts["fr"]["story"] == "<p>Trois jours.</p><p>Trente cartables.</p>"
    assert client.get(answer.url).status_code == 200
    act = f"{answer.url}act/open/"
    assert client.get(act).status_code == 200
    assert client.post(act).url == f"/fr/crowdfunding/treasury/{project.owner.slug}/account/"
    CollectorSettingsFactory(organisation=project.owner)
    client.post(act)
    campaign.refresh_from_db()
    assert campaign.state == "open"
    edit = f"{answer.url}edit/"
    assert "Trente cartables." in client.get(edit).content.decode()
    assert client.post(edit, form(goal="3000", title_ar="قافلة طبية")).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.goal_minor, set(campaign.texts)) == (300_000, {"fr", "ar"})
    client.logout()
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"goal": "0"},
        {"goal": "x"},
        {"minimum": "9999"},
        {"closes_on": "2020-01-01"},
        {"closes_on": "2999-01-01"},
        {"opens_on": ""},
        {"title_fr": ""},
        {"currency": "USD"},
        {"collector": "0"},
        {"title_fr": "x" * 200},
    ],
)
def test_a_wrong_campaign_is_refused_with_the_form_filled(client, fields):
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    both = {"collector": project.owner_id, "receiver": project.owner_id}
    answer = client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both) | fields)
    assert answer.status_code == 422
    assert "Trente cartables." in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_stranger_s_organisation_cannot_be_made_to_collect(client):
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    both = {"collector": OrganisationFactory().pk, "receiver": project.owner_id}
    assert client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both)).status_code == 422


def test_the_currency_is_fixed_by_the_first_promise(client):
    campaign = CampaignFactory()
    promise(campaign)
    client.force_login(manager(campaign.collector))
    answer = client.post(f"{campaign.get_absolute_url()}edit/", form(currency="MAD"))
    assert answer.status_code == 422
    assert Campaign.objects.get().currency == "EUR"


def test_an_unknown_act_is_not_found(client):
    campaign = CampaignFactory()
    client.force_login(manager(campaign.collector))
    assert client.get(f"{campaign.get_absolute_url()}act/explode/").status_code == 404


def test_treasurers_and_followers_are_told(mailoutbox):
    campaign = prepare()
    keeper, follower = treasurer(campaign.collector), PersonFactory()
    CollectorSettingsFactory(organisation=campaign.collector)
    ref = campaign.project.ref
    Follow.objects.create(person=follower, subject_type=ref.type, subject_key=ref.key)
    campaigns.open_(campaign, by=None)
    campaign.refresh_from_db()
    received(campaign)
    deliver()
    told = [(mail.to[0], mail.subject) for mail in mailoutbox]
    assert len([1 for to, _subject in told if to == follower.email]) == 1, told
    assert [1 for to, _subject in told if to == keeper.email]
