"""The days that the benchmark writes itself: a month, and a year for the backfill, kept free."""

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from psycopg import sql

from curtailment.models import Backfill
from curtailment.settlement import iter_dates
from summaries.operations import rebuild_month, rebuild_year
from tests.benchmarks.scale import (
    BACKFILLED_FROM,
    BACKFILLED_TO,
    WRITTEN_FROM,
    WRITTEN_TO,
)

TABLES_BY_DATE = (
    "historical_bitcoin_calculations",
    "curtailment_records",
    "wind_generation_data",
    "bitcoin_farm_daily_summaries",
    "farm_daily_summaries",
    "bitcoin_daily_summaries",
    "daily_summaries",
    "ingestion_progress",
)


def clear() -> None:
    """This will remove what a former run wrote, and leave tables as good as new."""
    Backfill.objects.all().delete()
    for first, last in ((WRITTEN_FROM, WRITTEN_TO), (BACKFILLED_FROM, BACKFILLED_TO)):
        _remove(first, last)
        _vacuum(first.year)


def free_days() -> Iterator[date]:
    """Days that nothing is stored of, each given out once."""
    return iter_dates(WRITTEN_FROM, WRITTEN_TO)


@transaction.atomic
def _remove(first: date, last: date) -> None:
    with connection.cursor() as cursor:
        for table in TABLES_BY_DATE:
            statement = "DELETE FROM {} WHERE settlement_date BETWEEN %s AND %s"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(table)), [first, last])
    for month in sorted({day.replace(day=1) for day in iter_dates(first, last)}):
        rebuild_month(month)
    rebuild_year(first.year)


def _vacuum(year: int) -> None:
    big = TABLES_BY_DATE[:2]
    tables = [*(f"{table}_{year}" for table in big), *TABLES_BY_DATE[2:]]
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("VACUUM (ANALYZE) {}").format(names))
