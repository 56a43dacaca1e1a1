"""The table of the platform before, wherever its database is: found, checked and streamed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg import sql

TABLE = "curtailment_records"
# By what they are called here: the names that a column may have there, the better one first.
COLUMNS = {
    "settlement_date": ("settlement_date",),
    "settlement_period": ("settlement_period",),
    "bmu_id": ("bmu_id", "farm_id"),
    "lead_party": ("lead_party_name", "lead_party"),
    "volume": ("volume",),
    "payment": ("payment",),
    "original_price": ("original_price",),
    "final_price": ("final_price",),
    "so_flag": ("so_flag",),
    "cadl_flag": ("cadl_flag",),
}
SCHEMES = ("postgresql://", "postgres://")
CONNECT_SECONDS = 10
# Rows that are in memory at a time.
ROWS_A_FETCH = 5_000
# Dates as texts are ISO's; and between two fetches a day is stored, which may take its time.
SESSION = "SET datestyle = 'ISO'; SET idle_in_transaction_session_timeout = 0"

TextRow = dict[str, str | None]


class LegacyUnreachable(Exception):
    """The database does not answer, or went away. The message has no password."""


class NotTheLegacyTable(Exception):
    """There is no such table, or it lacks columns. The message says which."""


@dataclass(frozen=True)
class LegacyTable:
    """The open table, and under which names it has its columns."""

    connection: psycopg.Connection[tuple[str | None, ...]]
    columns: dict[str, str]

    def rows(self, first: date, last: date) -> Iterator[TextRow]:
        """The rows of these dates, in the order of their dates; every value is a text or null.

        Texts, so that a value which cannot be read is a matter of its row alone. Without a date
        a row comes too: whoever asks says that it was not taken.
        """
        with _saying_what_happened(), self.connection.cursor(name="legacy_rows") as cursor:
            cursor.itersize = ROWS_A_FETCH
            cursor.execute(sql_for_rows(self.columns), {"first": str(first), "last": str(last)})
            for values in cursor:
                yield dict(zip(self.columns, values, strict=True))

    def count_dates(self, first: date, last: date) -> int:
        """How many dates these rows have; no date is one too."""
        statement = sql_for_counting_dates(self.columns)
        with _saying_what_happened():
            row = self.connection.execute(statement, {"first": str(first), "last": str(last)})
            return int((row.fetchone() or (0,))[0] or 0)


# Rows whose date cannot be read are in every range: somebody has to be told.
IN_RANGE = """
    settlement_date IS NULL
        OR left(settlement_date, 10) COLLATE "C" BETWEEN %(first)s AND %(last)s
        OR settlement_date !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
"""


def sql_for_rows(columns: dict[str, str]) -> sql.Composed:
    """Dates are compared as ISO texts, whatever type they have; so are the others, to have rows
    of one day together and always in the same order.
    """
    texts = [
        sql.SQL("{}::text AS {}").format(sql.Identifier(there), sql.Identifier(here))
        for here, there in columns.items()
    ]
    return sql.SQL(
        """
        SELECT * FROM (SELECT {texts} FROM {table}) AS old
        WHERE {in_range}
        ORDER BY {order}
        """
    ).format(
        texts=sql.SQL(", ").join(texts),
        in_range=sql.SQL(IN_RANGE),
        table=sql.Identifier(TABLE),
        order=sql.SQL(", ").join(
            sql.SQL('{} COLLATE "C"').format(sql.Identifier(here)) for here in columns
        ),
    )


def sql_for_counting_dates(columns: dict[str, str]) -> sql.Composed:
    return sql.SQL(
        """
        SELECT count(DISTINCT coalesce(left(settlement_date, 10), '')) FROM (
            SELECT {settlement_date}::text AS settlement_date FROM {table}
        ) AS old
        WHERE {in_range}
        """
    ).format(
        settlement_date=sql.Identifier(columns["settlement_date"]),
        table=sql.Identifier(TABLE),
        in_range=sql.SQL(IN_RANGE),
    )


@contextmanager
def open_table(database_url: str) -> Iterator[LegacyTable]:
    """Opens the table for reading only. Raises LegacyUnreachable and NotTheLegacyTable."""
    with _connect(database_url) as connection:
        connection.read_only = True
        connection.execute(SESSION)
        yield LegacyTable(connection, _find_columns(connection))


def _connect(database_url: str) -> psycopg.Connection[tuple[str | None, ...]]:
    if not database_url.startswith(SCHEMES):
        raise NotTheLegacyTable(
            "--database-url is no address of PostgreSQL: write postgresql://user:password@host/name."
        )
    try:
        return psycopg.connect(database_url, connect_timeout=CONNECT_SECONDS)
    except psycopg.ProgrammingError as error:
        # What libpq cannot read it repeats, password and all.
        raise NotTheLegacyTable(
            "--database-url cannot be read: write postgresql://user:password@host/name."
        ) from error
    except psycopg.OperationalError as error:
        raise LegacyUnreachable(
            f"No connection to the old database: {_essence(error)}. Start that server, or correct "
            "--database-url."
        ) from error


def _find_columns(connection: psycopg.Connection[tuple[str | None, ...]]) -> dict[str, str]:
    """The columns by what they are called here, and the row's id if the table has one."""
    found = connection.execute(sql_for_columns(), [TABLE]).fetchall()
    if not found:
        raise NotTheLegacyTable(f"The old database has no table {TABLE}.")
    there = {name for (name,) in found}
    columns = {
        here: next((name for name in names if name in there), "") for here, names in COLUMNS.items()
    }
    missing = [" or ".join(COLUMNS[here]) for here, name in columns.items() if not name]
    if missing:
        raise NotTheLegacyTable(
            f"The old table {TABLE} lacks {', '.join(missing)}, so nothing was imported."
        )
    return columns | ({"id": "id"} if "id" in there else {})


def sql_for_columns() -> str:
    """The names of a table's columns, in the schema where an unqualified name finds it."""
    return """
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
    """


@contextmanager
def _saying_what_happened() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotTheLegacyTable(f"The old database refuses: {_essence(error)}.") from error
    except psycopg.OperationalError as error:
        raise LegacyUnreachable(
            f"The old database went away: {_essence(error)}. Whole days before that are imported: "
            "run it again."
        ) from error


def _essence(error: psycopg.Error) -> str:
    """The last line of what the driver says, without the address that it begins with."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("Is the server running")]
    return told[-1].rpartition("failed: ")[2].removeprefix("FATAL:").strip(" .")
