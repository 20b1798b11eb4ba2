"""Lists stay flat: each filter walks one index and sorts nothing."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.utils import timezone

from core.contract import SubjectRef
from plugins.forum.domain import marks, reading
from plugins.forum.models import Thread
from tests.factories import PersonFactory, ProjectFactory, ThemeFactory
from tests.forum.factories import bulk_threads, say

pytestmark = pytest.mark.django_db
sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="reads SQLite's plan")
CURSOR = reading.Cursor(timezone.now(), 10)


def plan(rows):
    """SQLite's plan of a query, as one text."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@sqlite
@pytest.mark.parametrize("before", [None, CURSOR])
@pytest.mark.parametrize("kind", ["", "free", "core.project"])
@pytest.mark.parametrize("themed", [False, True])
def test_the_list_walks_an_index(before, kind, themed):
    """ANCHORS §2: flat to 100,000 topics by construction."""
    bulk_threads(300, 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    filters = reading.Filters(kind=kind, theme=ThemeFactory() if themed else None)
    found = plan(reading.page_query(reading.threads(filters), before)[:21])
    assert "TEMP B-TREE" not in found
    assert not re.search(r"SCAN \w+(?! USING INDEX thread_list)$", found, re.MULTILINE)
    assert "thread_list" in found


@sqlite
def test_a_page_of_posts_is_a_range_of_the_index():
    thread = bulk_threads(2, 30)[0]
    found = plan(reading.page_of_posts(thread, 21))
    assert "TEMP B-TREE" not in found
    assert "SCAN" not in found


@sqlite
def test_the_panel_walks_an_index():
    found = plan(reading.latest_query(SubjectRef("core.project", "x")))
    assert "SCAN" not in found


def test_cursors_survive_the_journey():
    bulk_threads(3, 1)
    for thread in Thread.objects.all():
        cursor = reading.Cursor.read(str(reading.Cursor(thread.last_posted_at, thread.pk)))
        assert (cursor.at, cursor.pk) == (thread.last_posted_at, thread.pk)


def test_threads_of_one_moment_are_all_shown_once():
    bulk_threads(45, 1)
    Thread.objects.update(last_posted_at=timezone.now())
    seen, before = [], None
    for _page in range(3):
        found, before = reading.page(reading.threads(reading.Filters()), before)
        seen += [thread.pk for thread in found]
    assert before is None
    assert len(seen) == len(set(seen)) == 45


def test_unread_costs_one_query(django_assert_num_queries):
    person = PersonFactory()
    made = bulk_threads(3, 5)
    marks.read(person, made[0], None, 2)
    with django_assert_num_queries(1):
        assert list(marks.unread(person, made).values()) == [3, 5, 5]


def test_a_mark_never_goes_back():
    post, person = say(ProjectFactory()), PersonFactory()
    marks.read(person, post.thread, None, 5)
    marks.read(person, post.thread, marks.mark_of(person, post.thread), 3)
    assert marks.mark_of(person, post.thread).last_read == 5
