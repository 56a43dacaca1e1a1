"""The answers for whole days of the benchmark, and the rows that follow from them."""

from datetime import UTC, date, datetime

from curtailment.aggregation import UnitPeriod
from curtailment.operations import FetchedDay
from curtailment.operations.store import rows_of
from curtailment.settlement import count_periods
from tests.benchmarks.stacks import DIFFERENT_DAYS, lines_of, unit_ids, wind_of

# The rows of each kind of day, by that and its number of periods.
_rows_of_kind: dict[tuple[int, int], list[UnitPeriod]] = {}


def fetched_day(settlement_date: date, *, change: int = 0) -> FetchedDay:
    """The complete answer for a date, as of now. Another `change`, another answer in one line."""
    count = count_periods(settlement_date)
    return FetchedDay(
        settlement_date=settlement_date,
        source_name="elexon",
        started_at=datetime.now(UTC),
        is_running_day=False,
        is_final=True,
        lines_by_period={n: lines_of(settlement_date, n, change) for n in range(1, count + 1)},
        wind_generation=wind_of(settlement_date),
    )


def rows_of_day(settlement_date: date) -> list[UnitPeriod]:
    """The rows of the answer for a date; the same objects for equal answers."""
    kind = settlement_date.toordinal() % DIFFERENT_DAYS, count_periods(settlement_date)
    if kind not in _rows_of_kind:
        _rows_of_kind[kind] = rows_of(fetched_day(settlement_date), frozenset(unit_ids()))
    return _rows_of_kind[kind]
