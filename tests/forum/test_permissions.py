"""Who may do what: everything not said is refused."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from plugins.forum.domain import threads
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, ProjectFactory
from tests.forum.factories import open_thread, say

pytestmark = pytest.mark.django_db

WHO = [
    "guest",
    "stranger",
    "author",
    "member",
    "treasurer",
    "manager",
    "agent",
    "former",
    "elsewhere",
    "animator",
    "inactive",
]
PAGES = {
    "edit": {"author"},
    "delete": {"author"},
    "history": {"author", "manager", "agent", "animator"},
    "moderate_post": {"manager", "agent", "animator"},
}


@pytest.fixture
def stage():
    """A message on a project, and a person of each sort."""
    owner = OrganisationFactory()
    people = {
        "stranger": PersonFactory(),
        "author": PersonFactory(),
        "elsewhere": MembershipFactory().person,
        "animator": PersonFactory(is_animator=True),
        "inactive": PersonFactory(is_animator=True, is_active=False),
        "former": MembershipFactory(organisation=owner, until="2025-01-01").person,
        **{
            role: MembershipFactory(organisation=owner, role=role).person
            for role in ("member", "treasurer", "manager", "agent")
        },
    }
    return say(ProjectFactory(owner=owner), "Lundi", author=people["author"]), people


def client_of(people, who):
    client = Client()
    if who != "guest":
        client.force_login(people[who])
    return client


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_message(stage, name, who):
    post, people = stage
    status = client_of(people, who).get(reverse(f"forum:{name}", args=[post.uid])).status_code
    if who in {"guest", "inactive"}:
        assert status == 302
    else:
        assert status == (200 if who in PAGES[name] else 403)


@pytest.mark.parametrize("who", WHO)
def test_moderating_a_message_changes_nothing_for_others(stage, who):
    post, people = stage
    client_of(people, who).post(
        reverse("forum:moderate_post", args=[post.uid]), {"act": "hide", "reason": "x"}
    )
    post.refresh_from_db()
    assert (post.state == "hidden") == (who in PAGES["moderate_post"])


@pytest.mark.parametrize("who", WHO)
def test_free_threads_are_moderated_by_animators_only(stage, who):
    _post, people = stage
    thread = open_thread()
    client_of(people, who).post(
        reverse("forum:moderate_thread", args=[thread.pk]), {"act": "lock", "reason": "x"}
    )
    thread.refresh_from_db()
    assert thread.locked == (who == "animator")


@pytest.mark.parametrize("who", WHO)
def test_a_locked_thread_takes_messages_of_moderators_only(stage, who):
    post, people = stage
    threads.lock(post.thread, by=people["animator"], reason="Fin")
    url = reverse("forum:reply", args=post.thread.about_ref)
    client_of(people, who).post(url, {"text": "Encore", "token": "t"})
    assert post.thread.posts.filter(text="Encore").exists() == (who in {"manager", "agent", "animator"})


@pytest.mark.parametrize("who", WHO)
def test_the_words_of_a_hidden_message(stage, who):
    post, people = stage
    from plugins.forum.domain import posts

    posts.hide(post, people["animator"], reason="x")
    page = client_of(people, who).get(post.get_absolute_url()).content.decode()
    assert ("Lundi" in page) == (who in {"manager", "agent", "animator"})


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_one_cannot_change_a_hidden_message(stage, name):
    post, people = stage
    from plugins.forum.domain import posts

    posts.hide(post, people["animator"], reason="x")
    response = client_of(people, "author").post(reverse(f"forum:{name}", args=[post.uid]), {"text": "Autre"})
    assert response.status_code == 403
    post.refresh_from_db()
    assert (post.state, post.text) == ("hidden", "Lundi")
