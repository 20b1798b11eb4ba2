"""What verified activities do here: only what their sender may, only from whom we follow."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import JournalEntry, Project, Territory
from plugins.federation.domain import processing
from plugins.federation.domain.documents import stamp
from plugins.federation.models import PeerLink, ReceivedObject
from tests.factories import TerritoryFactory, ThemeFactory
from tests.federation.factories import (
    ELSEWHERE,
    THERE,
    activity,
    article,
    followed,
    follower,
    person_there,
    receive,
    remote_actor,
)

pytestmark = pytest.mark.django_db
Ignored, Refused = processing.Ignored, processing.Refused


@pytest.fixture(autouse=True)
def offline(web):
    """Nothing in these tests reaches a network."""
    return web


def test_project_of_a_followed_instance_stands_here(web):
    """J6: a row without page, texts in every language, marked with its origin, doors at the origin."""
    TerritoryFactory(code="09.581.01.03")
    ThemeFactory(slug="eau")
    followed()
    receive("Create", article(territory="09.581.01.03", themes=["eau", "unknown"], place={"fr": "Aglou"}))
    project = Project.objects.get()
    assert project.is_public
    assert project.is_remote
    assert project.origin_name == "Tiwizi Argenteuil"
    assert project.texts["ar"] == {"title": "ماء 1", "summary": "شبكة", "story": "<p>الحكاية</p>"}
    assert project.stage == Project.Stage.SEEKING
    assert project.territory == Territory.objects.get(code="09.581.01.03")
    assert [theme.slug for theme in project.themes.all()] == ["eau"]
    assert project.origin_facts["links"]["give"]["fr"] == f"{THERE}/fr/projects/p1/#give"
    assert project.pages.count() == 0
    assert JournalEntry.objects.filter(verb="core.project.received").count() == 1


def test_the_same_project_twice_is_one(web):
    """Idempotent by its id."""
    followed()
    receive("Create", article())
    receive("Create", article())
    receive("Update", article(name="Neuf", nameMap={"fr": "Neuf"}))
    project = Project.objects.get()
    assert project.texts["fr"]["title"] == "Neuf"
    assert JournalEntry.objects.filter(verb="core.project.received").count() == 1


def test_project_of_a_stranger_is_ignored_and_nothing_is_fetched(web):
    """Only those we follow put projects on our list; admitting them is not following them."""
    follower()
    with pytest.raises(Ignored):
        receive("Create", article())
    assert not Project.objects.exists()
    assert not ReceivedObject.objects.exists()
    assert web.asked == []


def test_an_ended_or_asked_link_lets_nothing_in(web):
    """A request alone is no link."""
    link = followed()
    for state in set(PeerLink.State) - {PeerLink.State.ACCEPTED}:
        PeerLink.objects.filter(pk=link.pk).update(state=state)
        with pytest.raises(Ignored):
            receive("Create", article())
    assert not Project.objects.exists()


def test_withdrawal_removes_and_a_late_create_does_not_bring_back(web):
    """Order does not matter: the origin's clock decides."""
    followed()
    receive("Create", article())
    receive("Delete", {"id": article()["id"], "type": "Tombstone"})
    assert Project.objects.get().status == Project.Status.WITHDRAWN
    with pytest.raises(Ignored):
        receive("Create", article(), at=timezone.now() - timedelta(minutes=5))
    assert Project.objects.get().status == Project.Status.WITHDRAWN
    receive("Create", article())
    assert Project.objects.get().status == Project.Status.PUBLISHED


def test_an_older_edit_changes_nothing(web):
    """Deliveries may overtake each other."""
    followed()
    receive("Create", article(nameMap={"fr": "Neuf"}))
    with pytest.raises(Ignored):
        receive("Update", article(nameMap={"fr": "Vieux"}), at=timezone.now() - timedelta(minutes=5))
    assert Project.objects.get().texts["fr"]["title"] == "Neuf"


def test_hidden_here_stays_hidden(web):
    """What our animators took off the list does not return with the next edit."""
    followed()
    receive("Create", article())
    Project.objects.update(status=Project.Status.DECLINED)
    receive("Update", article(nameMap={"fr": "Neuf"}))
    assert Project.objects.get().status == Project.Status.DECLINED


def test_only_its_author_may_change_or_withdraw(web):
    """Update and Delete of someone else's object change nothing, from the same host or another."""
    followed()
    followed(remote_actor(f"{ELSEWHERE}/ap/instance"))
    receive("Create", article())
    neighbour = person_there("Neighbour")
    for actor in (neighbour.uri, f"{ELSEWHERE}/ap/instance"):
        with pytest.raises(Refused):
            receive("Delete", article()["id"], actor=actor)
        with pytest.raises(Refused):
            receive("Update", article(), actor=actor)
    with pytest.raises(Refused):
        receive("Update", article(attributedTo=neighbour.uri, nameMap={"fr": "Mien"}))
    assert Project.objects.get().texts["fr"]["title"] == "Eau 1"


def test_deletion_of_the_unknown_is_cheap(web, django_assert_max_num_queries):
    """Servers tell everyone of every deletion."""
    row = activity("Delete", f"{ELSEWHERE}/notes/1", actor=f"{ELSEWHERE}/users/x")
    with django_assert_max_num_queries(2), pytest.raises(Ignored):
        processing.prepare(row)
        processing.process(row)
    assert web.asked == []


def test_an_actor_that_leaves_takes_its_objects_along(web):
    """Delete of an actor withdraws what it published here."""
    followed()
    receive("Create", article())
    receive("Delete", f"{THERE}/ap/instance", actor=f"{THERE}/ap/instance")
    assert Project.objects.get().status == Project.Status.WITHDRAWN


def test_hostile_texts_are_washed(web):
    """Nothing that runs, nothing that loads, no address of another scheme or place."""
    followed()
    bad = '<p onclick="x()">Bon<script>alert(1)</script><img src=x onerror=y><a href="javascript:z">a</a></p>'
    receive(
        "Create",
        article(
            name="<b>Eau</b><script>x</script>",
            nameMap={"fr": "<b>Eau</b><script>x</script>"},
            content=bad,
            contentMap={"fr": bad, "xx-<": bad, "toolonglanguage": bad},
            url="javascript:alert(1)",
            links={"give": {"fr": "javascript:x", "ar": f"{ELSEWHERE}/give"}, "evil": {"fr": f"{THERE}/"}},
            place={"fr": "<i>Aglou</i>", "ar": 3},
            stage=["seeking"],
            themes="eau",
            territory={"a": 1},
        ),
    )
    project = Project.objects.get()
    assert project.texts == {
        "fr": {"title": "Eau", "summary": "Un réseau", "story": project.texts["fr"]["story"]}
    }
    story = project.texts["fr"]["story"]
    assert not any(word in story for word in ("script", "onclick", "onerror", "<img", "javascript"))
    assert project.origin_url == article()["id"]
    assert project.origin_facts["links"] == {"give": {}}
    assert project.origin_facts["place"] == {"fr": "Aglou"}
    assert project.stage == Project.Stage.IDEA


@pytest.mark.parametrize(
    "fields",
    [
        {"to": [f"{THERE}/ap/instance/followers"]},
        {"type": "Page"},
        {"type": ["Article", "Note"]},
        {"stage": None, "nameMap": {}, "name": ""},
        {"nameMap": {}, "name": 3},
        {"id": "http://127.0.0.1:8001/ap/object/core.project/x"},
    ],
)
def test_what_is_not_for_us_leaves_no_trace(web, fields):
    """Followers-only objects, other kinds, objects without a title, and ids of our own."""
    followed()
    with pytest.raises((Ignored, Refused)):
        receive("Create", article(**fields), actor=f"{THERE}/ap/instance")
    assert not Project.objects.exists()
    assert not ReceivedObject.objects.exists()


@pytest.mark.parametrize("kind", ["Like", "Move", "Flag", "Add", "Offer", "Block"])
def test_other_activities_are_ignored(web, kind):
    """Nothing is done with what we do not know."""
    followed()
    with pytest.raises(Ignored):
        receive(kind, f"{THERE}/x", actor=f"{THERE}/ap/instance")


def test_an_object_named_by_its_id_is_fetched_only_from_those_we_follow(web):
    """A stranger cannot make us fetch."""
    document = article()
    web[document["id"]] = document
    with pytest.raises(Ignored):
        receive("Create", document["id"], actor=f"{THERE}/ap/instance")
    assert web.asked == []
    followed()
    receive("Create", document["id"], actor=f"{THERE}/ap/instance")
    assert Project.objects.get().origin_uri == document["id"]


def test_a_time_from_the_future_counts_as_now(web):
    """A wrong clock elsewhere cannot put a project first for ever, nor freeze it."""
    followed()
    future = timezone.now() + timedelta(days=400)
    receive("Create", article(published=stamp(future), updated=stamp(future)), at=future)
    assert Project.objects.get().published_at <= timezone.now() + timedelta(minutes=2)
    receive("Update", article(nameMap={"fr": "Neuf"}))
    assert Project.objects.get().texts["fr"]["title"] == "Neuf"
