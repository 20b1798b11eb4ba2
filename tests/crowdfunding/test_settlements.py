"""From the card provider to the bank: card gifts can be passed on once the provider paid them out."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import funds, ledger, payments, settlements
from plugins.crowdfunding.models import Ledger, Pledge, Settlement
from tests.crowdfunding.factories import manager, received, treasurer
from tests.crowdfunding.money_way import passing, sent
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def campaign():
    """100 € given by card, still at the provider."""
    made = passing()
    payment = received(made, 10_000)
    payments.undo(payment, by=None, reason="mistake")
    side = ledger.Side
    ledger.post(
        made.project,
        "gift",
        [
            side("provider", made.collector, money(10_000, "EUR")),
            side("gifts", made.collector, money(-10_000, "EUR")),
        ],
        cause=ledger.Cause("payment", payment.uid),
        key=f"card:{payment.uid}",
        booked_on=TODAY(),
    )
    type(payment).objects.filter(pk=payment.pk).update(state="received", channel="card")
    Pledge.objects.update(state="received")
    return made


def settle(campaign, minor=10_000, key="k" * 32):
    parts = [(campaign.project, money(minor, "EUR"))]
    facts = {"on": TODAY(), "reference": "po_1", "by": None, "form_key": key}
    return settlements.settle(campaign.collector, parts, **facts)


def test_card_gifts_wait_at_the_provider(campaign):
    with pytest.raises(funds.NotEnough):
        sent(campaign, 100)
    assert settlements.at_provider(campaign.collector) == [(campaign.project, money(10_000, "EUR"))]
    settle(campaign, 9_000)
    assert settlements.at_provider(campaign.collector) == [(campaign.project, money(1_000, "EUR"))]
    sent(campaign, 9_000)
    with pytest.raises(funds.NotEnough):
        sent(campaign, 1)


def test_never_more_than_stands_there_and_never_twice(campaign):
    with pytest.raises(funds.NotEnough):
        settle(campaign, 10_001)
    assert not Settlement.objects.exists()
    assert settle(campaign) == settle(campaign)
    assert Settlement.objects.count() == 1


def test_the_same_form_with_another_amount_is_not_said_to_be_entered(client, campaign):
    """Back in the browser, the amount changed: told, and entered when it is sent again."""
    client.force_login(treasurer(campaign.collector))
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/settlements/"
    name = f"part_{campaign.project.pk}_EUR"
    data = {name: "60", "settled_on": TODAY().isoformat(), "form_key": "k" * 32, "step": "do"}
    assert client.post(url, data).status_code == 302
    answer = client.post(url, data | {name: "40"})
    assert answer.status_code == 422
    assert Settlement.objects.get().amount_minor == 6_000
    again = answer.context["form"].data["form_key"]
    assert client.post(url, data | {name: "40", "form_key": again}).status_code == 302
    assert settlements.at_provider(campaign.collector) == []


def test_taken_back_once_and_not_when_it_was_passed_on(campaign):
    (row,) = settle(campaign)
    payout = sent(campaign, 10_000)
    with pytest.raises(funds.NotEnough):
        settlements.undo(row, by=None)
    from plugins.crowdfunding.domain import payouts

    payouts.undo(payout, by=None)
    settlements.undo(row, by=None)
    with pytest.raises(settlements.AlreadyUndone):
        settlements.undo(row, by=None)
    assert settlements.at_provider(campaign.collector) == [(campaign.project, money(10_000, "EUR"))]


def test_entered_on_the_page(client, campaign):
    url = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/settlements/"
    assert client.get(url).status_code == 302
    for person in (PersonFactory(), manager(campaign.collector), treasurer(campaign.receiver)):
        client.force_login(person)
        assert client.get(url).status_code == 403
    client.force_login(treasurer(campaign.collector))
    page = client.get(url).content.decode()
    name = f"part_{campaign.project.pk}_EUR"
    assert f'name="{name}"' in page
    data = {name: "60", "settled_on": TODAY().isoformat(), "form_key": "k" * 32, "reference": "po"}
    for wrong in ({name: "101"}, {name: ""}, {name: "x"}, {"settled_on": "2999-01-01"}, {"form_key": ""}):
        assert client.post(url, data | wrong | {"step": "do"}).status_code == 422
    assert client.post(url, data).status_code == 200
    length = Ledger.objects.get().length
    for _turn in range(2):
        assert client.post(url, data | {"step": "do"}).status_code in {302, 422}
    assert Ledger.objects.get().length == length + 1
    undo = f"{url}{Settlement.objects.get().uid}/undo/"
    assert client.get(undo).status_code == 200
    assert client.post(undo).status_code == 302
    assert client.post(undo).status_code == 302
    assert Settlement.objects.get().undone_at
    public = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/").content.decode()
    assert "60\u00a0€" in public
