"""How the database goes about the statements and pages that read most rows."""

from datetime import date, timedelta

import pytest
from django.db import connection

from curtailment.models import CurtailmentRecord
from curtailment.sql import expect_many_rows
from mining.models import BitcoinCalculation
from summaries.models import BitcoinFarmDailySummary, FarmDailySummary
from summaries.operations.farms import BITCOIN_FARM_SLICES
from tests.raw_sql import execute
from tests.summaries.factories import Rec, store_day
from tests.summaries.plans import (
    indexes_used,
    nodes_of,
    partitions_read,
    read_whole,
    store_years,
)

DAY = date(2024, 3, 5)
# One of the days whose records are stored.
STORED = date(2023, 6, 29)
OF_THE_YEAR = {"curtailment_records_2023", "historical_bitcoin_calculations_2023"}
BIG_TABLES = ("curtailment_records", "historical_bitcoin_calculations")
SLICES = {"farm_daily_summaries", "bitcoin_farm_daily_summaries"}
# By address: the partitions that it may read, and whether it is of so little that no row of the
# slices may be read in vain. A year is a third of them here, and reading all is no mistake.
PAGES: dict[str, tuple[set[str], bool]] = {
    "/": (set(), False),
    f"/reports/daily/{STORED}/": (OF_THE_YEAR, True),
    f"/reports/daily/{STORED}/?farm=T_PLAN-3": (OF_THE_YEAR, True),
    "/reports/monthly/2023-06/": (set(), False),
    "/reports/monthly/2023-06/?lead_party=Company+3": (set(), True),
    "/reports/yearly/2023/": (set(), False),
    "/reports/yearly/2023/?farm=T_PLAN-3": (set(), True),
    "/farms/": (set(), False),
    "/farms/T_PLAN-3/": (set(), True),
    "/lead-parties/": (set(), False),
    "/compare/miners/?period=2023": (set(), False),
    "/compare/farms/?farm=T_PLAN-3&farm=T_PLAN-4": (set(), False),
    "/status/?year=2023": (set(), False),
}
# By index of the big tables and the slices: a page whose plan uses it. A name in braces is a row.
USED_BY = {
    "curtailment_records_pkey": f"/reports/daily/{STORED}/",
    "curtailment_records_bmu_date": (
        "/admin/curtailment/curtailmentrecord/?bmu=T_PLAN-3"
        "&settlement_date__gte=2023-01-01&settlement_date__lte=2023-12-31"
    ),
    "curtailment_records_id": "/admin/curtailment/curtailmentrecord/{record}/change/",
    "historical_bitcoin_calculations_pkey": f"/reports/daily/{STORED}/",
    "historical_bitcoin_calculations_id": "/admin/mining/bitcoincalculation/{calculation}/change/",
    "farm_daily_summaries_key": f"/reports/daily/{STORED}/",
    "farm_daily_summaries_bmu_date": "/farms/T_PLAN-3/",
    "farm_daily_summaries_party": "/lead-parties/detail/?name=Company+3",
    "farm_daily_summaries_pkey": "/admin/summaries/farmdailysummary/{slice}/change/",
    "bitcoin_farm_daily_key": f"/reports/daily/{STORED}/",
    "bitcoin_farm_daily_bmu_date": "/farms/T_PLAN-3/",
    "bitcoin_farm_daily_summaries_pkey": (
        "/admin/summaries/bitcoinfarmdailysummary/{bitcoin_slice}/change/"
    ),
    "daily_summaries_pkey": f"/reports/daily/{STORED}/",
}
# Of the small tables of summaries, whose few rows are often read without an index: the row that
# is written meets the one that is there by its key, and the admin looks it up by its number.
BY_KEY = {
    "monthly_summaries_pkey",
    "yearly_summaries_pkey",
    "bitcoin_daily_summaries_key",
    "bitcoin_monthly_summaries_key",
    "bitcoin_yearly_summaries_key",
    "bitcoin_daily_summaries_pkey",
    "bitcoin_monthly_summaries_pkey",
    "bitcoin_yearly_summaries_pkey",
}


def plan_of(statement: str, **parameters) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db
def test_a_day_that_statistics_do_not_know_is_not_joined_row_by_row():
    store_day(DAY, [Rec("T_SGRWO-1", period, ("10", "20")) for period in range(1, 49)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE curtailment_records, historical_bitcoin_calculations")
    tomorrow = DAY + timedelta(days=1)
    assert "Nested Loop" in plan_of(BITCOIN_FARM_SLICES, settlement_date=tomorrow)

    expect_many_rows()

    assert "Nested Loop" not in plan_of(BITCOIN_FARM_SLICES, settlement_date=tomorrow)


@pytest.mark.django_db
def test_pages_read_no_big_table_whole_and_no_partition_of_another_year(admin_client):
    store_years()
    for address, (allowed, spares_slices) in PAGES.items():
        nodes = nodes_of(address, admin_client)
        assert partitions_read(nodes) <= allowed, address
        whole = {name for name in read_whole(nodes) if name.startswith(BIG_TABLES)}
        assert not whole, address
        if spares_slices:
            assert not read_whole(nodes) & SLICES, address


@pytest.mark.django_db
def test_every_index_of_the_big_tables_and_slices_is_used_by_a_page(admin_client):
    store_years()
    rows = {
        "record": CurtailmentRecord.objects.filter(settlement_date=STORED),
        "calculation": BitcoinCalculation.objects.filter(settlement_date=STORED),
        "slice": FarmDailySummary.objects.filter(settlement_date=STORED),
        "bitcoin_slice": BitcoinFarmDailySummary.objects.filter(settlement_date=STORED),
    }
    ids = {name: found[0].pk for name, found in rows.items()}
    used = {
        address: indexes_used(nodes_of(address.format(**ids), admin_client))
        for address in set(USED_BY.values())
    }
    assert not [index for index, address in USED_BY.items() if index not in used[address]]


@pytest.mark.django_db
def test_no_index_is_there_that_nothing_needs():
    found = execute(sql_for_indexes(), [[*BIG_TABLES], "%_summaries"])
    assert {name for _table, name, _columns, _unique in found} == {*USED_BY, *BY_KEY}


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another():
    found = execute(sql_for_indexes(), [[*BIG_TABLES], "%_summaries"])
    redundant = [
        f"{name} of {table} is the beginning of {other}"
        for table, name, columns, is_unique in found
        for other_table, other, other_columns, _ in found
        if table == other_table and name != other and not is_unique
        if other_columns[: len(columns)] == columns
    ]
    assert not redundant


def sql_for_indexes() -> str:
    """Table, name, columns and whether it is unique, of the indexes of some tables."""
    return """
        SELECT c.relname::text, i.relname::text, x.indkey::int2[]::int[], x.indisunique
        FROM pg_index AS x
        JOIN pg_class AS c ON c.oid = x.indrelid
        JOIN pg_class AS i ON i.oid = x.indexrelid
        WHERE (c.relname = ANY(%s) OR c.relname LIKE %s)
            AND c.relnamespace = current_schema()::regnamespace
    """
