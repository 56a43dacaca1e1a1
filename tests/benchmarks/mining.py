"""The bitcoin of a day, of all miner models."""

from collections.abc import Iterator
from datetime import date
from time import perf_counter

from django.db import transaction

from curtailment.locks import lock_day
from curtailment.sql import expect_many_rows
from mining.models import BitcoinCalculation
from mining.operations import calculate_day
from tests.benchmarks import baselines
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import MINERS, NOW, RECORDS_A_DAY
from tests.benchmarks.timing import in_turns
from tests.benchmarks.writing import Writing


def measure(writing: Writing, *, repeats: int) -> list[Finding]:
    """Of the days that were written a moment ago."""
    ours, theirs = iter(writing.by_product), iter(writing.row_by_row)
    things = {"product": lambda: _product(ours), "row by row": lambda: _row_by_row(theirs)}
    timings = in_turns(things, repeats=repeats)
    _check(writing.by_product[0])
    what = f"Bitcoin of a day, {len(MINERS)} miner models"
    ratio = timings.ratio("row by row", "product")
    return [
        Finding(what, "", timings.of("product"), "s"),
        Finding(what, "Python loop, one insert a row", ratio, least=100),
    ]


def calculate(day: date) -> float:
    """Seconds that the product takes."""
    began = perf_counter()
    with transaction.atomic():
        lock_day(day)
        expect_many_rows()
        calculate_day(day, now=NOW)
    return perf_counter() - began


def _product(days: Iterator[date]) -> float:
    return calculate(next(days))


def _row_by_row(days: Iterator[date]) -> float:
    """Of days that only have a part of their records."""
    day = next(days)
    began = perf_counter()
    baselines.calculate_row_by_row(day, now=NOW)
    return (perf_counter() - began) * baselines.ONE_OF


def _check(day: date) -> None:
    """Both ways give the same bitcoin, to the last digit."""
    columns = baselines.CALCULATION_COLUMNS[:-1]
    stored = set(BitcoinCalculation.objects.filter(settlement_date=day).values_list(*columns))
    assert len(stored) == RECORDS_A_DAY * len(MINERS)
    assert stored == {values[:-1] for values in baselines.calculations_of(day, now=NOW)}
