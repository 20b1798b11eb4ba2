"""Pages of the forum: read by anyone, constant in their queries."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.models import Person
from plugins.forum.models import ReadMark
from tests.factories import PersonFactory, ProjectFactory, ThemeFactory
from tests.forum.browsing import form_of, queries, reply_url
from tests.forum.factories import answer, bulk_threads, open_thread, say

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_every_page_answers(client, language):
    first = say(ProjectFactory())
    free = open_thread()
    client.force_login(PersonFactory(is_animator=True))
    with translation.override(language):
        urls = [
            reverse("forum:index"),
            reverse("forum:new"),
            first.thread.get_absolute_url(),
            free.get_absolute_url(),
            reverse("forum:reply", args=first.thread.about_ref),
            reverse("forum:reply", args=free.ref),
            reverse("forum:level", args=[free.pk]),
            reverse("forum:moderate_post", args=[first.uid]),
            reverse("forum:moderate_thread", args=[free.pk]),
            reverse("forum:history", args=[first.uid]),
        ]
    for url in urls:
        assert client.get(url).status_code == 200, url


def test_the_list_costs_the_same_with_one_thread_and_with_many(client):
    url = reverse("forum:index")
    say(ProjectFactory())
    _, one = queries(client, url, 8)
    for number in range(3):
        say(ProjectFactory(), f"Message {number}")
    response, many = queries(client, url, 8)
    assert many == one
    assert response.content.count(b"<time") == 4


def test_a_thread_costs_the_same_with_one_post_and_with_twenty(client):
    first = say(ProjectFactory())
    url = first.thread.get_absolute_url()
    _, one = queries(client, url, 7)
    for number in range(20):
        answer(first, f"Message {number}")
    response, many = queries(client, url, 7)
    assert many == one
    assert response.content.count(b"<article>") == 20


def test_a_signed_in_reader_costs_the_same_with_one_post_and_with_three(client):
    first = say(ProjectFactory())
    url = first.thread.get_absolute_url()
    client.force_login(PersonFactory())
    _, one = queries(client, url, 14)
    answer(first, "Deux"), answer(first, "Trois")
    _, three = queries(client, url, 14)
    assert three == one


def test_the_panel_costs_one_query(client):
    project = ProjectFactory()
    url = project.get_absolute_url()
    say(project, "Un")
    _, one = queries(client, url, 20)
    for number in range(4):
        say(project, f"Message {number}")
    response, many = queries(client, url, 20)
    assert many == one
    with CaptureQueriesContext(connection) as found:
        client.get(url)
    assert sum("forum_post" in query["sql"] for query in found.captured_queries) == 1
    assert b"csrfmiddlewaretoken" not in response.content
    panel = BeautifulSoup(response.content, "html.parser").find(id="talk")
    assert len(panel.find_all("article")) == 3
    assert "5 messages" in panel.text
    assert panel.find("a", href=reply_url(project))


def test_the_panel_invites_when_nobody_spoke(client):
    project = ProjectFactory()
    page = BeautifulSoup(client.get(project.get_absolute_url()).content, "html.parser")
    assert page.find(id="talk").find("a", href=reply_url(project))


def test_a_page_of_twenty_posts_is_light(client):
    """ANCHORS §4: a 20-post topic page in ≤ 20 kB of HTML."""
    thread = bulk_threads(1, 45)[0]
    html = client.get(f"{thread.get_absolute_url()}?from=21").content
    body = html[html.index(b"<main") : html.index(b"</main>")]
    assert body.count(b"<article>") == 20
    said = sum(len(post.html.encode()) for post in thread.posts.filter(number__gte=21, number__lt=41))
    assert len(html) - said < 20_000
    assert len(body) < 20_000


def test_pages_go_by_numbers(client):
    thread = bulk_threads(1, 45)[0]
    url = thread.get_absolute_url()

    def numbers(query):
        page = BeautifulSoup(client.get(url + query).content, "html.parser")
        return [int(item["id"].removeprefix("post-")) for item in page.select(".talk > li[id]")]

    assert numbers("") == list(range(1, 21))
    assert numbers("?from=21") == list(range(21, 41))
    assert numbers("?from=41") == list(range(41, 46))
    assert numbers("?from=30") == list(range(21, 41))
    for strange in ("?from=61", "?from=x", "?from=-1", "?from=99999999999999", "?from=²"):
        assert client.get(url + strange).status_code == 302
    assert thread.posts.get(number=45).get_absolute_url().endswith("?from=41#post-45")
    assert thread.posts.get(number=20).get_absolute_url().endswith("/#post-20")


def test_the_list_goes_on_by_keyset(client):
    made = bulk_threads(45, 1)
    url, seen = reverse("forum:index"), []
    for _page in range(5):
        page = BeautifulSoup(client.get(url).content, "html.parser")
        seen += [item.find("b").text for item in page.select(".threads > li")]
        following = page.find("a", rel="next")
        if following is None:
            break
        url = reverse("forum:index") + following["href"]
    assert seen == [thread.title for thread in reversed(made)]


@pytest.mark.parametrize(
    "strange", ["before=x", "before=1_x", "before=9e99_1", "before=nan_1", "before=inf_2"]
)
def test_a_broken_cursor_shows_the_first_page(client, strange):
    open_thread("Un sujet")
    assert "Un sujet" in client.get(f"{reverse('forum:index')}?{strange}").content.decode()


def test_filters(client):
    theme = ThemeFactory(slug="eau")
    project = ProjectFactory()
    project.themes.add(theme)
    say(project)
    open_thread("Vendre l'huile", theme=None)
    open_thread("Le forage", theme=theme)

    def shown(query):
        page = BeautifulSoup(client.get(f"{reverse('forum:index')}?{query}").content, "html.parser")
        return {item.find("b").text for item in page.select(".threads > li")}

    assert shown("kind=free") == {"Vendre l'huile", "Le forage"}
    assert shown("kind=core.project") == {project.title}
    assert shown("theme=eau") == {project.title, "Le forage"}
    assert shown("q=huile") == {"Vendre l'huile"}
    assert shown("theme=eau&kind=free") == {"Le forage"}
    assert len(shown("kind=nonsense&theme=nothing&q=%00")) == 3


def test_unread_and_the_mark(client):
    reader = PersonFactory()
    first = say(ProjectFactory())
    url = first.thread.get_absolute_url()
    client.force_login(reader)
    assert "1" in client.get(reverse("forum:index")).content.decode()
    client.get(url)
    assert ReadMark.objects.get(person=reader).last_read == 1
    with CaptureQueriesContext(connection) as found:
        client.get(url)
    assert not [query for query in found.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    page = client.get(reverse("forum:index") + "?unread=1").content.decode()
    assert first.thread.shown_title not in page
    answer(first, "Du nouveau")
    assert first.thread.shown_title in client.get(reverse("forum:index") + "?unread=1").content.decode()
    page = BeautifulSoup(client.get(url).content, "html.parser")
    assert page.select_one(".since").find_next_sibling("li")["id"] == "post-2"
    assert not BeautifulSoup(client.get(url).content, "html.parser").select(".since")


def test_a_subject_no_longer_public_takes_its_talk_along(client):
    project = ProjectFactory()
    post = say(project, "Un secret")
    project.status = "withdrawn"
    project.save()
    assert client.get(post.thread.get_absolute_url()).status_code == 404
    assert client.get(reverse("forum:post", args=[post.uid])).status_code == 404
    assert client.get(reply_url(project)).status_code == 404
    assert project.title not in client.get(reverse("forum:index")).content.decode()
    assert client.get("/api/v1/forum/posts/", {"thread": post.thread.uid}).json()["results"] == []
    assert client.get(f"/api/v1/forum/posts/{post.uid}/", follow=True).status_code == 404
    assert client.get("/api/v1/forum/threads/").json()["results"] == []
    assert client.get(f"/api/v1/forum/threads/{post.thread.uid}/", follow=True).status_code == 404


def test_a_hidden_thread_is_seen_by_those_who_moderate(client):
    thread = open_thread("À cacher")
    animator = Client()
    animator.force_login(PersonFactory(is_animator=True))
    url = reverse("forum:moderate_thread", args=[thread.pk])
    animator.post(url, {"act": "hide", "reason": "Publicité"})
    assert client.get(thread.get_absolute_url()).status_code == 404
    assert animator.get(thread.get_absolute_url()).status_code == 200
    assert "À cacher" not in client.get(reverse("forum:index")).content.decode()
    animator.post(url, {"act": "restore", "reason": "Relu"})
    assert client.get(thread.get_absolute_url()).status_code == 200


def test_the_level_page(client):
    thread = open_thread()
    client.force_login(PersonFactory())
    url = reverse("forum:level", args=[thread.pk])
    for level in ("watch", "mute", "normal"):
        assert client.post(url, {"level": level}).status_code == 302
        assert form_of(client.get(url)) is not None
    assert client.post(url, {"level": "shout"}).status_code == 200


def test_reading_pages_hold_nothing_personal(client):
    """Anonymous pages are cached: no token, no cookie."""
    first = say(ProjectFactory())
    for url in (reverse("forum:index"), first.thread.get_absolute_url()):
        response = client.get(url)
        assert b"csrfmiddlewaretoken" not in response.content
        assert not response.cookies


def test_the_api(client):
    first = say(ProjectFactory(), "Un")
    answer(first, "Deux")
    found = client.get("/api/v1/forum/threads/", {"about": str(first.thread.about_ref)}).json()["results"]
    assert [row["reply_count"] for row in found] == [2]
    rows = client.get("/api/v1/forum/posts/", {"thread": found[0]["uid"]}).json()["results"]
    assert [(row["number"], row["answers"]) for row in rows] == [(1, None), (2, 1)]
    assert "@" not in str(rows)
    assert client.get("/api/v1/forum/posts/").json()["results"] == []
    assert client.post("/api/v1/forum/posts/", {}).status_code in (401, 403, 405)
    assert Person.objects.count() == 2
