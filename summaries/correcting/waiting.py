"""Transactions of a page, which wait for other writers only as long as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

LONGEST_WAIT_S = 5


class Busy(Exception):
    """Somebody else is writing the same days; the message says what to do."""


@contextmanager
def brief_transaction() -> Iterator[None]:
    """All or nothing, without a long wait. Raises Busy if others hold what it needs."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_S}s'")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
            raise Busy("The day is being written at the moment. Try again.") from error
        raise


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is seen within and then taken back."""
    with brief_transaction():
        yield
        transaction.set_rollback(True)
