"""The summaries of a day, its month and its year, after the day has changed."""

from datetime import date
from itertools import count
from time import perf_counter

from django.db import transaction

from curtailment.locks import lock_day, lock_month, lock_year
from curtailment.operations import Outcome, start_attempt, store_day
from curtailment.sql import expect_many_rows
from mining.operations import calculate_day
from summaries.operations import rebuild_day, rebuild_month, rebuild_year
from summaries.pipeline import finish_day
from summaries.timeframes import Kind, Timeframe
from tests.benchmarks import baselines
from tests.benchmarks.days import fetched_day
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import LAST_DAY, NOW
from tests.benchmarks.timing import in_turns

GOAL_AT = 10
TIMEFRAMES = [Timeframe.of(kind, LAST_DAY) for kind in Kind]


def measure(*, repeats: int) -> list[Finding]:
    """Of the newest day, one line of which becomes another one each time."""
    changes = count(1)
    things = {"product": lambda: _product(next(changes)), "raw": _from_raw}
    timings = in_turns(things, repeats=repeats)
    _change(0)
    finish_day(LAST_DAY, now=NOW)
    what = "Summaries after one changed day"
    ratio = timings.ratio("raw", "product")
    return [
        Finding(what, "", timings.of("product"), "s", most=0.06),
        Finding(
            what,
            "summing up the day, the month and the year from the raw tables",
            ratio,
            least=40,
            only_from=GOAL_AT,
        ),
    ]


def summarize(day: date) -> float:
    """Seconds that the product takes for a day, its month and its year."""
    began = perf_counter()
    with transaction.atomic():
        lock_day(day)
        expect_many_rows()
        rebuild_day(day)
        lock_month(day)
        rebuild_month(day)
        lock_year(day.year)
        rebuild_year(day.year)
    return perf_counter() - began


def _product(change: int) -> float:
    _change(change)
    with transaction.atomic():
        lock_day(LAST_DAY)
        expect_many_rows()
        calculate_day(LAST_DAY, now=NOW)
    return summarize(LAST_DAY)


def _change(change: int) -> None:
    start_attempt(LAST_DAY, now=NOW)
    assert store_day(fetched_day(LAST_DAY, change=change), now=NOW).outcome == Outcome.WRITTEN


def _from_raw() -> float:
    began = perf_counter()
    for timeframe in TIMEFRAMES:
        parameters = {"first": timeframe.first, "last": timeframe.last}
        baselines.read_raw(baselines.TOTALS_FROM_RAW, parameters)
    return perf_counter() - began
