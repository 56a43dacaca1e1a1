"""A table of summaries and the query that it follows from: to write it, and to compare it."""

from dataclasses import dataclass

from psycopg import sql

from curtailment.sql import sql_for_replacing

REVISION = "revision"


@dataclass(frozen=True)
class Derived:
    """Rows of a table that are derived, wholly, from what stands in the tables below it.

    `select` gives key and columns, in this order; `within` says which of the table's rows it
    speaks of. `parts` names, for people, what the rows are sums of.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    select: sql.Composable
    within: sql.Composable
    parts: str
    has_revision: bool = False

    def sql_for_rebuilding(self) -> sql.Composed:
        """Makes the rows equal to the query's, and counts those it wrote and removed.

        A row that changes gets the next revision.
        """
        return sql_for_replacing(
            self.table,
            key=self.key,
            columns=self.columns,
            when_written=(REVISION,) if self.has_revision else (),
            select=self._select_with_revision() if self.has_revision else self.select,
            within=self.within,
        )

    def sql_for_differences(self) -> sql.Composed:
        """The rows, stored and expected, that differ, as JSON; null is a row that is not there."""
        return sql.SQL(
            """
            WITH expected ({names}) AS ({select}), stored AS (
                SELECT {names} FROM {table} WHERE {within}
            )
            SELECT to_jsonb(s)::text AS stored, to_jsonb(e)::text AS expected
            FROM stored AS s FULL JOIN expected AS e ON {same_key}
            WHERE s.{first_key} IS NULL OR e.{first_key} IS NULL
                OR ({stored}) IS DISTINCT FROM ({expected})
            ORDER BY {order}
            """
        ).format(
            names=_joined(None, (*self.key, *self.columns)),
            select=self.select,
            table=sql.Identifier(self.table),
            within=self.within,
            same_key=sql.SQL(" AND ").join(
                sql.SQL("s.{0} = e.{0}").format(sql.Identifier(name)) for name in self.key
            ),
            first_key=sql.Identifier(self.key[0]),
            stored=_joined("s", self.columns),
            expected=_joined("e", self.columns),
            order=sql.SQL(", ").join(
                sql.SQL("COALESCE(s.{0}, e.{0})").format(sql.Identifier(name)) for name in self.key
            ),
        )

    def _select_with_revision(self) -> sql.Composed:
        return sql.SQL("SELECT derived.*, nextval('report_revisions') FROM ({}) AS derived").format(
            self.select
        )


def _joined(table: str | None, columns: tuple[str, ...]) -> sql.Composed:
    path = (table,) if table else ()
    return sql.SQL(", ").join(sql.Identifier(*path, column) for column in columns)
