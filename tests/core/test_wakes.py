"""Waking workers: once however many rows wait, again as soon as the worker has begun, and never before the commit."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction

from core.domain import mail, wakes
from core.tasks import send_due_letters
from plugins.federation.tasks import send_deliveries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def woken(monkeypatch):
    """The names of the tasks enqueued since."""
    found: list[str] = []
    monkeypatch.setattr(type(send_due_letters), "enqueue", lambda task: found.append(task.func.__name__))
    return found


def post(number: int) -> None:
    mail.post("a@tiwizi.example", "core/mail/code", {}, language="fr", key=f"trial.{number}")


def test_many_rows_of_many_transactions_wake_once(woken):
    for first in (0, 10):
        with transaction.atomic():
            for number in range(first, first + 3):
                post(number)
            assert len(woken) == bool(first)
    assert woken == ["send_due_letters"]


def test_each_task_is_woken_for_itself(woken):
    with transaction.atomic():
        post(1)
        wakes.wake(send_deliveries)
    assert woken == ["send_due_letters", "send_deliveries"]


def test_what_is_written_after_the_worker_began_wakes_it_again(woken):
    post(1)
    send_due_letters.call()
    post(2)
    assert woken == ["send_due_letters"] * 2


def test_what_is_rolled_back_wakes_nobody(woken):
    with pytest.raises(RuntimeError), transaction.atomic():
        post(1)
        raise RuntimeError
    assert woken == []
    post(1)
    assert woken == ["send_due_letters"]


def test_a_wake_that_nobody_heard_is_sent_again(woken):
    post(1)
    cache.clear()  # its time is over
    post(2)
    assert len(woken) == 2
