"""Kinds of campaign: chosen in the form, published from the start, fixed once donors rely on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.money import money, text
from plugins.crowdfunding.domain import campaigns, closing, pledges, rules
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.rules import Terms
from plugins.crowdfunding.models import Campaign, Pledge
from tests.crowdfunding.bank import at_the_bank, end_today, secured
from tests.crowdfunding.campaign_forms import form
from tests.crowdfunding.factories import CampaignFactory, manager, promise
from tests.crowdfunding.test_closing import all_or_nothing, two_rounds
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def day(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def sent(client, **fields):
    """The preparation form of a new campaign, sent by a manager."""
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    both = {"collector": project.owner_id, "receiver": project.owner_id}
    return client.post(
        f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(closes_on=day(60), **both) | fields
    )


def edited(client, campaign, **fields):
    client.force_login(manager(campaign.collector))
    facts = {"goal": "6000", "closes_on": campaign.closes_on.isoformat()} | fields
    if campaign.first_closes_on and "first_closes_on" not in fields:
        facts["first_closes_on"] = campaign.first_closes_on.isoformat()
    return client.post(f"{campaign.get_absolute_url()}edit/", form(**facts))


def test_all_or_nothing_needs_its_goal_when_nothing_else_is_said(client):
    assert sent(client, kind="all_or_nothing", first_closes_on=day(3)).status_code == 302
    made = Campaign.objects.get()
    assert (made.kind, made.needed_minor, made.first_closes_on) == ("all_or_nothing", 280_000, None)
    assert made.is_conditional


def test_two_rounds_with_a_tolerance(client):
    """B: minimum, then optimum; the tolerance is part of the rule."""
    answer = sent(client, kind="two_rounds", needed="1000", tolerance_percent="10", first_closes_on=day(30))
    made = Campaign.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.needed_minor, made.tolerance_percent) == (100_000, 10)
    assert made.first_closes_on.isoformat() == day(30)
    assert rules.bar(made) == money(90_000, "EUR")


def test_a_campaign_that_keeps_all_forgets_fields_it_does_not_use(client):
    sent(client, kind="keep", needed="1000", tolerance_percent="5", first_closes_on=day(30))
    made = Campaign.objects.get()
    assert (made.needed_minor, made.tolerance_percent, made.first_closes_on) == (0, 0, None)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"kind": "two_rounds", "first_closes_on": day(30)}, "needed"),
        ({"kind": "two_rounds", "needed": "1000"}, "first_closes_on"),
        ({"kind": "two_rounds", "needed": "2800", "first_closes_on": day(30)}, "needed"),
        ({"kind": "two_rounds", "needed": "1000", "first_closes_on": day(55)}, "first_closes_on"),
        ({"kind": "two_rounds", "needed": "1000", "first_closes_on": day(-3)}, "first_closes_on"),
        ({"kind": "all_or_nothing", "needed": "3000"}, "needed"),
        ({"kind": "all_or_nothing", "needed": "x"}, "needed"),
        ({"kind": "all_or_nothing", "tolerance_percent": "11"}, "tolerance_percent"),
        ({"kind": "raffle"}, "kind"),
        ({"kind": ""}, "kind"),
    ],
)
def test_what_a_kind_misses_is_said_at_its_field(client, fields, where):
    answer = sent(client, **fields)
    assert answer.status_code == 422
    assert where in answer.context["form"].errors
    assert "Trente cartables." in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_draft_still_changes_its_rule(client):
    campaign = all_or_nothing(state="draft")
    both = {"needed": "1000", "first_closes_on": day(20), "tolerance_percent": "5"}
    assert edited(client, campaign, kind="two_rounds", **both).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.kind, campaign.needed_minor) == ("two_rounds", 100_000)
    assert edited(client, campaign, kind="keep").status_code == 302
    assert Campaign.objects.get().needed_minor == 0


def test_the_rule_of_an_open_campaign_is_fixed(client):
    """B: kind, minimum and tolerance cannot change once it is open, by the form or past it."""
    campaign = two_rounds(tolerance_percent=5)
    assert edited(client, campaign, kind="keep", needed="1", tolerance_percent="0").status_code == 302
    campaign.refresh_from_db()
    assert (campaign.kind, campaign.needed_minor, campaign.tolerance_percent) == ("two_rounds", 10_000, 5)
    facts = {"by": None, "texts": campaign.texts, "goal": campaign.goal, "minimum": campaign.minimum}
    for terms in (Terms(), Terms("two_rounds", money(1, "EUR"), 5, campaign.first_closes_on)):
        with pytest.raises(rules.RulesFixed):
            campaigns.edit(campaign, closes_on=campaign.closes_on, terms=terms, **facts)
    assert edited(client, campaign, goal="50").status_code == 422
    assert edited(client, campaign, goal="6000", currency="MAD").status_code == 422


def test_the_end_moves_until_the_freeze(client):
    campaign = two_rounds()
    assert edited(client, campaign, first_closes_on=day(10)).status_code == 302
    Campaign.objects.update(first_closes_on=timezone.localdate())
    campaign.refresh_from_db()
    assert edited(client, campaign, first_closes_on=day(10), closes_on=day(50)).status_code == 302
    found = Campaign.objects.get()
    assert (found.first_closes_on, found.closes_on) == (campaign.first_closes_on, campaign.closes_on)
    facts = {"by": None, "texts": campaign.texts, "goal": campaign.goal, "minimum": campaign.minimum}
    later = campaign.closes_on + timedelta(days=1)
    with pytest.raises(rules.EndFixed):
        campaigns.edit(campaign, closes_on=later, **facts)


def test_the_last_24_hours_freeze_promises(client):
    """B: the last 24 h freeze cancellations, and the page says since when and why."""
    campaign = all_or_nothing()
    pledge = promise(campaign)
    assert rules.frozen_since(campaign) is None
    Campaign.objects.update(closes_on=timezone.localdate())
    campaign.refresh_from_db()
    since = rules.frozen_from(campaign)
    assert rules.deadline(campaign) - since == timedelta(hours=24)
    with pytest.raises(rules.Frozen) as raised:
        pledges.cancel(pledge)
    assert raised.value.since == since
    answer = client.post(f"{pledge.get_absolute_url()}cancel/", follow=True)
    assert Pledge.objects.get().state == "pledged"
    assert "24" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "round_", "frozen"),
    [("keep", 1, False), ("all_or_nothing", 1, True), ("two_rounds", 1, True), ("two_rounds", 2, False)],
)
def test_only_promises_on_condition_freeze(kind, round_, frozen):
    day = timezone.localdate()
    campaign = CampaignFactory(
        kind=kind,
        round=round_,
        needed_minor=0 if kind == "keep" else 1000,
        closes_on=day,
        first_closes_on=day,
    )
    assert (rules.frozen_since(campaign) is not None) == frozen


def test_the_deadline_is_midnight_where_the_instance_is(settings):
    settings.TIME_ZONE = "Africa/Casablanca"
    with timezone.override("Africa/Casablanca"):
        campaign = Campaign(kind="all_or_nothing", closes_on=datetime(2026, 7, 14, tzinfo=UTC).date())
        assert rules.deadline(campaign).astimezone(UTC).isoformat() == "2026-07-14T23:00:00+00:00"


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_rule_is_published_from_the_start(client, language, mailoutbox):
    """B: tolerance and freeze on the campaign page, where one gives and in the letter, before anybody promises."""
    campaign = two_rounds(500_000, tolerance_percent=10)
    page = client.get(f"/{language}/crowdfunding/campaigns/{campaign.slug}/").content.decode()
    give = client.get(f"/{language}/crowdfunding/campaigns/{campaign.slug}/give/").content.decode()
    promise(campaign, language=language)
    deliver_letters()
    letter = next(mail.body for mail in mailoutbox if "donor@tiwizi.example" in mail.to)
    for words in (page, give, letter):
        for fact in (text(campaign.needed, language), text(rules.bar(campaign), language), "10", "24"):
            assert fact in words
    keep = CampaignFactory()
    assert len(rules.sentences(keep)) == 1


def test_a_round_on_condition_is_not_closed_by_hand(client):
    campaign = all_or_nothing()
    client.force_login(manager(campaign.collector))
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "act/close/" not in page
    assert client.get(f"{campaign.get_absolute_url()}act/close/").status_code == 302
    with pytest.raises(NotPossible):
        campaigns.close(campaign, by=None)
    end_today(campaign)
    assert campaigns.close_ended() == 0


def test_opening_and_cancelling_say_what_they_mean(client):
    campaign = all_or_nothing(state="draft", needed=500_000)
    client.force_login(manager(campaign.collector))
    asked = client.get(f"{campaign.get_absolute_url()}act/open/").content.decode()
    assert text(campaign.needed, "fr") in asked
    client.post(f"{campaign.get_absolute_url()}act/open/")
    campaign.refresh_from_db()
    promise(campaign)
    assert client.get(f"{campaign.get_absolute_url()}act/cancel/").status_code == 200
    client.post(f"{campaign.get_absolute_url()}act/cancel/")
    assert Campaign.objects.get().state == "cancelled"
    closing.work()
    assert Pledge.objects.get().state == "expired"
    assert client.get(campaign.get_absolute_url()).status_code == 200


def test_the_page_tells_the_state_of_the_run_in_words(client, tmp_path, django_assert_max_num_queries):
    """B: how many cards were charged, who was asked again, until when."""
    with at_the_bank(tmp_path / "bank"):
        campaign = all_or_nothing(9000)
        for number in range(8):
            secured(campaign, 1000, email=f"d{number}@tiwizi.example")
        for kind in ("bad", "confirm"):
            secured(campaign, 1000, kind, email=f"{kind}@tiwizi.example")
        end_today(campaign)
        call_command("close_campaigns", campaign.slug)
        url = f"/en/crowdfunding/campaigns/{campaign.slug}/"
        with django_assert_max_num_queries(12):
            page = client.get(url).content.decode()
        assert "8 of 10 cards charged" in page
        assert "2 donors asked" in page
        closing.run(campaign, now=timezone.now() + timedelta(days=8))
        assert "The minimum was not reached" in client.get(url).content.decode()


def test_the_command_refuses_a_campaign_it_does_not_know(capsys):
    with pytest.raises(CommandError):
        call_command("close_campaigns", "nothing")
    call_command("close_campaigns", CampaignFactory().slug)
    assert "every gift is kept" in capsys.readouterr().out
