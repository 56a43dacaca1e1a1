"""Writing a fetched day, and writing it again unchanged."""

from collections.abc import Iterator
from datetime import date
from time import perf_counter

from django.db import connection

from curtailment.operations import FetchedDay, Outcome, start_attempt, store_day
from curtailment.operations.store import aggregate_day
from tests.benchmarks import baselines
from tests.benchmarks.days import fetched_day, rows_of_day
from tests.benchmarks.results import Finding
from tests.benchmarks.scale import NOW
from tests.benchmarks.timing import Measured, Timings, in_turns

# Which rows there are, and which transaction wrote them.
SQL_FOR_ROWS = """
SELECT md5(string_agg(ctid::text || xmin::text, ' ' ORDER BY settlement_period, bmu_id))
FROM curtailment_records WHERE settlement_date = %s
"""


class Writing:
    """Days that are written by the product and by the baselines, each a day of its own."""

    def __init__(self, days: Iterator[date]) -> None:
        self.days = days
        self.by_product: list[date] = []
        self.row_by_row: list[date] = []

    def product(self) -> float:
        """Seconds that a new day takes, its lines added up."""
        day = next(self.days)
        self.by_product.append(day)
        return self._store(fetched_day(day), Outcome.WRITTEN)

    def unchanged(self) -> float:
        """Seconds that the same answer takes when it comes again."""
        day = self.by_product[-1]
        before = _rows_of(day)
        seconds = self._store(fetched_day(day), Outcome.UNCHANGED)
        assert _rows_of(day) == before
        return seconds

    def adding_up(self) -> float:
        """Seconds that adding up a day's lines takes, which is no writing."""
        return seconds_of_adding_up(fetched_day(self.by_product[-1]))

    def upserts(self) -> float:
        """Seconds of a new day the obvious way."""
        day = next(self.days)
        self.row_by_row.append(day)
        rows = rows_of_day(day)[:: baselines.ONE_OF]
        values = [baselines.record_values(day, row, NOW) for row in rows]
        began = perf_counter()
        baselines.upsert_row_by_row(values)
        return (perf_counter() - began) * baselines.ONE_OF

    def raw_copy(self) -> float:
        """Seconds of the least that is possible."""
        day = self.by_product[-1]
        values = [baselines.record_values(day, row, NOW) for row in rows_of_day(day)]
        baselines.make_raw_table()
        began = perf_counter()
        baselines.copy_raw(values)
        return perf_counter() - began

    def _store(self, fetched: FetchedDay, expected: Outcome) -> float:
        """Seconds of storing, without those of adding up, which are measured right before."""
        start_attempt(fetched.settlement_date, now=NOW)
        adding_up = seconds_of_adding_up(fetched)
        began = perf_counter()
        stored = store_day(fetched, now=NOW)
        seconds = perf_counter() - began
        assert stored.outcome == expected
        return max(seconds - adding_up, 0.000_1)


def measure(days: Iterator[date], *, repeats: int) -> tuple[list[Finding], Writing]:
    """The findings, and which days were written by whom."""
    writing = Writing(days)
    things: dict[str, Measured] = {
        "product": writing.product,
        "raw copy": writing.raw_copy,
        "unchanged": writing.unchanged,
        "upserts": writing.upserts,
        "adding up": writing.adding_up,
    }
    return list(_findings(in_turns(things, repeats=repeats))), writing


def seconds_of_adding_up(fetched: FetchedDay) -> float:
    began = perf_counter()
    aggregate_day(fetched)
    return perf_counter() - began


def _findings(timings: Timings) -> Iterator[Finding]:
    what = "Writing one fetched day (records, evidence, ledger)"
    product = timings.of("product")
    yield Finding(what, "", product, "s", note="its lines added up before")
    yield Finding(
        what, "one upsert a row, autocommit", timings.ratio("upserts", "product"), least=40
    )
    yield Finding(what, "raw COPY of its rows", timings.ratio("product", "raw copy"), most=4)
    again = timings.ratio("unchanged", "product")
    yield Finding("Re-ingesting it unchanged", "writing it", again, most=0.5, note="no row written")
    yield Finding("Adding up a day's lines in Python", "", timings.of("adding up"), "s")


def _rows_of(day: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute(SQL_FOR_ROWS, [day])
        return str(cursor.fetchone()[0])
