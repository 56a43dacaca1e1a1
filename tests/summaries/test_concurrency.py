"""Two writers of one month must never lose each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from summaries.models import MonthlySummary, YearlySummary
from summaries.pipeline import refresh_day
from tests.curtailment.days import add_wind_units
from tests.curtailment.lines import stack_line
from tests.curtailment.memory import MemorySource, clock
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

FIRST, SECOND = date(2024, 5, 7), date(2024, 5, 21)
ROUNDS = 25


def refresh_at(barrier, source, executor, day):
    try:
        barrier.wait(10)
        return refresh_day(day, source=source, executor=executor, clock=clock, force=True)
    finally:
        connections.close_all()


@pytest.mark.usefixtures("committed_db")
def test_two_days_of_one_month_stored_at_the_same_moment_both_count():
    add_wind_units()
    source = MemorySource({FIRST: {}, SECOND: {}})
    with ThreadPoolExecutor(2) as requests, ThreadPoolExecutor(2) as writers:
        for number in range(1, ROUNDS + 1):
            source.days = {
                FIRST: {1: [stack_line(volume=f"-{number}", so_flag=True)]},
                SECOND: {2: [stack_line(volume=f"-{number * 1000}", so_flag=True)]},
            }
            barrier = threading.Barrier(2)
            futures = [
                writers.submit(refresh_at, barrier, source, requests, day)
                for day in (FIRST, SECOND)
            ]
            assert [future.result().status for future in futures] == ["written", "written"]
            assert MonthlySummary.objects.get().curtailed_mwh == number * 1001
            assert YearlySummary.objects.get().curtailed_mwh == number * 1001
    assert_summaries_equal_naive_sums()


@pytest.mark.usefixtures("committed_db")
def test_one_day_refreshed_by_two_at_once_is_stored_once():
    add_wind_units()
    lines = {n: [stack_line(volume="-3", so_flag=True)] for n in range(1, 49)}
    source = MemorySource({FIRST: lines})
    with ThreadPoolExecutor(2) as requests, ThreadPoolExecutor(2) as writers:
        barrier = threading.Barrier(2)
        futures = [writers.submit(refresh_at, barrier, source, requests, FIRST) for _ in range(2)]
        statuses = sorted(future.result().status for future in futures)
    assert statuses == ["unchanged", "written"]
    assert MonthlySummary.objects.get().curtailed_mwh == 144
