"""One page is made at a time in a process, so that those that are made already do not wait.

Making a page takes a hundred times what it takes to send one from the cache, nearly all of it
Python, of which a process does one thing at a time anyway.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import connections

# Longer than pages take: who makes one is held up by a server then, and others need not be.
PATIENCE_SECONDS = 5

_turn = Lock()


@contextmanager
def turn_to_make() -> Iterator[bool]:
    """Waits until nobody else of this process makes a page; who waits holds no connection.

    Yields whether it had to: the page may have been made meanwhile. Patience has an end, so that
    a page which waits for a server that hangs does not stop all others.
    """
    has_turn = _turn.acquire(blocking=False)
    has_waited = not has_turn
    if has_waited:
        _give_back_connections()
        has_turn = _turn.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield has_waited
    finally:
        if has_turn:
            _turn.release()


def _give_back_connections() -> None:
    """To the pool; the next query takes one again."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
