"""The API in long discussions and under hostile input."""

from __future__ import annotations

from base64 import b64encode

import pytest
from django.urls import Resolver404, resolve

from plugins.forum.api import PostPages
from plugins.forum.views import replies
from tests.factories import ProjectFactory
from tests.forum.factories import bulk_threads, say

pytestmark = pytest.mark.django_db
POSTS = "/api/v1/forum/posts/"


def test_the_cursor_walks_a_long_discussion_to_its_end(client, monkeypatch):
    """The cursor is the message's number: an offset would stop at its limit and give the same page for ever."""
    monkeypatch.setattr(PostPages, "page_size", 2)
    monkeypatch.setattr(PostPages, "offset_cutoff", 3)
    thread = bulk_threads(1, 11)[0]
    numbers, url = [], f"{POSTS}?thread={thread.uid}"
    for _page in range(6):
        answer = client.get(url).json()
        numbers += [row["number"] for row in answer["results"]]
        url = answer["next"]
    assert numbers == list(range(1, 12))
    assert url is None


@pytest.mark.parametrize("position", ["x", "\x00", "9" * 40, "-1", "2026-13-45"])
@pytest.mark.parametrize("kind", ["threads", "posts"])
def test_a_forged_cursor_is_not_found(client, kind, position):
    post = say(ProjectFactory())
    cursor = b64encode(f"p={position}".encode()).decode()
    answer = client.get(f"/api/v1/forum/{kind}/", {"cursor": cursor, "thread": post.thread.uid})
    assert answer.status_code in {200, 404}


@pytest.mark.parametrize("path", ["post/a\x00b/", "post/a\x00b/edit/"])
def test_no_address_carries_a_nul_to_the_database(path):
    """PostgreSQL takes no NUL in a text: such an address leads nowhere."""
    with pytest.raises(Resolver404):
        resolve(f"/fr/forum/{path}")


def test_a_key_with_a_nul_is_not_found(client, monkeypatch):
    monkeypatch.setattr(replies, "place", lambda ref: pytest.fail(f"{ref} reached the database"))
    assert client.get("/fr/forum/reply/core.project/a%00b/").status_code == 404


@pytest.mark.parametrize("query", ["threads/?about=core.project:\x00", "posts/?thread=\x00"])
def test_a_filter_with_a_nul_finds_nothing(client, query):
    say(ProjectFactory())
    answer = client.get(f"/api/v1/forum/{query}")
    assert answer.status_code == 200
    assert answer.json()["results"] == []
