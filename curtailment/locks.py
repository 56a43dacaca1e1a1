"""Advisory locks: who may write a day, a month or a year, one at a time.

A transaction that needs several takes them in the order of the members of LockSpace, and waits
for each in a statement of its own, so that the statement after it sees what others committed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import IntEnum

from django.db import connection


class LockSpace(IntEnum):
    """What is locked; the first half of an advisory lock's key."""

    STALE_DAYS = 7_300
    BACKFILL = 7_301
    FETCH = 7_302
    PARTITIONS = 7_303
    NETWORK = 7_304
    DAY = 7_305
    MONTH = 7_306
    YEAR = 7_307


def lock_day(settlement_date: date) -> None:
    """Waits until this transaction alone may write the rows of a settlement date."""
    lock(LockSpace.DAY, settlement_date.toordinal())


def lock_month(month: date) -> None:
    """Waits until this transaction alone may write the summaries of a date's month."""
    lock(LockSpace.MONTH, month.year * 12 + month.month)


def lock_year(year: int) -> None:
    """Waits until this transaction alone may write the summaries of a year."""
    lock(LockSpace.YEAR, year)


def lock(space: LockSpace, key: int) -> None:
    """Waits for a lock that ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [int(space), key])


def try_session_lock(space: LockSpace, key: int) -> bool:
    """Takes a lock that lasts until it is released or the connection ends, if it is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [int(space), key])
        return bool(cursor.fetchone()[0])


def release_session_lock(space: LockSpace, key: int) -> None:
    """Releases a session lock of this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [int(space), key])


@contextmanager
def session_lock_if_free(space: LockSpace, key: int) -> Iterator[bool]:
    """Holds a session lock if nobody else does, and says whether."""
    is_mine = try_session_lock(space, key)
    try:
        yield is_mine
    finally:
        if is_mine and connection.connection is not None and not connection.connection.closed:
            release_session_lock(space, key)


@contextmanager
def session_lock(space: LockSpace, key: int) -> Iterator[None]:
    """Holds a lock that outlives transactions: waits for it, and releases it in the end.

    Should the connection be lost inside, PostgreSQL has released the lock already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [int(space), key])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            release_session_lock(space, key)
