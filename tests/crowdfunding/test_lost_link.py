"""Private links found again by their address, and by nobody else."""

from __future__ import annotations

import re

import pytest

from core.domain.mail import deliver_letters
from tests.crowdfunding.factories import CampaignFactory, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def test_a_lost_link_answers_alike_whether_known_or_not(client, campaign, mailoutbox):
    """Nobody learns from the page who gave."""
    pledge = promise(campaign)
    deliver_letters()
    before = len(mailoutbox)
    sent = {}
    for email in ("donor@tiwizi.example", "nobody@tiwizi.example", " DONOR@tiwizi.example "):
        answer = client.post("/fr/crowdfunding/lost-link/", {"email": email})
        sent[email] = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        assert answer.status_code == 200
    assert len(set(sent.values())) == 1
    deliver_letters()
    assert [mail.to for mail in mailoutbox[before:]] == [["donor@tiwizi.example"]]
    assert pledge.token in mailoutbox[-1].body
    assert client.post("/fr/crowdfunding/lost-link/", {"email": "x"}).status_code == 422
    answers = [client.post("/fr/crowdfunding/lost-link/", {"email": "a@b.example"}) for _time in range(10)]
    assert answers[-1].status_code == 422
