"""SQL of taking a year's partition out and putting it back."""

from datetime import date

from django.db import connection
from psycopg import sql

# Names of the year's partition, of its table and of the default partition, and the year's limits.
Names = dict[str, sql.Composable]

# Nobody waits for long: whoever reads a table keeps everybody else waiting behind this.
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'"
# As texts the same on every server.
FORMATS = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'"
# Only whoever passes over the product's own locks waits here; its row would be lost otherwise.
FREEZE = "LOCK TABLE {partition} IN SHARE MODE"
COPY_OUT = "COPY (SELECT {columns} FROM {partition} ORDER BY {key}) TO STDOUT"
COPY_IN = "COPY {partition} ({columns}) FROM STDIN"
# While a year is in a file the default partition takes none of its rows.
DETACH = (
    "ALTER TABLE {table} DETACH PARTITION {partition}",
    "DROP TABLE {partition}",
    """
    ALTER TABLE {default} ADD CONSTRAINT {guard}
        CHECK (settlement_date < {first} OR settlement_date >= {end})
    """,
)
# What PostgreSQL would look for in every row, it takes from the constraint.
NEW_PARTITION = (
    "CREATE TABLE {partition} (LIKE {table} INCLUDING ALL)",
    """
    ALTER TABLE {partition} ADD CONSTRAINT {limits}
        CHECK (settlement_date >= {first} AND settlement_date < {end})
    """,
)
# The planner knows the rows from the first query on.
ANALYZE = "ANALYZE {partition}"
ATTACH = (
    "ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES FROM ({first}) TO ({end})",
    "ALTER TABLE {partition} DROP CONSTRAINT {limits}",
    "ALTER TABLE {default} DROP CONSTRAINT {guard}",
)


def names_of(table: str, year: int) -> Names:
    return {
        "table": sql.Identifier(table),
        "partition": sql.Identifier(f"{table}_{year}"),
        "default": sql.Identifier(f"{table}_default"),
        "guard": sql.Identifier(f"{table}_archived_{year}"),
        "limits": sql.Identifier(f"{table}_{year}_limits"),
        "first": sql.Literal(date(year, 1, 1)),
        "end": sql.Literal(date(year + 1, 1, 1)),
    }


def execute(statement: str, names: Names | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**(names or {})))


def read_columns(table: str) -> list[list[str]]:
    """The columns of a table with their types, in order."""
    with connection.cursor() as cursor:
        cursor.execute(sql_for_columns(), [table])
        return [list(column) for column in cursor.fetchall()]


def sql_for_columns() -> str:
    return """
        SELECT attname::text, format_type(atttypid, atttypmod)
        FROM pg_attribute
        WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
        ORDER BY attnum
    """


def read_key(table: str) -> list[str]:
    """The columns of a table's primary key, in order."""
    with connection.cursor() as cursor:
        cursor.execute(sql_for_key(), [table])
        return [name for (name,) in cursor.fetchall()]


def sql_for_key() -> str:
    return """
        SELECT a.attname::text
        FROM pg_index AS i
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = to_regclass(%s) AND i.indisprimary
        ORDER BY k.position
    """


def joined(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
