"""How the database goes about the statement that joins most rows."""

from datetime import date, timedelta

import pytest
from django.db import connection

from curtailment.sql import expect_many_rows
from summaries.operations.farms import BITCOIN_FARM_SLICES
from tests.summaries.factories import Rec, store_day

DAY = date(2024, 3, 5)


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
