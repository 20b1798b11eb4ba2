"""What the provider of the demonstration sends by itself: as often as it should, again when nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from plugins.crowdfunding.gateways import demo_events
from plugins.crowdfunding.gateways.base import Status
from plugins.crowdfunding.models import DemoEvent, DemoPayment
from tests.crowdfunding.test_demo_gateway import ACCESS, demo, started

pytestmark = pytest.mark.django_db
__all__ = ["demo"]


def test_events_are_delivered_as_often_as_they_should(demo):
    """Once, twice, again after a 500 and after silence, and not for ever."""
    started(demo, "twice")
    posted, answers = [], iter([500, 200, 200])

    def post(address, body, headers):
        posted.append((address, body, headers))
        return next(answers)

    now = timezone.now()
    assert demo_events.deliver(post, now=now) == 0
    assert demo_events.deliver(post, now=now) == 0
    assert demo_events.deliver(post, now=now + timedelta(minutes=5)) == 2
    assert not DemoEvent.objects.exists()
    assert len({body for _address, body, _headers in posted}) == 1
    assert posted[0][0].endswith("/webhooks/crowdfunding/demo/association/")


def test_an_address_that_never_answers_is_given_up(demo):
    started(demo, "pay")

    def nobody(address, body, headers):
        raise OSError("nobody")

    now = timezone.now()
    for hour in range(30):
        assert demo_events.deliver(nobody, now=now + timedelta(hours=hour)) == 0
    assert not DemoEvent.objects.exists()
    assert demo.find(DemoPayment.objects.get().session, "", ACCESS).status == Status.SETTLED


def test_a_late_event_waits(demo):
    started(demo, "late")
    now = timezone.now()
    assert demo_events.deliver(lambda *_post: 200, now=now) == 0
    assert demo_events.deliver(lambda *_post: 200, now=now + timedelta(seconds=10)) == 1
