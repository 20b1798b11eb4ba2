"""Queries of the busiest pages, turned into SQL once per process: building the SQL costs more than running it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import ColPairs
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
Value = int | str
Key = tuple[Any, ...]
NUMBER = 31_870
"""The first of the numbers that hold the places of values while the SQL is made; it fits the smallest column."""


class NotPreparable(TypeError):
    """A value of the call does not stand in the SQL as it was given: such a query cannot be prepared."""


class Statement(Generic[M]):
    """One query as SQL, and which of its parameters are values of the call."""

    def __init__(self, rows: QuerySet[M], marks: list[Value]) -> None:
        self.rows = rows
        self.compiler: SQLCompiler = rows.query.get_compiler(using=rows.db)
        self.sql, self.params = self.compiler.as_sql()
        select = [column[0] for column in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(select)
        self.composite = any(isinstance(column, ColPairs) for column in select)
        places = {place: marks.index(param) for place, param in enumerate(self.params) if param in marks}
        if set(places.values()) != set(range(len(marks))):
            raise NotPreparable(self.sql)
        self.places = places

    def ready(self, values: tuple[Value, ...]) -> Ready:
        """The query with these values in their places."""
        places = self.places
        params = (values[places[n]] if n in places else param for n, param in enumerate(self.params))
        return Ready(self, tuple(params))

    def ask(self, values: tuple[Value, ...]) -> list[M]:
        """The rows for these values, from the database."""
        rows: Any = copy.copy(self.rows)
        rows._query = self.ready(values)
        return list(rows._iterable_class(rows))


class Ready(Query):
    """Stands in for a query whose SQL is there already."""

    def __init__(self, statement: Statement[Any], params: tuple[Any, ...]) -> None:
        self.__dict__.update(statement.rows.query.__dict__)
        self.statement, self.parameters = statement, params

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> SQLCompiler:
        """The compiler that made the SQL, on the connection of this thread, giving it with this call's values."""
        compiler: Any = copy.copy(self.statement.compiler)
        compiler.connection = connection or connections[using or self.statement.rows.db]
        compiler.as_sql = lambda *_args, **_kwargs: (self.statement.sql, self.parameters)
        compiler.get_converters = lambda _columns: self.statement.converters
        compiler.has_composite_fields = lambda _columns: self.statement.composite
        return compiler


class Prepared(Generic[M]):
    """A function from numbers and texts to a queryset, called for its rows; see :func:`prepared`."""

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self.build = build
        self.statements: dict[Key, Statement[M]] = {}
        update_wrapper(self, build)

    def statement(self, values: tuple[Value, ...]) -> Statement[M]:
        """The SQL for values of these types; raises EmptyResultSet when no row can answer."""
        key = tuple(map(type, values))
        if key not in self.statements:
            marks: list[Value] = [
                NUMBER + place if isinstance(value, int) else f"{NUMBER + place}"
                for place, value in enumerate(values)
            ]
            self.statements[key] = Statement(self.build(*marks), marks)
        return self.statements[key]

    def __call__(self, *values: Value) -> list[M]:
        """The rows, always fresh from the database."""
        try:
            return self.statement(values).ask(values)
        except EmptyResultSet:  # a list of keys without one
            return []


def prepared(build: Callable[..., QuerySet[M]]) -> Prepared[M]:
    """Decorator: the function's queryset is made into SQL at its first call and asked with other values after.

    The queryset may depend on nothing but the arguments (no clock, no language, no setting), must use each of them
    as it is, and must neither prefetch nor lock. Raises NotPreparable at the first call otherwise.
    """
    return Prepared(build)
