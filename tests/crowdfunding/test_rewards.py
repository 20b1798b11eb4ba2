"""Rewards: offered, chosen with a gift, never oversold, given back, and who may do what."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import payments, pledges, refunds, rewards
from plugins.crowdfunding.domain.lifecycles import PLEDGE
from plugins.crowdfunding.models import Campaign, Delivery, Pledge, Reward
from tests.crowdfunding.factories import (
    CampaignFactory,
    RewardFactory,
    chosen,
    manager,
    receipt,
    treasurer,
)
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def give(client, campaign, language="fr", **fields):
    data = {"other": "50", "email": "donor@tiwizi.example", "form_key": secrets.token_urlsafe(24)}
    return client.post(f"/{language}/crowdfunding/campaigns/{campaign.slug}/give/", data | fields)


def state(pledge):
    return Delivery.objects.get(pledge=pledge).state


def test_a_reward_is_chosen_with_the_gift_and_sent_once_the_money_is_there(client, campaign):
    reward = RewardFactory(campaign=campaign, stock=2)
    link = f"/fr/crowdfunding/campaigns/{campaign.slug}/give/?reward={reward.uid}"
    form = client.get(link).context["form"]
    assert form["reward"].initial == reward.uid
    assert form["other"].initial == "30"
    answer = give(client, campaign, reward=reward.uid)
    assert answer.status_code == 302
    pledge = Pledge.objects.get()
    assert state(pledge) == "reserved"
    assert "mise de côté" in client.get(answer.url).content.decode()
    payments.receive(pledge, receipt(), by=None)
    assert state(pledge) == "to_send"


def test_a_gift_below_the_reward_says_so_and_keeps_the_form(client, campaign):
    reward = RewardFactory(campaign=campaign)
    answer = give(client, campaign, other="10", reward=reward.uid, name="Zahra")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Zahra" in page
    assert 'href="#id_reward_field"' in page
    assert not Pledge.objects.exists()


def test_the_last_one_cannot_be_chosen_twice(client, campaign):
    """Two donors fill the form while one is left: the second is told and no promise is half made."""
    reward = RewardFactory(campaign=campaign, stock=1)
    assert give(client, campaign, reward=reward.uid).status_code == 302
    late = give(client, campaign, reward=reward.uid, email="late@x.example")
    assert late.status_code == 422
    assert Pledge.objects.count() == 1
    with pytest.raises(rewards.SoldOut):
        chosen(campaign, reward, email="late@x.example")
    assert Pledge.objects.count() == 1


def test_one_per_donor(campaign):
    reward = RewardFactory(campaign=campaign, per_donor=1)
    chosen(campaign, reward)
    with pytest.raises(rewards.OnePerDonor):
        chosen(campaign, reward)
    chosen(campaign, reward, email="other@x.example")


def test_what_is_not_offered_cannot_be_claimed(campaign):
    elsewhere = RewardFactory(campaign=CampaignFactory())
    gone = RewardFactory(campaign=campaign)
    rewards.withdraw(gone, by=None)
    collective = RewardFactory(campaign=campaign, kind="collective", from_minor=0)
    dear = RewardFactory(campaign=campaign, from_minor=90_000)
    for reward in (elsewhere, gone, collective, dear):
        with pytest.raises(rewards.NotOffered):
            chosen(campaign, reward)
    assert not Pledge.objects.exists()


def test_the_same_form_with_another_reward_is_told(client, campaign):
    one, two = RewardFactory(campaign=campaign), RewardFactory(campaign=campaign)
    key = secrets.token_urlsafe(24)
    first = give(client, campaign, form_key=key, reward=one.uid)
    assert give(client, campaign, form_key=key, reward=one.uid).url == first.url
    assert give(client, campaign, form_key=key, reward=two.uid).status_code == 422
    assert Delivery.objects.get().reward == one


def test_each_end_of_a_promise_gives_the_reward_back(campaign):
    reward = RewardFactory(campaign=campaign, stock=1)
    pledges.cancel(chosen(campaign, reward))
    pledges.expire(chosen(campaign, reward, email="b@x.example"))
    pledges.release(chosen(campaign, reward, email="c@x.example"))
    paid = chosen(campaign, reward, email="d@x.example")
    payment = payments.receive(paid, receipt(), by=None)
    refunds.request(payment, money(5000, "EUR"), reason="donor", by=None, form_key="refund-of-a-test")
    assert state(paid) == "freed"
    assert Reward.objects.shown().get().left == 1


def test_an_undone_payment_puts_the_reward_back_to_waiting(campaign):
    pledge = chosen(campaign, RewardFactory(campaign=campaign))
    payment = payments.receive(pledge, receipt(), by=None)
    payments.undo(payment, by=None, reason="mistake")
    assert state(pledge) == "reserved"


def test_money_that_comes_late_takes_one_again_if_there_is_one(client, campaign):
    reward = RewardFactory(campaign=campaign, stock=1)
    late = chosen(campaign, reward)
    pledges.cancel(late)
    payments.receive(late, receipt(), by=None)
    assert state(late) == "to_send"
    pledge = chosen(campaign, RewardFactory(campaign=campaign, stock=1))
    pledges.cancel(pledge)
    chosen(campaign, Reward.objects.last(), email="fast@x.example")
    payments.receive(pledge, receipt(), by=None)
    assert state(pledge) == "freed"
    assert "il n’en reste plus" in client.get(pledge.get_absolute_url()).content.decode()


def test_every_state_of_a_pledge_says_what_becomes_of_its_reward(campaign):
    """A state added later must be named here: waiting, there, contested, or ended."""
    kept = {"started", "pledged", "secured", "due", "received", "disputed"}
    assert {str(state) for state in rewards.ENDED} | kept == set(PLEDGE)
    assert set(rewards.DELIVERY) == set(Delivery.State)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["choose", "cancel", "expire", "receive", "undo", "refund"]), st.integers(0, 5)
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(acts=ACTS, stock=st.integers(1, 3))
def test_no_sequence_oversells(acts, stock):
    """Whatever happens to promises and payments, no more than the stock is held, and ended ones hold nothing."""
    campaign = CampaignFactory()
    reward = RewardFactory(campaign=campaign, stock=stock)
    for number, (act, which) in enumerate(acts):
        made = list(Pledge.objects.filter(campaign=campaign).order_by("pk"))
        try:
            if act == "choose" or not made:
                chosen(campaign, reward, email=f"{number}@x.example")
                continue
            play(act, made[which % len(made)])
        except (ValueError, AssertionError):
            continue
        finally:
            held = Delivery.objects.filter(reward=reward, state__in=Delivery.HOLDING)
            assert held.count() <= stock
            assert not held.filter(pledge__state__in=rewards.ENDED).exists()
            waits = Delivery.objects.filter(reward=reward, state="to_send")
            assert not waits.exclude(pledge__state="received").exists()


def play(act, pledge):
    """One act on a pledge; ValueErrors say that it is not possible now."""
    payment = pledge.payments.filter(state="received").first()
    if act == "cancel":
        pledges.cancel(pledge)
    elif act == "expire":
        pledges.expire(pledge)
    elif act == "receive":
        payments.receive(pledge, receipt(), by=None)
    elif payment is not None and act == "undo":
        payments.undo(payment, by=None, reason="mistake")
    elif payment is not None:
        key = f"refund-{payment.uid}"
        refunds.request(payment, payment.amount, reason="donor", by=None, form_key=key)


def form(**fields):
    return {
        "kind": "individual", "title_fr": "Miel de la coopérative", "body_fr": "Un pot <b>500 g</b>",
        "amount": "40", "stock": "12", "needs_address": "on",
    } | fields  # fmt: skip


def page(campaign, rest=""):
    return f"/fr/crowdfunding/campaigns/{campaign.slug}/rewards/{rest}"


def test_a_team_offers_edits_and_withdraws(client, campaign):
    """D33: what a cooperative makes is a reward, with its name on it."""
    cooperative = OrganisationFactory(status="admitted")
    client.force_login(manager(campaign.collector))
    assert "Rien n’est encore proposé" in client.get(page(campaign)).content.decode()
    assert client.post(page(campaign, "new/"), form(producer=cooperative.pk)).status_code == 302
    client.post(page(campaign, "new/"), form(producer=cooperative.pk))
    reward = Reward.objects.get()
    assert (reward.from_minor, reward.stock, reward.producer) == (4000, 12, cooperative)
    assert "<b>" not in reward.description
    client.logout()
    public = client.get(campaign.get_absolute_url()).content.decode()
    assert "Miel de la coopérative" in public
    assert str(cooperative) in public
    client.force_login(treasurer(campaign.collector))
    chosen(campaign, reward)
    chosen(campaign, reward, email="b@x.example")
    assert client.post(page(campaign, f"{reward.uid}/edit/"), form(stock="1")).status_code == 422
    assert client.post(page(campaign, f"{reward.uid}/edit/"), form(kind="collective")).status_code == 422
    assert client.post(page(campaign, f"{reward.uid}/edit/"), form(stock="2")).status_code == 302
    assert client.get(page(campaign, f"{reward.uid}/act/withdraw/")).status_code == 200
    client.post(page(campaign, f"{reward.uid}/act/withdraw/"))
    assert rewards.offered(campaign) == []
    client.post(page(campaign, f"{reward.uid}/act/again/"))
    assert len(rewards.offered(campaign)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title_fr": ""},
        {"amount": ""},
        {"amount": "abc"},
        {"stock": "0"},
        {"kind": "x"},
        {"delivery_on": "2026"},
        {"kind": "collective", "licence": "other"},
        {"title_ar": "", "body_ar": "نص"},
    ],
)
def test_a_wrong_offer_gets_a_sentence(client, campaign, wrong):
    client.force_login(manager(campaign.collector))
    answer = client.post(page(campaign, "new/"), form(**wrong))
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert not Reward.objects.exists()


def test_only_the_team_changes_rewards(client, campaign):
    reward = RewardFactory(campaign=campaign)
    places = [page(campaign, rest) for rest in ("", "new/", f"{reward.uid}/edit/", f"{reward.uid}/publish/")]
    animator = PersonFactory(is_animator=True)
    volunteer = MembershipFactory(organisation=campaign.collector, role="member").person
    for person in (None, PersonFactory(), animator, volunteer, manager(OrganisationFactory())):
        client.logout()
        if person is not None:
            client.force_login(person)
        expected = 302 if person is None else 403
        assert [client.get(place).status_code for place in places] == [expected] * len(places)
        assert client.post(page(campaign, f"{reward.uid}/act/withdraw/")).status_code == expected
    assert rewards.offered(campaign)


def test_a_reward_of_another_campaign_is_not_found(client, campaign):
    other = RewardFactory(campaign=CampaignFactory())
    client.force_login(manager(campaign.collector))
    assert client.get(page(campaign, f"{other.uid}/edit/")).status_code == 404


def test_an_account_deleted_donor_keeps_no_letter(campaign, mailoutbox):
    """No address, no letter; the reward stays on the private page."""
    pledge = chosen(campaign, RewardFactory(campaign=campaign), email="")
    payments.receive(pledge, receipt(), by=None)
    deliver_letters()
    assert mailoutbox == []
    assert Campaign.objects.get().tally.received_minor == 5000
