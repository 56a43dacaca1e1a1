"""Days and months beside the range of `reconcile`: no total takes on what differs there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from curtailment.operations import register
from mining.operations import load_embedded_epochs
from summaries.pipeline import refresh_day
from tests.raw_sql import execute
from tests.stubs.elexon import make_day_lines
from tests.summaries.comparisons import assert_summaries_equal_naive_sums
from tests.summaries.test_properties import figures

pytestmark = pytest.mark.django_db

DAY, NEXT_DAY, DAY_IN_MAY = date(2024, 3, 5), date(2024, 3, 6), date(2024, 5, 20)
LOST_MARCH = "DELETE FROM monthly_summaries WHERE month = '2024-03-01'"
DAMAGED_DAY = (
    "UPDATE daily_summaries SET all_payment_gbp = all_payment_gbp + 1"
    " WHERE settlement_date = '2024-03-05'"
)
DAMAGED_RECORD = (
    "UPDATE curtailment_records SET curtailed_mwh = curtailed_mwh + 1"
    " WHERE settlement_date = '2024-03-05' AND settlement_period = 2"
)
LOST_SLICES = "DELETE FROM farm_daily_summaries WHERE settlement_date = '2024-03-06'"


@pytest.fixture
def stored(db, elexon_stub, elexon_client, settings):
    """Two days of March and one of May."""
    settings.ELEXON_BASE_URL = elexon_stub.url
    settings.ELEXON_REQUESTS_PER_MINUTE = 1_000_000
    register.sync_bmunits(elexon_client, now=timezone.now())
    load_embedded_epochs(now=timezone.now())
    with ThreadPoolExecutor(8) as executor:
        for day in (DAY, NEXT_DAY, DAY_IN_MAY):
            elexon_stub.add_day(day, {number: make_day_lines(day, number) for number in (1, 2)})
            refresh_day(day, source=elexon_client, executor=executor, clock=timezone.now)
    assert_summaries_equal_naive_sums()
    return elexon_stub


def run(first, last, *options):
    """Exit status of the command, and of the rows that it printed the dates and checks."""
    output, status = StringIO(), 0
    try:
        call_command("reconcile", f"--from={first}", f"--to={last}", *options, stdout=output)
    except CommandError as error:
        status = error.returncode
    rows = [line for line in output.getvalue().splitlines() if line.startswith("20")]
    return status, {(row[:10], row[12:27].strip()) for row in rows}


def test_a_year_is_not_rebuilt_without_a_month_that_is_missing(stored):
    before = figures()
    execute(LOST_MARCH)
    status, rows = run(DAY_IN_MAY, DAY_IN_MAY)
    assert (status, rows >= {("2024-03-31", "month"), ("2024-05-20", "year")}) == (1, True)
    assert run(DAY_IN_MAY, DAY_IN_MAY, "--fix") == (
        0,
        {("2024-05-20", "mended"), ("2024-03-31", "mended")},
    )
    assert figures() == before
    assert_summaries_equal_naive_sums()
    assert run(DAY_IN_MAY, DAY_IN_MAY) == (0, set())


@pytest.mark.parametrize("damage", ["SELECT", LOST_MARCH, LOST_SLICES])
def test_a_month_does_not_take_on_a_damaged_day(stored, damage):
    before = figures()
    execute(DAMAGED_DAY)
    execute(damage)
    status, rows = run(NEXT_DAY, NEXT_DAY)
    assert (status, rows >= {("2024-03-05", "day"), ("2024-03-06", "month")}) == (1, True)
    status, rows = run(NEXT_DAY, NEXT_DAY, "--fix")
    assert (status, rows) == (0, {("2024-03-05", "mended"), ("2024-03-06", "mended")})
    assert figures() == before
    assert_summaries_equal_naive_sums()


def test_nor_does_it_when_a_day_is_mended_that_is_not_the_last_of_the_range(stored):
    execute(DAMAGED_DAY)
    execute(LOST_SLICES)
    # The day after was never ingested, and is with that.
    status, rows = run(NEXT_DAY, "2024-03-07", "--fix")
    assert (status, rows) == (0, {(f"2024-03-0{day}", "mended") for day in (5, 6, 7)})
    assert_summaries_equal_naive_sums()
    assert run(DAY, DAY) == (0, set())


@pytest.mark.parametrize(
    "damage", [DAMAGED_RECORD, "DELETE FROM difficulty_epochs WHERE starts_at < '2024-04-01'"]
)
def test_totals_stay_as_they_are_over_a_day_that_cannot_be_mended(stored, damage):
    execute(DAMAGED_DAY)
    execute(LOST_MARCH)
    execute(damage)
    before = figures()
    status, rows = run(DAY_IN_MAY, DAY_IN_MAY, "--fix")
    assert status == 1
    assert rows >= {
        ("2024-03-05", "day"),
        ("2024-03-31", "month"),
        ("2024-05-20", "year"),
        ("2024-05-20", "repair"),
    }
    assert figures() == before


def test_damaged_records_are_mended_by_a_range_with_them(stored):
    before = figures()
    execute(DAMAGED_DAY)
    execute(DAMAGED_RECORD)
    execute(LOST_SLICES)
    assert run(NEXT_DAY, NEXT_DAY, "--fix")[0] == 1
    assert run(DAY, NEXT_DAY, "--fix")[0] == 0
    assert figures() == before
    assert_summaries_equal_naive_sums()


def test_a_month_beside_the_range_without_any_day_is_removed(stored):
    before = figures()
    execute(
        "INSERT INTO monthly_summaries SELECT (jsonb_populate_record(m, jsonb_build_object("
        "'month', date '2024-02-01'))).* FROM monthly_summaries AS m WHERE month = '2024-03-01'"
    )
    status, rows = run(DAY_IN_MAY, DAY_IN_MAY)
    assert (status, ("2024-02-29", "month") in rows) == (1, True)
    assert run(DAY_IN_MAY, DAY_IN_MAY, "--fix")[0] == 0
    assert figures() == before
