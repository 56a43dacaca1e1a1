"""How report pages read the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from config.replicas.reading import reading_connection
from curtailment.sql import fetch_rows

__all__ = ["fetch_rows", "snapshot"]

SQL_FOR_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see the database as of one instant, and nothing can be written.

    Inside a transaction of the caller they see what that one sees.
    """
    connection = reading_connection()
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.execute(SQL_FOR_SNAPSHOT)
        yield
