"""SQL that every table of derived or replaced rows needs, written once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from config.replicas.reading import reading_connection
from curtailment.distribution import IS_DISTRIBUTED


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


@dataclass(frozen=True)
class DateMerge:
    """Makes thousands of rows of `%(settlement_date)s` in a partitioned table equal to a query's.

    A row that is equal in `columns` is not touched. `select` gives key, columns, the columns of
    `when_written` and of `when_inserted`, in this order. merge_date runs it.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    select: str
    when_written: tuple[str, ...] = ()
    when_inserted: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [*self.key, *self.columns, *self.when_written, *self.when_inserted]

    @property
    def statement(self) -> sql.Composed:
        """MERGE finds what is stored by one scan of the date, where ON CONFLICT looks into the
        index for each row, twice. It does not wait for another writer: hold the day's lock.
        """
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
            table=sql.Identifier(self.table),
            select=sql.SQL(self.select),
            names=_joined(self.names),
            stored_key=_joined(self.key, "stored"),
            offered_key=_joined(self.key, "offered"),
            stored=_joined(self.columns, "stored"),
            offered=_joined(self.columns, "offered"),
            assignments=sql.SQL(", ").join(
                sql.SQL("{0} = offered.{0}").format(sql.Identifier(name))
                for name in [*self.columns, *self.when_written]
            ),
            values=_joined(self.names, "offered"),
        )

    @property
    def statement_for_citus(self) -> sql.Composed:
        """Citus has no MERGE of rows that take their ids from a sequence, nor of local rows.

        This one counts the rows that it wrote: what Citus itself counts are all that were offered.
        """
        return sql.SQL(
            """
            WITH written AS (
                INSERT INTO {table} AS stored ({names})
                {select}
                ON CONFLICT ({key}) DO UPDATE SET {assignments}
                WHERE ({stored}) IS DISTINCT FROM ({excluded})
                RETURNING 1
            )
            SELECT count(*) FROM written
            """
        ).format(
            table=sql.Identifier(self.table),
            names=_joined(self.names),
            select=sql.SQL(self.select),
            key=_joined(self.key),
            assignments=sql.SQL(", ").join(
                sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name))
                for name in [*self.columns, *self.when_written]
            ),
            stored=_joined(self.columns, "stored"),
            excluded=_joined(self.columns, "excluded"),
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


@dataclass(frozen=True)
class Merged:
    """How many rows a merge wrote, and whether the date had none before, so none to remove."""

    rows_written: int
    was_empty: bool


def merge_date(merge: DateMerge, parameters: Mapping[str, Any]) -> Merged:
    """Runs a merge. The transaction expects many rows then."""
    with connection.cursor() as cursor:
        cursor.execute(EXPECT_MANY_ROWS, {"table": merge.table})
        *_, is_distributed = cursor.fetchone()
        cursor.execute(HAS_ROWS.format(table=sql.Identifier(merge.table)), parameters)
        has_rows = cursor.fetchone() is not None
        if is_distributed:
            written = execute_count(merge.statement_for_citus, parameters)
        else:
            cursor.execute(merge.statement, parameters)
            written = int(cursor.rowcount)
        return Merged(written, was_empty=not has_rows)


HAS_ROWS = sql.SQL("SELECT 1 FROM {table} WHERE settlement_date = %(settlement_date)s LIMIT 1")
# What expect_many_rows does, and whether the rows are spread over a cluster, in one question.
EXPECT_MANY_ROWS = f"""
    SELECT
        set_config('enable_nestloop', 'off', true),
        set_config('jit', 'off', true),
        {IS_DISTRIBUTED}
"""


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
