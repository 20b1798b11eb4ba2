"""Promises while other things happen: a campaign that ends, a donor who cancels, an authorisation that begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain import campaigns, collectors, letters, pledges, reminders
from plugins.crowdfunding.models import Campaign, CollectorSettings, Pledge
from tests.crowdfunding.factories import CampaignFactory, promise

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("end", [campaigns.cancel, campaigns.close, campaigns.hide])
def test_a_campaign_that_ends_while_somebody_fills_the_form_takes_nothing(end):
    """The form read the campaign before it ended: nobody is asked to pay for what was called off."""
    made = CampaignFactory()
    read_before = Campaign.objects.shown().get(pk=made.pk)
    end(made, by=None)
    with pytest.raises(pledges.NotTaking):
        promise(read_before)
    assert not Pledge.objects.exists()


def long_ago(*rows):
    Pledge.objects.filter(pk__in=[row.pk for row in rows]).update(
        waiting_since=timezone.now() - timedelta(days=61)
    )


def test_a_promise_cancelled_meanwhile_does_not_stop_the_others(monkeypatch):
    made = CampaignFactory()
    first, second, third = (promise(made, email=f"donor{n}@tiwizi.example") for n in range(3))
    long_ago(first, second, third)
    tell = letters.expired

    def cancel_the_next(pledge):
        tell(pledge)
        if pledge.pk == first.pk:
            pledges.cancel(second)

    monkeypatch.setattr(letters, "expired", cancel_the_next)
    reminders.follow_up()
    states = list(Pledge.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["expired", "cancelled", "expired"]


def test_a_campaign_closed_meanwhile_does_not_stop_the_others(monkeypatch):
    ended = timezone.localdate() - timedelta(days=1)
    first, second = (CampaignFactory(opens_on=ended, closes_on=ended) for _ in range(2))
    close = campaigns.close

    def close_both(campaign, *, by):
        close(campaign, by=by)
        if campaign.pk == first.pk:
            close(second, by=None)

    monkeypatch.setattr(campaigns, "close", close_both)
    campaigns.close_ended()
    assert set(Campaign.objects.values_list("state", flat=True)) == {"closed"}


def test_an_authorisation_that_begins_later_is_told_on_its_day_and_expires_nobody(mailoutbox):
    """DOMAIN 5: the number is entered before its first day; on that day the donors hear that they can pay."""
    made = CampaignFactory()
    CollectorSettings.objects.update(country="MA")
    pledge = promise(made)
    long_ago(pledge)
    day = timezone.localdate()
    collectors.save(
        made.collector, by=None, authorisation_number="18-18/2026", authorised_from=day + timedelta(days=1)
    )
    reminders.follow_up()
    CollectorSettings.objects.update(authorised_from=day)
    deliver_letters()
    mailoutbox.clear()
    for _ in range(2):
        reminders.follow_up()
        deliver_letters()
    assert Pledge.objects.get().state == "pledged"
    assert len(mailoutbox) == 1
    assert "FR76" in mailoutbox[0].body


def test_money_that_came_is_not_asked_for_again(mailoutbox):
    pledge = promise(CampaignFactory())
    Pledge.objects.update(state="received")
    deliver_letters()
    mailoutbox.clear()
    letters.payable(pledge)
    deliver_letters()
    assert not mailoutbox
