"""Milestones: money released by tranche when named witnesses confirm with a photo."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wagtail.models import Collection

from core.domain import photos
from core.models import JournalEntry, Letter
from core.money import money
from plugins.crowdfunding.domain import funds, milestones, witnesses
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, Milestone, Witness
from tests.crowdfunding.factories import CampaignFactory, manager, received
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
EUR = "EUR"
_S = Milestone.State


def photo():
    """A token of a kept photo, as the form gives it."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    out.seek(0)
    return photos.keep(out, len(out.getvalue()))


def step(campaign, *, amount=None, share=None, needed=2, **more):
    return milestones.plan(
        campaign,
        by=None,
        texts={"fr": {"title": "Creuser le puits", "text": "<p>On voit l'eau.</p>"}},
        due_on=timezone.localdate() + timedelta(days=30),
        needed=needed,
        amount=money(amount, EUR) if amount else None,
        share=share,
        **more,
    )


def a_witness(campaign, number=1):
    found = witnesses.invite(campaign, by=None, name=f"Témoin {number}", email=f"w{number}@tiwizi.example")
    return witnesses.accept(found)


def state(row):
    return Milestone.objects.get(pk=row.pk).state


@pytest.fixture(autouse=True)
def collection(db):
    """The root of Wagtail's collections, in which photos are kept."""
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")


@pytest.fixture
def campaign():
    """Two steps: 1,000 € then half of what was received; two witnesses; 3,000 € are there."""
    campaign = CampaignFactory(goal_minor=600_000)
    campaign.first, campaign.second = step(campaign, amount=100_000), step(campaign, share=50)
    campaign.eyes = [a_witness(campaign, 1), a_witness(campaign, 2)]
    received(campaign, 300_000)
    campaign.tally.refresh_from_db()
    return campaign


def confirmed(campaign, row):
    milestones.claim(row, by=None, note="C'est fait")
    for eye in campaign.eyes:
        witnesses.speak(eye, row, confirms=True, photo=photo())


def test_nothing_is_released_before_the_witnesses_saw_it(campaign):
    """D15: claimed, one of two confirmed, both confirmed: only then the tranche is free."""
    assert milestones.releasable(campaign) == money(0, EUR)
    milestones.claim(campaign.first, by=None, note="C'est fait")
    assert Letter.objects.filter(template__endswith="witness_asked").count() == 2
    witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo=photo())
    assert (state(campaign.first), milestones.releasable(campaign)) == (_S.CLAIMED, money(0, EUR))
    witnesses.speak(campaign.eyes[1], campaign.first, confirms=True, photo=photo())
    assert state(campaign.first) == _S.RELEASED
    assert milestones.releasable(campaign) == money(100_000, EUR)
    assert funds.of_campaign(campaign).available == money(100_000, EUR)


def test_steps_are_released_in_order(campaign):
    """The second, confirmed first, waits for the first; with the last all that came is free."""
    confirmed(campaign, campaign.second)
    assert (state(campaign.second), milestones.releasable(campaign)) == (_S.CONFIRMED, money(0, EUR))
    confirmed(campaign, campaign.first)
    assert (state(campaign.first), state(campaign.second)) == (_S.RELEASED, _S.RELEASED)
    assert milestones.releasable(campaign) == money(300_000, EUR)
    assert JournalEntry.objects.filter(verb="crowdfunding.milestone.released").count() == 2


def test_an_objection_holds_the_money_until_a_new_claim(campaign):
    """One objects: held; the team claims again, and earlier confirmations do not count."""
    milestones.claim(campaign.first, by=None, note="Fait")
    witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo=photo())
    witnesses.speak(campaign.eyes[1], campaign.first, confirms=False, words="Pas d'eau")
    assert state(campaign.first) == _S.OBJECTED
    milestones.claim(campaign.first, by=None, note="Cette fois oui")
    witnesses.speak(campaign.eyes[1], campaign.first, confirms=True, photo=photo())
    assert state(campaign.first) == _S.CLAIMED
    witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo=photo())
    assert state(campaign.first) == _S.RELEASED


def test_who_may_not_speak(campaign):
    """No photo, twice, nothing claimed, not accepted: refused, nothing written."""
    with pytest.raises(NotPossible):
        witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo=photo())
    milestones.claim(campaign.first, by=None, note="Fait")
    with pytest.raises(witnesses.PhotoMissing):
        witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo="forged")
    witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo=photo())
    with pytest.raises(witnesses.AlreadySaid):
        witnesses.speak(campaign.eyes[0], campaign.first, confirms=False, words="non")
    new = witnesses.invite(campaign, by=None, name="N", email="n@tiwizi.example")
    with pytest.raises(NotPossible):
        witnesses.speak(new, campaign.first, confirms=True, photo=photo())
    with pytest.raises(witnesses.AlreadyInvited):
        witnesses.invite(campaign, by=None, name="N", email="N@tiwizi.example")
    assert campaign.first.testimonies.count() == 1


def test_steps_are_fixed_once_somebody_gave(campaign):
    """Donors gave under these steps: no change, no removal, and a witness is not simply taken off."""
    with pytest.raises(milestones.Fixed):
        step(campaign, amount=5000)
    with pytest.raises(milestones.Fixed):
        milestones.remove(campaign.first)
    assert not milestones.changeable(campaign)
    eye = Witness.objects.get(pk=campaign.eyes[0].pk)
    assert not witnesses.may_remove(manager(campaign.collector), eye)
    assert witnesses.may_remove(PersonFactory(is_animator=True), eye)


def test_tranches_fit_the_goal_and_claims_need_witnesses():
    """Not more than the goal; not claimed with fewer witnesses than needed; an advance needs none."""
    campaign = CampaignFactory(goal_minor=100_000)
    row = step(campaign, amount=60_000)
    with pytest.raises(milestones.TooMuch):
        step(campaign, share=50)
    with pytest.raises(milestones.NotEnoughWitnesses):
        milestones.claim(row, by=None, note="Fait")
    assert state(row) == _S.PLANNED
    advance = step(campaign, amount=10_000, needed=0)
    milestones.remove(row)
    advance.refresh_from_db()
    assert advance.position == 1
    milestones.claim(advance, by=None, note="Avance")
    assert state(advance) == _S.RELEASED


def test_witnesses_are_reminded_twice(campaign):
    """After 7 and 14 days, only who has not spoken, never twice."""
    milestones.claim(campaign.first, by=None, note="Fait")
    witnesses.speak(campaign.eyes[0], campaign.first, confirms=True, photo=photo())
    asked = Letter.objects.filter(template__endswith="witness_asked").count()
    for days in (6, 8, 8, 15, 15, 40):
        witnesses.remind(timezone.now() + timedelta(days=days))
    assert Letter.objects.filter(template__endswith="witness_asked").count() == asked + 2


def test_without_steps_everything_may_be_paid_out():
    campaign = CampaignFactory()
    received(campaign, 5000)
    campaign.tally.refresh_from_db()
    assert milestones.releasable(campaign) == money(5000, EUR)


TRANCHES = st.lists(
    st.tuples(st.integers(1, 50_000), st.booleans(), st.sampled_from(list(_S))), min_size=1, max_size=8
)


@given(TRANCHES, st.integers(0, 100_000))
def test_never_more_than_was_received(tranches, there):
    """Whatever the steps and their states: between nothing and what is there; all of it when all are released."""
    rows = [
        Milestone(
            state=kept,
            amount_minor=amount if fixed else None,
            share_percent=None if fixed else amount % 100 + 1,
        )
        for amount, fixed, kept in tranches
    ]
    found = milestones.released(rows, money(there, EUR))
    assert money(0, EUR) <= found <= money(there, EUR)
    if all(row.state == _S.RELEASED for row in rows):
        assert found == money(there, EUR)
    assert Campaign.objects.count() == 0
