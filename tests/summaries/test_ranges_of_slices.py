"""What a report of a range reads of the slices: no more than its range."""

import json
from datetime import date

import pytest
from django.db import connection

from summaries.queries.slices import SQL_FOR_BITCOIN_OF_DAYS, SQL_FOR_FARMS
from tests.summaries.long_history import store_long_history

RANGE = {"first": date(2023, 1, 1), "last": date(2023, 12, 31)}
SELECTION = {"miner": "S19J_PRO", "farm": None, "lead_party": None}


def nodes_of(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes_of(part)


def scans_of(sql, alias):
    """The plan's nodes that read the table with this alias, as texts."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", RANGE | SELECTION)
        (answer,) = cursor.fetchone()
    plans = json.loads(answer) if isinstance(answer, str) else answer
    nodes = nodes_of(plans[0]["Plan"])
    return [
        " ".join(str(node.get(name, "")) for name in ("Index Cond", "Recheck Cond", "Filter"))
        for node in nodes
        if node.get("Alias") == alias
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "alias"),
    [
        (SQL_FOR_FARMS, "farm_daily_summaries"),
        (SQL_FOR_FARMS, "bitcoin_farm_daily_summaries"),
        (SQL_FOR_BITCOIN_OF_DAYS, "slice"),
        (SQL_FOR_BITCOIN_OF_DAYS, "bitcoin"),
        (SQL_FOR_BITCOIN_OF_DAYS, "price"),
    ],
)
def test_the_range_bounds_every_table_that_is_joined(sql, alias):
    store_long_history(units=10, first=date(2016, 1, 1), last=date(2024, 12, 1))

    scans = scans_of(sql, alias)

    assert scans
    for scan in scans:
        within = "settlement_date >= '2023-01-01'" in scan
        # An index may instead be asked for one day of the range after the other.
        assert within or "settlement_date = slice.settlement_date" in scan, scan
