"""Two who promise to the same line at once: one of them is told (D16)."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from plugins.crowdfunding.domain import in_kind, lines
from plugins.crowdfunding.models import InKindOffer, Share
from tests.crowdfunding.factories import CampaignFactory
from tests.crowdfunding.test_lines import budget, share, things

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts) -> list[object]:
    """Do all at the same moment, each on its own connection; gives what each gave or raised."""
    ready, got = Barrier(len(acts)), []

    def run(act) -> None:
        ready.wait(timeout=30)
        try:
            got.append(act())
        except Exception as error:
            got.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return got


def test_two_shares_at_once_do_not_pass_unnoticed():
    line = budget(CampaignFactory().project, size=100_000)
    got = at_once(*[lambda: share(line, 60_000)] * 2)
    assert sorted(type(one).__name__ for one in got) == ["Overfunded", "Share"]
    assert Share.objects.count() == 1


def test_two_acceptances_at_once_do_not_pass_unnoticed_and_number_their_deeds():
    campaign = CampaignFactory()
    line = budget(campaign.project, "in_kind", 10)
    offered = [things(campaign, line, 6) for _number in range(2)]
    got = at_once(*[lambda row=row: in_kind.accept(row, "", by=None) for row in offered])
    assert sorted(type(one).__name__ for one in got) == ["InKindOffer", "Overfunded"]
    assert list(InKindOffer.objects.filter(state="accepted").values_list("deed_number", flat=True)) == [1]
    assert lines.of_line(line).promised == 6


def test_one_offer_accepted_twice_at_once_has_one_deed():
    campaign = CampaignFactory()
    row = things(campaign, None, 6)
    got = at_once(*[lambda: in_kind.accept(row, "", by=None)] * 3)
    assert sorted(type(one).__name__ for one in got) == ["InKindOffer", "NotPossible", "NotPossible"]
    assert InKindOffer.objects.get().deed_number == 1
