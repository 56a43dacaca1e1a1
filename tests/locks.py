"""Advisory locks that another connection holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from curtailment.locks import LockSpace


@contextmanager
def held_by_another(space: LockSpace, key: int) -> Iterator[None]:
    """Holds a session lock on a connection of its own, as another process would.

    It is given back before the connection ends, for a server notices the end of one when it likes.
    """
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [int(space), key])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [int(space), key])
    finally:
        other.close()
