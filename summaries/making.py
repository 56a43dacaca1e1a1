"""One page is made at a time in a process, so that those that are made already do not wait.

Making a page takes a hundred times what it takes to send one from the cache, nearly all of it
Python, of which a process does one thing at a time anyway.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import connections

_turn = Lock()


@contextmanager
def turn_to_make() -> Iterator[bool]:
    """Waits until nobody else of this process makes a page; who waits holds no connection.

    Yields whether it had to: the page may have been made meanwhile.
    """
    has_waited = not _turn.acquire(blocking=False)
    if has_waited:
        _give_back_connections()
        _turn.acquire()
    try:
        yield has_waited
    finally:
        _turn.release()


def _give_back_connections() -> None:
    """To the pool; the next query takes one again."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
