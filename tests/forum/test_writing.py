"""Writing on the pages: members, guests with a code, authors who change their mind, moderators."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.models import Confirmation, JournalEntry
from plugins.forum import verbs
from plugins.forum.domain import posts, threads
from plugins.forum.models import Post, Thread
from tests.factories import PersonFactory, ProjectFactory, ThemeFactory
from tests.forum.browsing import code_in, form_of, reply_url
from tests.forum.factories import say

pytestmark = pytest.mark.django_db


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


def test_deleting_twice_is_no_error(client):
    """A button pressed twice says what is so."""
    author = PersonFactory()
    post = say(ProjectFactory(), author=author)
    client.force_login(author)
    url = reverse("forum:delete", args=[post.uid])
    assert client.post(url).status_code == 302
    assert client.post(url).url == post.get_absolute_url()
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_a_message_hidden_meanwhile_is_refused_not_an_error(client, monkeypatch, name):
    """Between the question whether one may and the deed, a moderator was faster."""
    author = PersonFactory()
    post = say(ProjectFactory(), author=author)
    client.force_login(author)
    monkeypatch.setattr(f"plugins.forum.views.posts.may_{name}", lambda person, post: True)
    posts.hide(post, None, reason="Insulte")
    answer = client.post(reverse(f"forum:{name}", args=[post.uid]), {"text": "Autre chose"})
    assert answer.status_code == 403


def test_deleting_all_goes_on_when_one_is_gone_meanwhile(monkeypatch):
    author = PersonFactory()
    for number in range(2):
        say(ProjectFactory(), f"Le message {number}", author=author)
    delete = posts.delete

    def twice(post, *, by):
        delete(post, by=by)
        delete(Post.objects.select_related("thread").get(pk=post.pk), by=by)

    monkeypatch.setattr(posts, "delete", twice)
    posts.delete_all(author)
    assert set(Post.objects.values_list("state", flat=True)) == {"deleted"}


def test_an_address_longer_than_its_column_is_refused_with_the_form(client):
    """Mail knows 254 signs; PostgreSQL would answer more with an error."""
    long = f"{'d' * 60}@{'.'.join(['tiwizi' * 8] * 5)}.example"
    answer = client.post(reply_url(ProjectFactory()), {"text": "Bonjour à tous", "email": long})
    assert answer.status_code == 400
    assert "Bonjour à tous" in answer.content.decode()
    assert not Confirmation.objects.exists()
