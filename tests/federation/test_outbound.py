"""From the journal to activities: each change told once, to whom it concerns, and nothing that is not public."""

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from core.domain import projects
from core.models import JournalEntry, Project
from plugins.federation.domain import actors, outbound
from plugins.federation.models import OutboundEvent, Outgoing, ReceivedObject, SharedObject
from tests.factories import PersonFactory, ProjectFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
    article,
    followed,
    follower,
    note,
    person_there,
    receive,
    remote_actor,
    share_all,
)

pytestmark = pytest.mark.django_db


def published(**fields) -> Project:
    """A project published the way people do it."""
    project = ProjectFactory(status=Project.Status.WAITING, **fields)
    projects.publish(project, by=None)
    return project


def test_journal_entry_writes_an_event_in_its_transaction(tree):
    """D20: what is published is a row of work before anything is sent."""
    project = published()
    event = OutboundEvent.objects.get()
    assert (event.kind, event.ref, event.state) == ("Create", project.ref, "waiting")
    assert event.entry == JournalEntry.objects.get(verb="core.project.published")
    assert not Outgoing.objects.exists()


def test_publication_reaches_followers_once(tree):
    """J6: one activity, one delivery per inbox, however often the event is worked on."""
    follower()
    follower(remote_actor(f"{ELSEWHERE}/ap/instance"))
    project = published()
    event = OutboundEvent.objects.get()
    ((activity, inboxes),) = share_all()
    outbound.share(event)
    assert share_all() == []
    assert activity["type"] == "Create"
    assert activity["actor"] == actors.uri_of(project.owner)
    assert activity["object"]["id"] == actors.object_uri(project.ref)
    assert activity["id"] == actors.activity_uri(event.uid)
    assert inboxes == [f"{THERE}/ap/inbox", f"{ELSEWHERE}/ap/inbox"]


def test_edit_and_withdrawal_are_told(tree):
    """J6: an edit shows, a withdrawal removes; the deletion carries no text."""
    follower()
    project = published()
    share_all()
    projects.edit(project, by=None, texts={"fr": {"title": "Changé", "story": "<p>x</p>"}})
    ((update, _),) = share_all()
    assert (update["type"], update["object"]["name"]) == ("Update", "Changé")
    projects.withdraw(project, by=None)
    ((delete, inboxes),) = share_all()
    assert (delete["type"], delete["object"]["type"]) == ("Delete", "Tombstone")
    assert "Changé" not in str(delete)
    assert inboxes == [f"{THERE}/ap/inbox"]
    projects.publish(project, by=None)
    assert [activity["type"] for activity, _ in share_all()] == ["Create"]


def test_late_events_say_what_is_true_now(tree):
    """Published and withdrawn before the worker looked: nothing leaves at all."""
    follower()
    project = published()
    projects.withdraw(project, by=None)
    assert share_all() == []
    assert not SharedObject.objects.exists()
    assert not OutboundEvent.objects.filter(state="waiting").exists()


def test_drafts_and_received_projects_do_not_leave(tree):
    """No loop: what came from another instance is never sent on as ours."""
    followed()
    receive("Create", article())
    follower()
    project = Project.objects.get(origin_uri=article()["id"])
    projects.edit(project, by=None)
    projects.move_stage(project, "done", by=None)
    assert share_all() == []


def test_a_reply_to_a_received_project_goes_to_its_origin(tree):
    """J6: what is written here stands there, signed by its author, even when they do not follow us."""
    from tests.forum.factories import say

    followed()
    receive("Create", article())
    project = Project.objects.get(origin_uri=article()["id"])
    author = PersonFactory(name="Idir")
    say(project, "Je peux aider", author=author)
    ((activity, inboxes),) = share_all()
    assert activity["actor"] == actors.uri_of(author)
    assert activity["object"]["inReplyTo"] == article()["id"]
    assert activity["object"]["context"] == article()["id"]
    assert inboxes == [f"{THERE}/ap/inbox"]
    assert author.email not in str(activity)


def test_a_reply_from_elsewhere_is_passed_on_to_the_others(tree):
    """FEP-1b12: followers of the instance hear what somebody elsewhere said here, except who said it."""
    follower()
    follower(remote_actor(f"{ELSEWHERE}/ap/instance"))
    project = published()
    share_all()
    row = receive("Create", note(to=actors.object_uri(project.ref), by=person_there()))
    ((announce, inboxes),) = share_all()
    assert (announce["type"], announce["actor"]) == ("Announce", actors.instance_uri())
    assert announce["object"]["id"] == row.uri
    assert announce["object"]["type"] == "Create"
    assert inboxes == [f"{ELSEWHERE}/ap/inbox"]


def test_readers_of_the_instance_get_a_boost(tree):
    """D28: who follows the instance from elsewhere sees what an organisation published as a boost of it."""
    reader = follower(person_there("Reader", host=ELSEWHERE))
    project = published()
    found = {activity["type"]: (activity, inboxes) for activity, inboxes in share_all()}
    announce, inboxes = found["Announce"]
    assert announce["object"] == actors.object_uri(project.ref)
    assert announce["actor"] == actors.instance_uri()
    assert inboxes == [reader.inbox]


def test_an_event_that_fails_is_tried_again(tree):
    """A mistake in a plug-in's view of its object loses nothing."""
    follower()
    published()
    with mock.patch.object(outbound, "describe", side_effect=RuntimeError("broken")):
        outbound.share_due()
    event = OutboundEvent.objects.get()
    assert (event.state, event.attempts) == ("waiting", 1)
    assert "broken" in event.last_error
    assert share_all() == []
    OutboundEvent.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert [activity["type"] for activity, _ in share_all()] == ["Create"]


def test_an_event_that_keeps_failing_ends(tree):
    """A human sees why; the worker does not try for ever."""
    published()
    with mock.patch.object(outbound, "describe", side_effect=RuntimeError("broken")):
        for _round in range(len(outbound.RETRY) + 1):
            OutboundEvent.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
            outbound.share_due()
    assert OutboundEvent.objects.get().state == "failed"


def test_what_stood_before_federation_is_enrolled_quietly(tree):
    """Turning the plug-in on later fills the outbox and sends nothing."""
    follower()
    ProjectFactory.create_batch(2)
    ProjectFactory(status="waiting")
    assert outbound.catch_up() == 2
    assert outbound.catch_up() == 0
    assert SharedObject.objects.count() == 2
    assert share_all() == []


def test_verbs_that_do_not_travel_cost_nothing(tree):
    """An entry without a mapping writes no event."""
    project = ProjectFactory(status="waiting")
    projects.decline(project, by=PersonFactory(), reason="non")
    assert not OutboundEvent.objects.exists()


def test_a_person_who_leaves_is_forgotten_elsewhere(tree):
    """Erasure: the other instances are asked to delete the actor; the export names what they may hold."""
    from plugins.federation.privacy import erase, export
    from tests.forum.factories import say

    follower()
    project = published()
    author = PersonFactory()
    say(project, "Un mot", author=author)
    share_all()
    assert export(author)[0]["actor"] == actors.uri_of(author)
    before = Outgoing.objects.count()
    erase(author)
    from tests.federation.factories import sent

    ((delete, inboxes),) = sent()[before:]
    assert (delete["type"], delete["actor"], delete["object"]) == (
        "Delete",
        actors.uri_of(author),
        actors.uri_of(author),
    )
    assert inboxes == [f"{THERE}/ap/inbox"]
    assert actors.local(actors.uri_of(author)) is None
    assert not ReceivedObject.objects.exists()
