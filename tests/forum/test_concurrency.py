"""Posting at the same moment: numbers are dense, one thread begins, one form posts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.contract import RemoteObject, Text
from plugins.forum.domain import posts, travel
from plugins.forum.domain.threads import place
from plugins.forum.models import Post, Thread
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def all_at_once(act, number=AT_ONCE):
    """Run ``act(n)`` in threads that start together, each with a connection of its own."""
    start = Barrier(number)

    def run(n):
        start.wait()
        try:
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_concurrent_posts_never_share_or_skip_a_number():
    """ANCHORS §4: a dense number per thread."""
    project = ProjectFactory()
    people = [PersonFactory() for _ in range(AT_ONCE)]

    def act(n):
        return [
            posts.write(author=people[n], place=place(project.ref), text=f"Message {n}.{k}").number
            for k in range(3)
        ]

    numbers = sorted(number for found in all_at_once(act) for number in found)
    assert numbers == list(range(1, 3 * AT_ONCE + 1))
    thread = Thread.objects.get()
    assert thread.highest_number == thread.reply_count == 3 * AT_ONCE
    assert thread.last_post.number == 3 * AT_ONCE


def test_a_form_sent_many_times_at_once_posts_once():
    project, author = ProjectFactory(), PersonFactory()

    def act(n):
        return posts.write(author=author, place=place(project.ref), text="Bonjour", token="form-1").pk

    assert len(set(all_at_once(act))) == 1
    assert Post.objects.count() == 1
    assert Thread.objects.get().highest_number == 1


def test_a_thread_opened_many_times_at_once_opens_once():
    author = PersonFactory()

    def act(n):
        return posts.open_thread(
            author=author, title="Une idée", text="Bonjour", theme=None, territory=None, token="form-1"
        ).thread_id

    assert len(set(all_at_once(act))) == 1
    assert Thread.objects.count() == 1


def test_a_message_delivered_many_times_at_once_is_one():
    project = ProjectFactory()
    remote = RemoteObject(
        uri="https://elsewhere.example/o/1",
        type="Note",
        url="",
        origin="https://elsewhere.example",
        origin_name="",
        author_uri="https://elsewhere.example/u/1",
        author_name="Samira",
        texts={"fr": Text(content="<p>Bonjour</p>")},
        language="fr",
        published=project.published_at,
        in_reply_to=project.ref,
    )
    assert len(set(all_at_once(lambda n: travel.receive(remote)))) == 1
    assert Post.objects.count() == 1
