"""Many donors want the last rewards at the same moment, others give theirs back: the stock is never exceeded."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from plugins.crowdfunding.domain import pledges, rewards
from plugins.crowdfunding.models import Campaign, Delivery, Pledge
from tests.crowdfunding.factories import CampaignFactory, RewardFactory, chosen

pytestmark = pytest.mark.django_db(transaction=True)
DONORS, STOCK = 12, 4


def test_the_last_ones_are_claimed_once():
    campaign = CampaignFactory()
    reward = RewardFactory(campaign=campaign, stock=STOCK)
    done: list[str] = []
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            made = chosen(campaign, reward, email=f"{number}@x.example")
            if number % 3 == 0:
                pledges.cancel(made)
            done.append("kept" if number % 3 else "given back")
        except rewards.SoldOut:
            done.append("sold out")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(DONORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(done) == DONORS
    held = Delivery.objects.filter(reward=reward, state__in=Delivery.HOLDING)
    assert held.count() == done.count("kept") <= STOCK
    assert Pledge.objects.count() == DONORS - done.count("sold out")
    waiting = Campaign.objects.get().tally
    assert waiting.promises == done.count("kept")
