"""Writing down the queries that a piece of code asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from config.queries.callers import Asked, who_asks


@dataclass(frozen=True)
class Query:
    """A query as it was asked."""

    sql: Any
    params: Any
    asked: Asked


@contextmanager
def recorded_queries() -> Iterator[list[Query]]:
    """The queries that this thread asks inside, in their order, as they are asked."""
    queries: list[Query] = []

    def record(execute: Callable[..., Any], sql: Any, params: Any, *rest: Any) -> Any:
        queries.append(Query(sql, params, who_asks(sql)))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(record):
        yield queries
