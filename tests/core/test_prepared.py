"""Queries whose SQL is made once: the same rows as ever, always fresh."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from core.models import Theme
from core.prepared import NotPreparable, prepared


@prepared
def by_slug(*slugs: str) -> QuerySet[Theme]:
    return Theme.objects.filter(slug__in=slugs).order_by("slug")


@prepared
def from_order(least: int) -> QuerySet[Theme]:
    return Theme.objects.filter(order__gte=least).order_by("order")[:2]


@pytest.fixture
def themes(db: None) -> list[Theme]:
    return [Theme.objects.create(slug=f"t-{n}", order=1000 + n, name_fr=f"Thème {n}") for n in range(4)]


def test_the_rows_are_those_of_each_calls_values(themes: list[Theme]) -> None:
    """The same SQL with other values gives other rows."""
    assert from_order(1001) == themes[1:3]
    assert from_order(1003) == themes[3:]
    assert from_order(5000) == []


def test_each_number_of_values_has_its_own_sql(themes: list[Theme]) -> None:
    """One key, three keys, none."""
    assert by_slug("t-2") == [themes[2]]
    assert by_slug("t-0", "t-1", "t-3") == [themes[0], themes[1], themes[3]]
    assert by_slug() == []


def test_a_value_is_never_part_of_the_sql(themes: list[Theme]) -> None:
    """Quotes and percent signs stay a value."""
    assert by_slug("t-1") == [themes[1]]
    assert by_slug("' OR 1=1 --") == []
    assert by_slug("%s") == []


def test_rows_are_asked_again_each_time(themes: list[Theme]) -> None:
    """A change is seen at once; one query a call."""
    from_order(1003)
    Theme.objects.filter(pk=themes[3].pk).update(name_fr="Autre")
    with CaptureQueriesContext(connection) as queries:
        assert from_order(1003)[0].name_fr == "Autre"
    assert len(queries) == 1


def test_the_sql_is_made_once() -> None:
    """The function is called for the SQL, not for the rows."""
    calls = []

    @prepared
    def counted(least: int) -> QuerySet[Theme]:
        calls.append(least)
        return Theme.objects.filter(order__gte=least)

    statement_of = counted.statement
    assert statement_of((1,)) is statement_of((2,))
    assert len(calls) == 1


def test_a_value_that_does_not_reach_the_sql_as_it_is_raises() -> None:
    """A pattern, or a value that is not used: better an error at once than wrong rows."""
    with pytest.raises(NotPreparable):
        prepared(lambda word: Theme.objects.filter(slug__contains=word))("a")
    with pytest.raises(NotPreparable):
        prepared(lambda slug, unused: Theme.objects.filter(slug=slug))("a", "b")


def test_another_thread_asks_on_its_own_connection(themes: list[Theme]) -> None:
    """SQL made by one thread serves the others, each on the connection it has itself."""
    ready = from_order.statement((1,)).ready((1002,))
    here = ready.get_compiler(using="default").connection
    there: list[object] = []

    def look() -> None:
        there.append(ready.get_compiler(using="default").connection)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert here is connections["default"]
    assert there
    assert there[0] is not here
