"""Yearly partitions of the big tables.

Every partitioned table of the database is ranged by settlement_date, a year a partition, beside
a default partition that refuses no date. Names are `<table>_<year>` and `<table>_default`.
"""

from datetime import date

from django.db import connection, transaction
from psycopg import sql

from curtailment.archived import archived_years
from curtailment.distribution import free_local_copy
from curtailment.locks import LockSpace, lock

# How many coming years have their partitions, unless told otherwise.
YEARS_AHEAD = 2


def sql_for_partitioned_tables() -> str:
    """Names of the tables of this schema that are partitioned by range."""
    return """
        SELECT c.relname
        FROM pg_partitioned_table AS p
        JOIN pg_class AS c ON c.oid = p.partrelid
        WHERE p.partstrat = 'r' AND c.relnamespace = current_schema()::regnamespace
        ORDER BY c.relname
    """


def partitioned_tables() -> list[str]:
    """The tables that are partitioned by year."""
    with connection.cursor() as cursor:
        cursor.execute(sql_for_partitioned_tables())
        return [name for (name,) in cursor.fetchall()]


def has_partition(table: str, year: int) -> bool:
    """Whether a table has its partition of a year.

    The catalog is read, for to_regclass() answers from a cache that, after a wait for another
    transaction's partition, does not yet know it.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql_for_having_a_table(), [f"{table}_{year}"])
        return bool(cursor.fetchone()[0])


def sql_for_having_a_table() -> str:
    """Whether this schema has a table of a name."""
    return """
        SELECT EXISTS (
            SELECT FROM pg_class
            WHERE relname = %s AND relnamespace = current_schema()::regnamespace
        )
    """


def ensure_partitions(years: list[int]) -> list[str]:
    """This will create what is missing of the partitions of these years, of every table.

    Rows of those years that the default partition took in meanwhile are moved. A year that is
    archived stays without. Each partition is a transaction of its own. Returns the names of the
    partitions created.
    """
    archived = archived_years()
    missing = [
        (table, year)
        for table in partitioned_tables()
        for year in years
        if year not in archived and not has_partition(table, year)
    ]
    return [f"{table}_{year}" for table, year in missing if _create_partition(table, year)]


def ensure_partitions_ahead(this_year: int, *, ahead: int) -> tuple[list[int], list[str]]:
    """This will create the partitions of this year, of coming years, and of rows without one.

    Returns the years, and the names of the partitions created.
    """
    years = set(range(this_year, this_year + ahead + 1))
    for table in partitioned_tables():
        years.update(years_in_default(table))
    return sorted(years), ensure_partitions(sorted(years))


def count_default_rows(table: str) -> int:
    """How many rows wait in a table's default partition."""
    statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(f"{table}_default"))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def count_default_rows_of(settlement_date: date, table: str) -> int:
    """How many rows of a date wait in a table's default partition."""
    statement = sql.SQL("SELECT count(*) FROM {} WHERE settlement_date = %s").format(
        sql.Identifier(f"{table}_default")
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [settlement_date])
        return int(cursor.fetchone()[0])


def years_in_default(table: str) -> list[int]:
    """The years of the rows that wait in a table's default partition."""
    statement = sql.SQL(
        "SELECT DISTINCT EXTRACT(year FROM settlement_date)::int FROM {} ORDER BY 1"
    ).format(sql.Identifier(f"{table}_default"))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [year for (year,) in cursor.fetchall()]


@transaction.atomic
def _create_partition(table: str, year: int) -> bool:
    """Builds the partition aside, moves the default's rows into it, and attaches it."""
    lock(LockSpace.PARTITIONS, 0)
    if has_partition(table, year) or year in archived_years():
        return False
    names = {
        "table": sql.Identifier(table),
        "partition": sql.Identifier(f"{table}_{year}"),
        "default": sql.Identifier(f"{table}_default"),
        "first": sql.Literal(date(year, 1, 1)),
        "end": sql.Literal(date(year + 1, 1, 1)),
    }
    with connection.cursor() as cursor:
        # Nobody may add to the default between the move and the attachment.
        cursor.execute(sql.SQL("LOCK TABLE {default} IN EXCLUSIVE MODE").format(**names))
        for statement in statements_for_new_partition():
            cursor.execute(sql.SQL(statement).format(**names))
    free_local_copy(f"{table}_{year}")
    return True


def statements_for_new_partition() -> tuple[str, str, str]:
    """Create, fill from the default partition, attach."""
    return (
        "CREATE TABLE {partition} (LIKE {table} INCLUDING ALL)",
        """
        WITH moved AS (
            DELETE FROM {default}
            WHERE settlement_date >= {first} AND settlement_date < {end}
            RETURNING *
        )
        INSERT INTO {partition} SELECT * FROM moved
        """,
        "ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES FROM ({first}) TO ({end})",
    )
