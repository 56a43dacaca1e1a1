"""How long queries take: slow and failed ones are logged, and a request's are added up."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error

from config.queries.callers import who_asks

logger = logging.getLogger(__name__)

# Whoever asked says these once, with what to do about them (config/database/problems.py).
TOLD_ELSEWHERE = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


@dataclass
class Totals:
    """The queries of a piece of work."""

    count: int = 0
    seconds: float = 0.0


_totals: ContextVar[Totals | None] = ContextVar("query_totals", default=None)


@contextmanager
def totaled_queries() -> Iterator[Totals]:
    """Adds up the queries that are asked inside."""
    totals = Totals()
    token = _totals.set(totals)
    try:
        yield totals
    finally:
        _totals.reset(token)


def time_query(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Django's wrapper of every query of a connection (config/database/base.py).

    Who asks is only looked up for what is logged. COPY does not come this way.
    """
    with timed(sql):
        return execute(sql, params, many, context)


@contextmanager
def timed(sql: Any) -> Iterator[None]:
    """Times the query that is asked inside; for COPY, which takes as long as its rows are sent."""
    started = perf_counter()
    try:
        yield
    except (Error, psycopg.Error) as error:
        _failed(sql, error, _add(started))
        raise
    seconds = _add(started)
    if seconds * 1_000 >= settings.SLOW_QUERY_MS:
        _log("Slow query", sql, seconds, "")


def _add(started: float) -> float:
    """The seconds since then, which are added to the totals."""
    seconds = perf_counter() - started
    if (totals := _totals.get()) is not None:
        totals.count += 1
        totals.seconds += seconds
    return seconds


def _failed(sql: Any, error: Exception, seconds: float) -> None:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, TOLD_ELSEWHERE):
        return
    # Without DETAIL, which repeats values of rows.
    said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    _log("Failed query", sql, seconds, f" {type(cause or error).__name__}: {said or 'no answer'}")


def _log(what: str, sql: Any, seconds: float, error: str) -> None:
    asked = who_asks(sql)
    duration_ms = round(seconds * 1_000, 1)
    logger.warning(
        "%s, %s ms: %s.%s",
        what,
        duration_ms,
        asked,
        error,
        extra={
            "fields": {
                "query": asked.name,
                "caller": asked.caller,
                "duration_ms": duration_ms,
            }
        },
    )
