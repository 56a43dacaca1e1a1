"""Reconciling as an operator does it: in a process of its own, on committed data."""

from datetime import date

import pytest

from curtailment.settlement import iter_dates
from tests.raw_sql import execute
from tests.stubs import server
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.test_properties import figures

# The clocks go forward on the last day of the month.
FIRST, LAST = date(2024, 3, 30), date(2024, 4, 1)
RANGE = ("--from", str(FIRST), "--to", str(LAST))


@pytest.fixture
def stored(elexon, manage):
    for day in iter_dates(FIRST, LAST):
        elexon.add_day(day)
    assert manage("backfill", *RANGE).returncode == 0
    return elexon


def test_days_are_checked_mended_and_clean(stored, manage):
    clean = manage("reconcile", *RANGE)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert clean.stdout.endswith("Days: 3 ok, 0 mended, 0 with differences (0).\n")
    before = figures()
    execute("UPDATE curtailment_records SET curtailed_mwh = 99 WHERE settlement_period = 46")
    execute("UPDATE monthly_summaries SET payment_gbp = 0 WHERE month = '2024-03-01'")
    execute("UPDATE bitcoin_yearly_summaries SET so_bitcoin_mined = 21000000")
    move_to_default_partitions()

    found = manage("reconcile", *RANGE)

    assert (found.returncode, found.stderr[:19]) == (1, "Differences remain:")
    rows = {(line[:10], line[12:27].strip()) for line in found.stdout.splitlines()}
    assert {(str(day), "partitions") for day in iter_dates(FIRST, LAST)} < rows
    assert {("2024-03-31", "month"), ("2024-04-01", "bitcoin year")} < rows
    mended = manage("reconcile", *RANGE, "--fix")
    assert mended.returncode == 0, mended.stdout
    assert mended.stdout.endswith("Days: 0 ok, 3 mended, 0 with differences (0).\n")
    assert figures() == before
    assert manage("reconcile", *RANGE).returncode == 0
    assert_summaries_equal_naive_sums()


def move_to_default_partitions():
    for table in ("curtailment_records", "historical_bitcoin_calculations"):
        execute(f"ALTER TABLE {table} DETACH PARTITION {table}_2024")
        execute(f"INSERT INTO {table} SELECT * FROM {table}_2024")
        execute(f"DROP TABLE {table}_2024")


def test_a_check_that_could_not_be_done_is_no_pass(stored, manage):
    stored.fail("/bid/2024-03-31/", server.status(400))
    result = manage("reconcile", *RANGE, "--fix")
    assert result.returncode == 1
    assert "2024-03-31  answer           could not be checked: " in result.stdout
    assert result.stdout.endswith("Days: 2 ok, 0 mended, 1 with differences (1).\n")
