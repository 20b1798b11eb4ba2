"""Answers from elsewhere to what is public here: taken from anyone who can be verified, passed on once."""

import pytest
from django.apps import apps

from plugins.federation.domain import actors, processing
from plugins.federation.models import OutboundEvent
from tests.factories import ProjectFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
    actor_document,
    note,
    person_there,
    receive,
    share_all,
)
from tests.federation.test_outbound import published

if not apps.is_installed("plugins.forum"):
    pytest.skip("answers need the forum", allow_module_level=True)
from plugins.forum.models import Post

pytestmark = pytest.mark.django_db
Ignored = processing.Ignored


@pytest.fixture(autouse=True)
def offline(web):
    """Nothing in these tests reaches a network."""
    return web


def test_reply_to_our_project_is_taken_from_anyone(web, tree):
    """J6, D28: whoever can be verified may answer what is public here; the answer is passed on once."""
    project = published()
    share_all()
    writer = person_there("Mastodonte", host=ELSEWHERE)
    message = note("Je viens", to=actors.object_uri(project.ref), by=writer)
    receive("Create", message)
    post = Post.objects.get()
    assert (post.author_name, post.origin) == ("Mastodonte", ELSEWHERE)
    assert OutboundEvent.objects.filter(kind="Announce").count() == 1
    share_all()
    receive("Delete", {"id": message["id"], "type": "Tombstone"}, actor=writer.uri)
    post.refresh_from_db()
    assert post.state == Post.State.DELETED
    assert OutboundEvent.objects.filter(kind="Announce").count() == 2


def test_reply_to_what_is_not_public_is_ignored(web, tree):
    """A draft cannot be probed by answering it."""
    project = ProjectFactory(status="waiting")
    writer = person_there("Curious", host=ELSEWHERE)
    for uri in (
        actors.object_uri(project.ref),
        "http://127.0.0.1:8001/ap/object/core.project/none",
        f"{THERE}/x",
    ):
        with pytest.raises(Ignored):
            receive("Create", note(to=uri, by=writer))
    assert not Post.objects.exists()


def test_an_unknown_writer_is_read_once(web, tree):
    """The author's name comes from the author's own document."""
    project = published()
    uri = f"{ELSEWHERE}/users/new"
    web[uri] = actor_document(uri, type="Person", name="Nouvelle")
    document = {**note(to=actors.object_uri(project.ref), by=person_there()), "id": f"{ELSEWHERE}/n/1"}
    document["attributedTo"] = uri
    receive("Create", document)
    receive("Create", {**document, "id": f"{ELSEWHERE}/n/2", "content": "<p>Encore</p>", "contentMap": {}})
    assert {post.author_name for post in Post.objects.all()} == {"Nouvelle"}
    assert web.asked == [uri]
