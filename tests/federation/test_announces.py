"""What others pass on: an announced object or activity is read at its origin, and only its author speaks for it."""

import pytest
from django.apps import apps

from core.models import Project
from plugins.federation.domain import actors, hosts, processing
from tests.factories import ProjectFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
    actor_document,
    article,
    followed,
    note,
    person_there,
    receive,
    share_all,
)

if not apps.is_installed("plugins.forum"):
    pytest.skip("answers need the forum", allow_module_level=True)
from plugins.forum.models import Post

pytestmark = pytest.mark.django_db
Ignored = processing.Ignored


@pytest.fixture(autouse=True)
def offline(web):
    """Nothing in these tests reaches a network."""
    return web


def test_blocked_hosts_do_not_come_back_through_others(web):
    """A blocked instance's object is neither taken nor fetched when somebody else announces it."""
    followed()
    hosts.block("lyon.example")
    uri = article(host=ELSEWHERE)["id"]
    web[uri] = article(host=ELSEWHERE)
    with pytest.raises(Ignored):
        receive("Announce", uri, actor=f"{THERE}/ap/instance")
    assert web.asked == []
    assert not Project.objects.exists()


def test_projects_are_not_taken_through_a_third_party(web):
    """An instance we follow does not put another's projects on our list by announcing them."""
    followed()
    document = article(host=ELSEWHERE)
    web[document["id"]] = document
    with pytest.raises(Ignored):
        receive("Announce", document["id"], actor=f"{THERE}/ap/instance")
    assert not Project.objects.exists()


def test_an_announced_project_of_the_announcer_comes_in(web):
    """The instance announces what its organisations created; it is read at its own address."""
    followed()
    author = f"{THERE}/ap/organisation/{'0' * 26}"
    document = article(attributedTo=author)
    web[document["id"]] = document
    web[author] = actor_document(author, type="Organization", name="Les eaux")
    receive("Announce", document["id"], actor=f"{THERE}/ap/instance")
    project = Project.objects.get()
    assert project.origin_facts["owner"] == "Les eaux"
    assert web.asked == [document["id"], author]


def test_an_announced_activity_is_read_at_its_origin(web):
    """FEP-1b12: Announce{Create{Note}} of a third instance's answer to a project we hold."""
    followed()
    receive("Create", article())
    writer = person_there("Writer", host=ELSEWHERE)
    message = note("De Lyon", to=article()["id"], by=writer)
    create = {"id": f"{ELSEWHERE}/ap/activity/1", "type": "Create", "actor": writer.uri, "object": message}
    web[create["id"]] = create
    receive("Announce", create["id"], actor=f"{THERE}/ap/instance")
    post = Post.objects.get()
    assert post.author_uri == writer.uri
    assert "De Lyon" in post.html
    assert share_all() == []


def test_an_announced_activity_cannot_carry_anothers_object(web):
    """A Create read at one host does not speak for an object of another."""
    followed()
    receive("Create", article())
    writer = person_there("Writer", host=ELSEWHERE)
    message = note("Faux", to=article()["id"], by=writer)
    forged = {
        "id": f"{THERE}/ap/activity/9",
        "type": "Create",
        "actor": f"{THERE}/ap/instance",
        "object": message,
    }
    web[forged["id"]] = forged
    with pytest.raises(Ignored):
        receive("Announce", forged["id"], actor=f"{THERE}/ap/instance")
    assert not Post.objects.exists()


def test_our_own_object_never_re_enters(web):
    """Loops are impossible: an id of ours is neither fetched nor taken."""
    followed()
    project = ProjectFactory()
    for uri in (actors.object_uri(project.ref), actors.activity_uri("01aaaaaaaaaaaaaaaaaaaaaaaa")):
        with pytest.raises(Ignored):
            receive("Announce", uri, actor=f"{THERE}/ap/instance")
    assert web.asked == []
    assert Project.objects.count() == 1
