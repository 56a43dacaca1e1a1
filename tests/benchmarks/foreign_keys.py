"""Filling millions of rows without asking for each of them whether its unit is there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import sql

TABLES = ["curtailment_records", "historical_bitcoin_calculations"]

SQL_FOR_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY(%s::regclass[])
"""


@contextmanager
def checked_in_the_end() -> Iterator[None]:
    """Foreign keys of the big tables are taken away, and checked as a whole when put back."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_FOREIGN_KEYS, [TABLES])
        keys = cursor.fetchall()
    _for_each("ALTER TABLE {table} DROP CONSTRAINT {name}", keys)
    yield
    _for_each("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}", keys)


@transaction.atomic
def _for_each(statement: str, keys: list[tuple[str, str, str]]) -> None:
    with connection.cursor() as cursor:
        for table, name, definition in keys:
            cursor.execute(
                sql.SQL(statement).format(
                    table=sql.Identifier(table),
                    name=sql.Identifier(name),
                    definition=sql.SQL(definition),
                )
            )
