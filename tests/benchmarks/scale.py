"""How much data a scale is, and which dates it has.

A day has the same size at every scale, and history is longer: only so can the cost of a day be
flat or not. History ends with November 2024, so that the measured day, month and year are the
same at every scale from 1 on. Ten times four years are more than there have been since difficulty
was known, so what does not fit before is put after: years to come, which the clock of the
benchmark, passed in like everywhere, has seen.
"""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from curtailment.settlement import iter_dates
from tests.benchmarks.refusals import CannotBegin

ONE_DAY = timedelta(days=1)
# 1 x: four years, about two million records, and six million calculations of three miner models.
DAYS_OF_ONE = 1_461
RECORDS_A_DAY = 1_368
MINERS = ("M20S", "S19J_PRO", "S9")
SMALLEST, LARGEST = 0.001, 10.0
# The newest day before the month that is written.
LAST_DAY = date(2024, 11, 30)
# This month's days are written by the benchmark itself, and removed before the next one.
WRITTEN_FROM, WRITTEN_TO = date(2024, 12, 1), date(2024, 12, 31)
# So is this year's, by the backfill. The history begins after it.
BACKFILLED_FROM, BACKFILLED_TO = date(2010, 1, 1), date(2010, 12, 31)
EARLIEST_DAY = BACKFILLED_TO + ONE_DAY
FIRST_DAY_TO_COME = WRITTEN_TO + ONE_DAY
# The clock of the benchmark: after every day of every scale.
NOW = datetime(2051, 3, 1, 12, tzinfo=UTC)
# Records, calculations and slices with indexes, as measured at 1 x; and a fixed part.
BYTES_A_DAY = 2_000_000
BYTES_OF_NOTHING = 100_000_000
# The write-ahead log, sorting, and a server that must not be left without any room.
ROOM_BESIDE = 1.5


@dataclass(frozen=True)
class Scale:
    """A size of data: 1 is four years."""

    factor: float

    def __post_init__(self) -> None:
        if not SMALLEST <= self.factor <= LARGEST:
            raise CannotBegin(
                f"The scale is {self.factor:g}. Give a number from {SMALLEST:g} to {LARGEST:g}, "
                "like 0.1, 1, 3 or 10."
            )

    def __str__(self) -> str:
        return f"{self.factor:g}"

    @classmethod
    def parse(cls, text: str) -> "Scale":
        """The scale that a text names. Raises CannotBegin."""
        try:
            # What is 10 to Python is a slip of the finger: 1_0.
            factor = math.nan if "_" in text else float(text)
        except ValueError:
            factor = math.nan
        if math.isnan(factor):
            raise CannotBegin(f"The scale {text!r} is not a number. Give one like 0.1, 1, 3 or 10.")
        return cls(factor)

    @property
    def day_count(self) -> int:
        return max(2, round(DAYS_OF_ONE * self.factor))

    @property
    def record_count(self) -> int:
        return self.day_count * RECORDS_A_DAY

    @property
    def needed_bytes(self) -> int:
        """An estimate of the disk that it takes."""
        return round((BYTES_OF_NOTHING + self.day_count * BYTES_A_DAY) * ROOM_BESIDE)

    @property
    def dates(self) -> list[date]:
        """The days of its history, in order."""
        before = min(self.day_count, (LAST_DAY - EARLIEST_DAY).days + 1)
        after = self.day_count - before
        past = iter_dates(LAST_DAY - (before - 1) * ONE_DAY, LAST_DAY)
        to_come = iter_dates(FIRST_DAY_TO_COME, FIRST_DAY_TO_COME + (after - 1) * ONE_DAY)
        return [*past, *to_come]

    @property
    def years(self) -> list[int]:
        return sorted({day.year for day in self.dates})
