"""Matching funds: exact integers by rule, caps in any order, taken back and given again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import money
from plugins.crowdfunding.domain import figures, matching, moves, payments, refunds, sponsors, sums_audit
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, Match, MatchedCampaign, MatchingFund, Tally
from tests.crowdfunding.factories import CampaignFactory, manager, promise, receipt, received
from tests.factories import OrganisationFactory

EUR = "EUR"


def a_fund(total=100_000, *, ratio=100, gift=0, person=0, source=None, days=30, key="k" * 24):
    """A fund of a sponsor that runs now."""
    today = timezone.localdate()
    terms = sponsors.Terms(
        total=money(total, EUR),
        opens_on=today,
        closes_on=today + timedelta(days=days),
        ratio_percent=ratio,
        gift_cap=money(gift, EUR) if gift else None,
        person_cap=money(person, EUR) if person else None,
    )
    return sponsors.set_up(OrganisationFactory(), terms, by=None, form_key=key, source=source)


def accepted(fund, campaign):
    """The fund adds to the campaign's gifts."""
    return sponsors.answer(sponsors.offer(fund, campaign, by=None), by=None, accept=True)


def sums(fund, campaign):
    """What fund, place and tally say, which must be one number."""
    place = MatchedCampaign.objects.get(fund=fund, campaign=campaign)
    stored = MatchingFund.objects.get(pk=fund.pk).matched_minor
    total = sum(Match.objects.filter(fund=fund).values_list("amount_minor", flat=True))
    assert stored == total
    assert Tally.objects.get(campaign=campaign).matched_minor == place.matched_minor - place.settled_minor
    return place.matched_minor


GIFTS = st.lists(st.tuples(st.integers(1, 50_000), st.integers(0, 3), st.booleans()), max_size=30)


@settings(max_examples=300, deadline=None)
@given(
    gifts=GIFTS,
    ratio=st.integers(1, 500),
    gift_cap=st.integers(0, 20_000),
    person_cap=st.integers(0, 40_000),
    total=st.integers(1, 200_000),
)
def test_no_order_breaks_a_cap(gifts, ratio, gift_cap, person_cap, total):
    """Any gifts by anyone, some taken back: no cap is passed, the pot never below zero, taking back restores."""
    rule = matching.Rule(ratio, gift_cap, person_cap)
    left, had = total, dict.fromkeys(range(4), 0)
    for gift, person, goes_back in gifts:
        amount = matching.added(rule, gift, had=had[person], left=left)
        assert 0 <= amount <= gift * ratio // 100
        assert not gift_cap or amount <= gift_cap
        before = left
        left, had[person] = left - amount, had[person] + amount
        assert left >= 0
        assert not person_cap or had[person] <= person_cap
        if goes_back:
            left, had[person] = left + amount, had[person] - amount
            assert left == before
            assert matching.added(rule, gift, had=had[person], left=left) == amount
    assert left + sum(had.values()) == total


@pytest.mark.django_db
def test_a_gift_is_doubled_and_no_more_than_the_pot():
    """D16: what the pot adds is counted once and ends with the pot."""
    fund, campaign = a_fund(7_000), CampaignFactory()
    accepted(fund, campaign)
    received(campaign, 5000, email="a@tiwizi.example")
    received(campaign, 5000, email="b@tiwizi.example")
    received(campaign, 5000, email="c@tiwizi.example")
    assert list(Match.objects.order_by("pk").values_list("amount_minor", flat=True)) == [5000, 2000]
    assert sums(fund, campaign) == 7000
    campaign.refresh_from_db()
    assert campaign.received == money(15_000, EUR)  # the sponsor's word is not money received


@pytest.mark.django_db
def test_one_person_has_one_cap_in_all_campaigns_of_the_pot():
    """The cap per person holds across campaigns by the address, which is stored nowhere in the pot."""
    fund, here, there = a_fund(person=6000), CampaignFactory(), CampaignFactory()
    accepted(fund, here), accepted(fund, there)
    received(here, 5000, email="Same@tiwizi.example")
    received(there, 5000, email="same@tiwizi.example")
    first, second = Match.objects.order_by("pk")
    assert (first.amount_minor, second.amount_minor) == (5000, 1000)
    assert "same" not in first.person_key
    assert first.person_key == second.person_key


@pytest.mark.django_db
def test_undone_then_received_again():
    """A correction takes back what was added; the right entry gets it again."""
    fund, campaign = a_fund(), CampaignFactory()
    accepted(fund, campaign)
    payment = received(campaign, 5000)
    payments.undo(payment, by=manager(campaign.collector), reason="amount")
    assert sums(fund, campaign) == 0
    payments.receive(payment.pledge, receipt(4000), by=None)
    assert sums(fund, campaign) == 4000


@pytest.mark.django_db
def test_a_refund_in_part_and_its_drop():
    """What stands decides: down with a refund, up again to what was granted when it is dropped."""
    fund, campaign = a_fund(gift=3000), CampaignFactory()
    accepted(fund, campaign)
    payment = received(campaign, 5000)
    refund = refunds.request(payment, money(4000, EUR), by=None, reason="donor", form_key="r" * 24)
    assert sums(fund, campaign) == 1000
    refunds.drop(refund, by=manager(campaign.collector))
    assert sums(fund, campaign) == 3000


@pytest.mark.django_db
def test_only_what_is_accepted_in_time_and_currency():
    """An offer, a declined or stopped fund and a late gift add nothing."""
    campaign = CampaignFactory()
    asked = sponsors.offer(a_fund(key="a" * 24), campaign, by=None)
    received(campaign, 1000, email="a@tiwizi.example")
    assert not Match.objects.exists()
    sponsors.answer(asked, by=None, accept=True)
    fund = sponsors.stop(asked.fund, by=None)
    MatchingFund.objects.filter(pk=fund.pk).update(stopped_at=timezone.now() - timedelta(days=2))
    received(campaign, 1000, email="b@tiwizi.example")
    assert not Match.objects.exists()
    with pytest.raises(NotPossible):
        sponsors.stop(fund, by=None)
    with pytest.raises(sponsors.Unfit):
        sponsors.offer(a_fund(key="b" * 24), CampaignFactory(currency="MAD"), by=None)


@pytest.mark.django_db
def test_a_promise_made_in_time_counts_when_its_transfer_comes_later():
    """A donor who promised before the last day keeps the doubling she was shown."""
    fund, campaign = a_fund(), CampaignFactory()
    accepted(fund, campaign)
    pledge = promise(campaign, 5000)
    MatchingFund.objects.filter(pk=fund.pk).update(
        opens_on=timezone.localdate() - timedelta(days=9), closes_on=timezone.localdate() - timedelta(days=1)
    )
    type(pledge).objects.filter(pk=pledge.pk).update(created_at=timezone.now() - timedelta(days=2))
    pledge.refresh_from_db()
    payments.receive(pledge, receipt(5000), by=None)
    assert sums(fund, campaign) == 5000


@pytest.mark.django_db
def test_a_pot_filled_by_givers_holds_what_it_received():
    """A campaign of kind matching fills the pot: only what really came can be added."""
    pot = CampaignFactory(kind=Campaign.Kind.MATCHING)
    fund, campaign = a_fund(50_000, source=pot), CampaignFactory()
    accepted(fund, campaign)
    received(campaign, 5000, email="a@tiwizi.example")
    assert not Match.objects.exists()
    received(pot, 3000, email="p@tiwizi.example")
    received(campaign, 5000, email="b@tiwizi.example")
    assert sums(fund, campaign) == 3000
    with pytest.raises(sponsors.Unfit):
        sponsors.offer(fund, pot, by=None)


@pytest.mark.django_db
def test_the_sponsor_pays_and_its_payment_is_undone():
    """A settlement is a gift that is not doubled; it settles the oldest first, and undoing makes them due again."""
    fund, campaign = a_fund(), CampaignFactory()
    place = accepted(fund, campaign)
    received(campaign, 5000, email="a@tiwizi.example")
    received(campaign, 3000, email="b@tiwizi.example")
    by = manager(campaign.collector)
    paid = sponsors.settle(place, receipt(6000), by=by, form_key="s" * 24)
    again = sponsors.settle(place, receipt(6000), by=by, form_key="s" * 24)
    assert paid.pk == again.pk
    assert list(Match.objects.order_by("pk").values_list("settled_by", flat=True)) == [paid.pk, None]
    assert sums(fund, campaign) == 8000
    assert Tally.objects.get(campaign=campaign).matched_minor == 2000
    assert Tally.objects.get(campaign=campaign).received_minor == 14_000
    payments.undo(paid, by=by, reason="mistake")
    assert not Match.objects.exclude(settled_by=None).exists()
    assert sums(fund, campaign) == 8000
    assert Tally.objects.get(campaign=campaign).matched_minor == 8000


@pytest.mark.django_db
def test_a_gift_that_moves_takes_its_match_along_by_the_rule_there():
    """Taken back where it was, added where it goes; the audit agrees and finds a sum that was touched."""
    here = CampaignFactory(state=Campaign.State.OPEN)
    there = CampaignFactory(collector=here.collector)
    mine, theirs = a_fund(key="a" * 24), a_fund(key="b" * 24, ratio=50)
    accepted(mine, here), accepted(theirs, there)
    payment = received(here, 5000)
    Campaign.objects.filter(pk=here.pk).update(state=Campaign.State.CANCELLED)
    moves.move(payment.pledge, there)
    assert (sums(mine, here), sums(theirs, there)) == (0, 2500)
    for campaign in (here, there):
        campaign.tally.refresh_from_db()
        assert list(sums_audit.of_campaign(campaign)) == []
    assert list(sums_audit.of_funds()) == []
    MatchingFund.objects.filter(pk=theirs.pk).update(matched_minor=1)
    Tally.objects.filter(campaign=there).update(matched_minor=1, supporters=3)
    there.tally.refresh_from_db()
    assert len(list(sums_audit.of_campaign(there))) == 2
    assert len(list(sums_audit.of_funds())) == 1


@pytest.mark.django_db
def test_what_a_pot_pays_is_not_counted_twice():
    """Given once to the pot, received again by the campaign: the figure of all projects counts it once."""
    pot, campaign = CampaignFactory(kind=Campaign.Kind.MATCHING), CampaignFactory()
    place = accepted(a_fund(50_000, source=pot), campaign)
    received(pot, 3000, email="p@tiwizi.example")
    received(campaign, 3000, email="b@tiwizi.example")
    sponsors.settle(place, receipt(3000), by=manager(campaign.collector), form_key="s" * 24)
    assert figures.raised(None) == [money(6000, EUR)]
    assert figures.raised(campaign.project) == [money(6000, EUR)]
    assert figures.raised(pot.project) == [money(3000, EUR)]


@pytest.mark.django_db
def test_a_settled_match_that_grows_again_is_open_once_more():
    """Refunded in part, settled at that, then the refund is dropped: the rest is due again."""
    fund, campaign = a_fund(), CampaignFactory()
    place, by = accepted(fund, campaign), manager(campaign.collector)
    refund = refunds.request(
        received(campaign, 5000), money(2000, EUR), by=None, reason="donor", form_key="r" * 24
    )
    sponsors.settle(place, receipt(3000), by=by, form_key="s" * 24)
    assert Match.objects.get().settled_by is not None
    refunds.drop(refund, by=by)
    assert Match.objects.get().settled_by is None
    place.refresh_from_db()
    assert place.due == money(2000, EUR)
