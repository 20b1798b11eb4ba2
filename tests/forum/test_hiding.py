"""A hidden discussion is hidden everywhere its messages went."""

from __future__ import annotations

import pytest

from core.models import JournalEntry
from plugins.forum import verbs
from plugins.forum.domain import hiding, threads, travel
from plugins.forum.federation import mappings
from plugins.forum.models import Thread
from tests.factories import PersonFactory, ProjectFactory
from tests.forum.factories import answer, say
from tests.forum.test_travel import note

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread():
    """Three messages of ours, one of them deleted or hidden already, and one from elsewhere."""
    first = say(ProjectFactory(), "Un")
    hidden = answer(first, "Deux")
    answer(first, "Trois")
    travel.receive(note(first.ref))
    type(hidden).objects.filter(pk=hidden.pk).update(state="hidden")
    return Thread.objects.get()


def told(verb):
    return JournalEntry.objects.filter(verb=verb).count()


def test_hiding_withdraws_our_visible_messages_and_restoring_sends_them_again(thread, mailoutbox):
    animator = PersonFactory(is_animator=True)
    threads.hide(thread, animator, reason="Insultes")
    threads.hide(thread, animator, reason="Insultes")
    assert told(verbs.WITHDRAWN) == 2
    threads.restore(thread, animator, reason="Relu")
    threads.restore(thread, animator, reason="Relu")
    assert (told(verbs.WITHDRAWN), told(verbs.RETURNED)) == (2, 2)
    threads.hide(thread, animator, reason="Encore")
    assert told(verbs.WITHDRAWN) == 4
    assert not JournalEntry.objects.filter(verb__in=[verbs.WITHDRAWN, verbs.RETURNED], public=True).exists()


def test_a_long_discussion_is_withdrawn_by_and_by(thread, monkeypatch):
    """Hiding writes a bounded number of entries; the schedule writes the rest, once."""
    monkeypatch.setattr(hiding, "MOST", 1)
    threads.hide(thread, None, reason="Insultes")
    assert told(verbs.WITHDRAWN) == 1
    hiding.catch_up()
    hiding.catch_up()
    assert told(verbs.WITHDRAWN) == 2


def test_both_verbs_travel():
    assert mappings[0].verbs[verbs.WITHDRAWN] == "Delete"
    assert mappings[0].verbs[verbs.RETURNED] == "Create"


def test_the_schedule_runs(thread):
    from plugins.forum.tasks import schedules

    assert [schedule.task.func() for schedule in schedules] == [0]
