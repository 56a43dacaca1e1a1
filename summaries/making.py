"""How many pages a process makes at once, so that those that are made already do not wait.

Making a page takes a hundred times what it takes to send one from the cache, nearly all of it
Python, of which a process does one thing at a time. Whoever waits for the making of a page finds
it in the cache, if somebody else has made it meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from django.db import connections

# While one of them waits for PostgreSQL, the other one goes on.
MOST_AT_ONCE = 2

_places = BoundedSemaphore(MOST_AT_ONCE)
_lock = Lock()
# Pages that somebody makes or waits for: a lock of each, and by how many it is wanted.
_wanted: dict[str, tuple[Lock, int]] = {}


@contextmanager
def turn_to_make(key: str) -> Iterator[bool]:
    """Waits until nobody else of this process makes the same page, and few make any.

    Yields whether somebody else may have made it meanwhile. Who waits holds no connection.
    """
    _give_back_connections()
    with _want(key) as was_wanted, _places:
        yield was_wanted


@contextmanager
def _want(key: str) -> Iterator[bool]:
    with _lock:
        page, count = _wanted.get(key, (Lock(), 0))
        _wanted[key] = (page, count + 1)
    try:
        with page:
            yield count > 0
    finally:
        with _lock:
            page, still = _wanted.pop(key)
            if still > 1:
                _wanted[key] = (page, still - 1)


def _give_back_connections() -> None:
    """To the pool; the next query takes one again."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
