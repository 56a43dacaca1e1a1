"""Finished report pages, kept compressed; a cache that is down is done without."""

import gzip
import logging
import os
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import Error, connection, transaction
from django.http import HttpResponse
from psycopg import sql

from config.cache import ALIAS
from config.metrics import report_cache_total
from curtailment.models import ReferenceRevision

logger = logging.getLogger(__name__)

# Larger ones are built each time: at most MAX_ENTRIES times this is held (config/cache.py).
LARGEST_BODY_BYTES = 256 * 1024
COMPRESSION_LEVEL = 6
# After a failure the cache is left alone for so long, so that readers do not wait for it.
PAUSE_SECONDS = 10
KEPT_HEADERS = ("Content-Type", "Content-Disposition")

# Of this process, since it started. A lost increment of two threads does no harm.
counts: Counter[str] = Counter()
_paused_until = 0.0


def count(outcome: str) -> None:
    """This will count what the cache did for a page."""
    counts[outcome] += 1
    report_cache_total.labels(outcome).inc()


def cache_errors() -> tuple[type[Exception], ...]:
    """What a cache raises that is down, is misconfigured, or whose table was never made."""
    redis_errors: tuple[type[Exception], ...] = ()
    if find_spec("redis") is not None:
        redis_errors = (import_module("redis.exceptions").RedisError,)
    return (OSError, Error, *redis_errors)


@dataclass(frozen=True)
class StoredPage:
    """A finished page: the headers that belong to it, and its body compressed by gzip."""

    headers: dict[str, str]
    compressed: bytes

    @classmethod
    def of(cls, response: HttpResponse) -> "StoredPage":
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        # Without a time in it, so that equal pages are equal bytes.
        return cls(headers, gzip.compress(response.content, COMPRESSION_LEVEL, mtime=0))

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.compressed)


def fetch(key: str) -> StoredPage | None:
    """The page that is stored under a key; null also while the cache is down."""
    if time.monotonic() < _paused_until:
        return None
    try:
        with _savepoint():
            found = caches[ALIAS].get(key)
    except cache_errors() as error:
        _pause(error)
        return None
    count("misses" if found is None else "hits")
    return StoredPage(*found) if found else None


def store(key: str, page: StoredPage, *, keep_for: timedelta) -> None:
    """This will keep a page for later readers, unless it is very large or the cache is down."""
    if len(page.compressed) > LARGEST_BODY_BYTES or time.monotonic() < _paused_until:
        return
    try:
        with _savepoint():
            caches[ALIAS].set(key, (page.headers, page.compressed), keep_for.total_seconds())
    except cache_errors() as error:
        _pause(error)


def clear() -> None:
    """This will clear the cache, of all processes and machines.

    None of them will look for a page under its present key again. Memory of this process is
    released at once, that of others as their pages grow old.
    """
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_CLEARING, {"name": ReferenceRevision.CLEARED})
    try:
        with _savepoint():
            caches[ALIAS].clear()
    except cache_errors() as error:
        _pause(error)
    counts.clear()


SQL_FOR_CLEARING = """
INSERT INTO reference_revisions (name, revision)
VALUES (%(name)s, nextval('report_revisions'))
ON CONFLICT (name) DO UPDATE SET revision = EXCLUDED.revision
"""


@dataclass(frozen=True)
class Usage:
    """What staff are told; keys and bytes are null where the backend does not say."""

    backend: str
    is_shared: bool
    process_id: int
    hits: int
    not_modified: int
    misses: int
    failures: int
    key_count: int | None
    size_bytes: int | None


def usage() -> Usage:
    """How the cache is used, counted by the process that answers."""
    backend = caches[ALIAS]
    key_count, size_bytes = _measure(backend)
    return Usage(
        backend=type(backend).__name__,
        is_shared=not isinstance(backend, LocMemCache),
        process_id=os.getpid(),
        hits=counts["hits"],
        not_modified=counts["not_modified"],
        misses=counts["misses"],
        failures=counts["failures"],
        key_count=key_count,
        size_bytes=size_bytes,
    )


def _measure(backend: BaseCache) -> tuple[int | None, int | None]:
    """Number of keys, and bytes of their values."""
    if isinstance(backend, LocMemCache):
        # Django shows neither, so this looks inside.
        values = list(backend._cache.values())  # type: ignore[attr-defined]
        return len(values), sum(map(sys.getsizeof, values))
    if isinstance(backend, DatabaseCache):
        table = sql.Identifier(backend._table)  # type: ignore[attr-defined]
        query = sql.SQL("SELECT count(*), coalesce(sum(length(value)), 0) FROM {}").format(table)
        try:
            with _savepoint(), connection.cursor() as cursor:
                cursor.execute(query)
                keys, size = cursor.fetchone()
        except cache_errors():
            return None, None
        return int(keys), int(size)
    return None, None


def _savepoint() -> AbstractContextManager[object]:
    """So that a database cache that fails does not break a transaction of the caller."""
    is_inside = isinstance(caches[ALIAS], DatabaseCache) and connection.in_atomic_block
    return transaction.atomic() if is_inside else nullcontext()


def _pause(error: Exception) -> None:
    global _paused_until
    _paused_until = time.monotonic() + PAUSE_SECONDS
    count("failures")
    # Without arguments of the error: an address may hold a password.
    reason = str(error).partition("\n")[0] if isinstance(error, Error) else type(error).__name__
    logger.warning("The cache of reports cannot be used, pages are built each time: %s", reason)
