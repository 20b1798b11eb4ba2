"""Pages of the forum: read by anyone, written by guests and members, constant in their queries."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import Confirmation, JournalEntry, Person
from plugins.forum import verbs
from plugins.forum.domain import posts, threads
from plugins.forum.models import Post, ReadMark, Thread
from tests.factories import PersonFactory, ProjectFactory, ThemeFactory
from tests.forum.factories import answer, bulk_threads, open_thread, say

pytestmark = pytest.mark.django_db


def queries(client, url, number):
    """Assert the number of queries of a page, and give the answer; site-wide caches are warm."""
    client.get(url)
    with CaptureQueries() as found:
        response = client.get(url)
    assert response.status_code == 200
    assert len(found) <= number, "\n".join(query["sql"] for query in found.captured_queries)
    return response, len(found)


class CaptureQueries:
    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.inner = CaptureQueriesContext(connection)
        return self.inner.__enter__()

    def __exit__(self, *problem):
        return self.inner.__exit__(*problem)


def reply_url(subject, language="fr"):
    with translation.override(language):
        return reverse("forum:reply", args=subject.ref)


def code_in(mail):
    return re.search(r"^\d{6}$", mail.body, re.MULTILINE).group()


def form_of(response):
    """The fields of the page's POST form, as a browser would send them."""
    form = BeautifulSoup(response.content, "html.parser").find("main").find("form", method="post")
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    fields |= {area["name"]: area.text.lstrip("\n") for area in form.find_all("textarea")}
    return fields


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
    with CaptureQueries() as found:
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
    with CaptureQueries() as found:
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


def test_a_member_replies(client):
    project, author = ProjectFactory(), PersonFactory()
    client.force_login(author)
    fields = form_of(client.get(reply_url(project)))
    fields["text"] = "Bonjour <script>alert(1)</script>"
    answered = client.post(reply_url(project), fields)
    post = Post.objects.get()
    assert answered.url == post.get_absolute_url()
    assert client.post(reply_url(project), fields).url == answered.url
    assert Post.objects.count() == 1
    html = client.get(answered.url).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_a_guest_replies_with_a_code(client, mailoutbox, django_capture_on_commit_callbacks):
    """J5, D12: no account is needed first; what was typed is kept until the code came."""
    project = ProjectFactory()
    first = say(project, "Qui a un camion ?")
    fields = form_of(client.get(reply_url(project) + "?to=1"))
    fields |= {"text": "Moi, le samedi.", "email": "Nadia@tiwizi.example", "name": "Nadia"}
    with django_capture_on_commit_callbacks(execute=True):
        answered = client.post(reply_url(project), fields)
        again = client.post(reply_url(project), fields)
    assert answered.url == again.url == reverse("forum:confirm")
    assert Confirmation.objects.count() == 1
    assert Post.objects.count() == 1
    assert "Moi, le samedi." in client.get(answered.url).content.decode()
    wrong = client.post(answered.url, {"code": "12"})
    assert wrong.status_code == 400
    code = code_in(mailoutbox[-1])
    published = client.post(answered.url, {"code": code})
    post = Post.objects.latest("id")
    assert published.url == post.get_absolute_url()
    assert (post.author.email, post.author.name, post.in_reply_to) == ("nadia@tiwizi.example", "Nadia", first)
    assert client.session["_auth_user_id"] == str(post.author.pk)
    assert client.get(answered.url).status_code == 302


def test_a_guest_opens_a_thread_with_a_code(client, mailoutbox, django_capture_on_commit_callbacks):
    theme = ThemeFactory()
    url = reverse("forum:new")
    fields = form_of(client.get(url)) | {
        "title": "Vendre ensemble", "text": "Qui en est ?", "theme": theme.pk, "email": "a@tiwizi.example",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, fields)
    client.post(reverse("forum:confirm"), {"code": code_in(mailoutbox[-1])})
    thread = Thread.objects.get()
    assert (thread.title, thread.theme, thread.author.email) == ("Vendre ensemble", theme, "a@tiwizi.example")


def test_the_code_of_another_session_opens_nothing(client, mailoutbox, django_capture_on_commit_callbacks):
    project = ProjectFactory()
    fields = form_of(client.get(reply_url(project))) | {"text": "Bonjour", "email": "a@tiwizi.example"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reply_url(project), fields)
    stranger = Client()
    assert stranger.post(reverse("forum:confirm"), {"code": code_in(mailoutbox[-1])}).status_code == 302
    assert not Post.objects.exists()


def test_words_that_cannot_be_posted_come_back(client, mailoutbox, django_capture_on_commit_callbacks):
    first = say(ProjectFactory())
    url = reply_url(first.thread.about)
    fields = form_of(client.get(url)) | {"text": "Trop tard ?", "email": "a@tiwizi.example"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, fields)
    threads.lock(first.thread, by=PersonFactory(is_animator=True), reason="Fin")
    answered = client.post(reverse("forum:confirm"), {"code": code_in(mailoutbox[-1])})
    assert answered.url == url
    assert form_of(client.get(url))["text"] == "Trop tard ?"
    assert Post.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "...", "x" * 9000])
def test_bad_input_keeps_the_form(client, text):
    project = ProjectFactory()
    client.force_login(PersonFactory())
    response = client.post(reply_url(project), {"text": text, "token": "t"})
    assert response.status_code == 400
    assert BeautifulSoup(response.content, "html.parser").find(class_="errors")
    assert not Post.objects.exists()


def test_flooding_says_so_and_keeps_the_words(client):
    project, author = ProjectFactory(), PersonFactory()
    for number in range(posts.PACE[0][1]):
        say(project, f"Message {number}", author=author)
    client.force_login(author)
    response = client.post(reply_url(project), {"text": "Encore un", "token": "t"})
    assert response.status_code == 400
    assert form_of(response)["text"] == "Encore un"


def test_guests_cannot_fill_mailboxes(client):
    project = ProjectFactory()
    for number in range(21):
        fields = {"text": "Bonjour", "email": f"a{number}@tiwizi.example", "token": f"t{number}"}
        response = client.post(reply_url(project), fields)
    assert response.status_code == 400
    assert Confirmation.objects.count() == 20
    cache.clear()


def test_quoting(client):
    first = say(ProjectFactory(), "Qui a un camion ?")
    text = form_of(client.get(reply_url(first.thread.about) + "?to=1&quote=1"))["text"]
    assert "> Qui a un camion ?" in text


def test_editing_and_deleting_on_the_pages(client):
    post = say(ProjectFactory(), "Lundi")
    client.force_login(post.author)
    assert client.post(reverse("forum:edit", args=[post.uid]), {"text": "Mardi"}).status_code == 302
    assert "Mardi" in client.get(post.get_absolute_url()).content.decode()
    assert client.get(reverse("forum:delete", args=[post.uid])).status_code == 200
    client.post(reverse("forum:delete", args=[post.uid]))
    page = client.get(post.get_absolute_url()).content.decode()
    assert "Mardi" not in page
    assert 'id="post-1"' in page


def test_moderating_on_the_pages(client):
    """J5: hidden with a reason, gone for readers, restored."""
    post = say(ProjectFactory(), "Une insulte")
    animator, reader = Client(), client
    animator.force_login(PersonFactory(is_animator=True))
    url = reverse("forum:moderate_post", args=[post.uid])
    assert animator.post(url, {"act": "hide", "reason": ""}).status_code == 400
    assert animator.post(url, {"act": "restore", "reason": "x"}).status_code == 400
    assert animator.post(url, {"act": "hide", "reason": "Insulte"}).status_code == 302
    assert "Une insulte" not in reader.get(post.get_absolute_url()).content.decode()
    assert "Une insulte" in animator.get(post.get_absolute_url()).content.decode()
    assert JournalEntry.objects.get(verb=verbs.HIDDEN).facts["reason"] == "Insulte"
    animator.post(url, {"act": "restore", "reason": "Relu"})
    assert "Une insulte" in reader.get(post.get_absolute_url()).content.decode()


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


def test_one_s_own_messages_and_deleting_them_all(client):
    """Words are the writer's: kept without a name on leaving, or deleted on choice."""
    author = PersonFactory()
    mine = [say(ProjectFactory(), f"Le message {number}", author=author) for number in range(3)]
    other = say(ProjectFactory(), "Celui d'une autre")
    assert client.get(reverse("forum:mine")).status_code == 302
    client.force_login(author)
    page = client.get(reverse("forum:mine")).content.decode()
    assert all(post.text in page for post in mine)
    assert other.text not in page
    client.post(reverse("forum:mine"))
    assert set(Post.objects.filter(author=author).values_list("state", "text")) == {("deleted", "")}
    other.refresh_from_db()
    assert other.is_visible
    assert client.get(reverse("forum:mine") + "?before=x").status_code == 200
