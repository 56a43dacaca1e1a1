"""SQL that every table of derived or replaced rows needs, written once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from config.replicas.reading import reading_connection


def sql_for_replacing(
    table: str,
    *,
    key: Sequence[str],
    columns: Sequence[str],
    select: sql.Composable,
    within: sql.Composable,
    when_written: Sequence[str] = (),
) -> sql.Composed:
    """One statement that makes the rows `within` a table equal to a query's.

    It counts the rows that it wrote and removed; one that is equal in `columns` is not touched.
    `select` gives key, columns and the columns of `when_written`, in this order; the last are set
    only when a row changes.
    """
    names = [*key, *columns, *when_written]
    return sql.SQL(
        """
        WITH offered ({names}) AS MATERIALIZED ({select}), written AS (
            INSERT INTO {table} AS stored ({names})
            SELECT * FROM offered
            ON CONFLICT ({key}) DO UPDATE SET {assignments}
            WHERE ({stored}) IS DISTINCT FROM ({excluded})
            RETURNING 1
        ), removed AS (
            DELETE FROM {table} AS stored
            WHERE {within} AND NOT EXISTS (
                SELECT FROM offered WHERE ({offered_key}) = ({stored_key})
            )
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
        """
    ).format(
        table=sql.Identifier(table),
        names=_joined(names),
        select=select,
        within=within,
        key=_joined(key),
        offered_key=_joined(key, "offered"),
        stored_key=_joined(key, "stored"),
        assignments=sql.SQL(", ").join(
            sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name))
            for name in [*columns, *when_written]
        ),
        stored=_joined(columns, "stored"),
        excluded=_joined(columns, "excluded"),
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
    """Writes a query's rows into those of `%(settlement_date)s` in a partitioned table.

    A row that is equal in `columns` is not touched. For thousands of rows: MERGE finds what is
    stored by one scan of the date, where ON CONFLICT looks into the index for each row, twice. It
    does not wait for another writer: hold the day's lock. Run it by execute_merge, after
    expect_many_rows. `select` gives key, columns, the columns of `when_written` and of
    `when_inserted`, in this order.
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
