"""SQL that every table of derived or replaced rows needs, written once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from config.replicas.reading import reading_connection


def sql_for_upsert(
    table: str,
    *,
    key: Sequence[str],
    columns: Sequence[str],
    select: str | sql.Composable,
    when_written: Mapping[str, str] | None = None,
    when_inserted: Sequence[str] = (),
) -> sql.Composed:
    """One statement that makes rows of a table equal to a query's, and counts those it wrote.

    A row that is equal in `columns` is not touched. `select` gives key, columns, the columns of
    `when_written` and of `when_inserted`, in this order. Those of `when_written` are set, to the
    expression that they map to, only when a row changes; those of `when_inserted` never again.
    """
    when_written = when_written or {}
    names = [*key, *columns, *when_written, *when_inserted]
    assignments = [
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column)) for column in columns
    ] + [
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.SQL(expression))
        for column, expression in when_written.items()
    ]
    return sql.SQL(
        """
        WITH written AS (
            INSERT INTO {table} AS stored ({names})
            {select}
            ON CONFLICT ({key}) DO UPDATE SET {assignments}
            WHERE ({stored}) IS DISTINCT FROM ({offered})
            RETURNING 1
        )
        SELECT count(*) FROM written
        """
    ).format(
        table=sql.Identifier(table),
        names=_joined(names),
        select=sql.SQL(select) if isinstance(select, str) else select,
        key=_joined(key),
        assignments=sql.SQL(", ").join(assignments),
        stored=_joined(columns, "stored"),
        offered=_joined(columns, "excluded"),
    )


def sql_for_merging_date(
    table: str,
    *,
    key: Sequence[str],
    columns: Sequence[str],
    select: str,
    when_written: Sequence[str] = (),
    when_inserted: Sequence[str] = (),
) -> sql.Composed:
    """Like sql_for_upsert, for thousands of rows of `%(settlement_date)s` in a partitioned table.

    MERGE finds what is stored by one scan of the date, where ON CONFLICT looks into the index
    for each row, twice. It does not wait for another writer: hold the day's lock. Run it by
    execute_merge, after expect_many_rows. `select` gives key, columns, the columns of
    `when_written` and of `when_inserted`, in this order.
    """
    names = [*key, *columns, *when_written, *when_inserted]
    return sql.SQL(
        """
        MERGE INTO {table} AS stored
        USING ({select}) AS offered ({names})
            ON stored.settlement_date = %(settlement_date)s AND ({stored_key}) = ({offered_key})
        WHEN MATCHED AND ({stored}) IS DISTINCT FROM ({offered})
            THEN UPDATE SET {assignments}
        WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})
        """
    ).format(
        table=sql.Identifier(table),
        select=sql.SQL(select),
        names=_joined(names),
        stored_key=_joined(key, "stored"),
        offered_key=_joined(key, "offered"),
        stored=_joined(columns, "stored"),
        offered=_joined(columns, "offered"),
        assignments=sql.SQL(", ").join(
            sql.SQL("{0} = offered.{0}").format(sql.Identifier(name))
            for name in [*columns, *when_written]
        ),
        values=_joined(names, "offered"),
    )


def fetch_rows(
    statement: str | sql.Composed, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of a query, by column name; of a report page perhaps from a replica."""
    with reading_connection().cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute_count(statement: str | sql.Composed, parameters: Mapping[str, Any]) -> int:
    """Runs a statement that answers one number."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def execute_merge(statement: sql.Composed, parameters: Mapping[str, Any]) -> int:
    """Runs a MERGE and counts the rows that it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def expect_many_rows() -> None:
    """This will make the rest of the transaction join by hashing.

    Statistics do not know a day that was written a moment ago: the planner expects one row of it,
    and would compare every one of its thousands with every other, half a minute long. Joins that
    seem dear by that would be compiled first (jit), which takes longer than they do.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL jit = off")


def _joined(columns: Sequence[str], table: str | None = None) -> sql.Composed:
    path = (table,) if table else ()
    return sql.SQL(", ").join(sql.Identifier(*path, column) for column in columns)
