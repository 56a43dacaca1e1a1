"""Settlement dates and periods: the only place that knows London time.

A settlement date is a calendar day of Europe/London. Its half-hour settlement periods are
numbered from 1 and counted in UTC: 46 on the day that the clocks go forward, 50 on the day
that they go back, 48 otherwise.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
PERIOD_LENGTH = timedelta(minutes=30)
HOURS_PER_PERIOD = PERIOD_LENGTH / timedelta(hours=1)

# The Balancing Mechanism began with the New Electricity Trading Arrangements.
FIRST_SETTLEMENT_DATE = date(2001, 3, 27)

# Elexon recalculates a settlement date's figures on the next working day; by noon it is done.
RECALCULATION_DUE = time(12, 0)


class InvalidSettlementPeriod(ValueError):
    """A period number that its settlement date does not have."""


class InvalidSettlementDate(ValueError):
    """A text that is no settlement date, or a date that cannot have settlement data."""


@dataclass(frozen=True, order=True)
class SettlementPeriod:
    """One half hour of a settlement date."""

    settlement_date: date
    number: int

    def __post_init__(self) -> None:
        count = count_periods(self.settlement_date)
        if not 1 <= self.number <= count:
            raise InvalidSettlementPeriod(
                f"{self.settlement_date} has settlement periods 1 to {count}, not {self.number}."
            )

    def __str__(self) -> str:
        return f"{self.settlement_date} SP{self.number}"

    @property
    def starts_at(self) -> datetime:
        """The instant, in UTC, at which the period starts."""
        return day_starts_at(self.settlement_date) + (self.number - 1) * PERIOD_LENGTH

    @property
    def ends_at(self) -> datetime:
        """The instant, in UTC, at which the period ends."""
        return self.starts_at + PERIOD_LENGTH

    @classmethod
    def at(cls, instant: datetime) -> "SettlementPeriod":
        """The period that contains an aware instant."""
        settlement_date = settlement_date_at(instant)
        elapsed = instant - day_starts_at(settlement_date)
        return cls(settlement_date, elapsed // PERIOD_LENGTH + 1)


@lru_cache(maxsize=4096)
def day_starts_at(settlement_date: date) -> datetime:
    """The instant, in UTC, of the London midnight at which a settlement date starts."""
    return datetime.combine(settlement_date, time(), LONDON).astimezone(UTC)


def day_ends_at(settlement_date: date) -> datetime:
    """The instant, in UTC, of the London midnight at which a settlement date ends."""
    return day_starts_at(settlement_date + timedelta(days=1))


def settlement_date_at(instant: datetime) -> date:
    """The settlement date that contains an aware instant."""
    return instant.astimezone(LONDON).date()


@lru_cache(maxsize=4096)
def count_periods(settlement_date: date) -> int:
    """How many settlement periods a date has: 46, 48 or 50."""
    return (day_ends_at(settlement_date) - day_starts_at(settlement_date)) // PERIOD_LENGTH


def iter_periods(settlement_date: date) -> Iterator[SettlementPeriod]:
    """The settlement periods of a date, in order."""
    for number in range(1, count_periods(settlement_date) + 1):
        yield SettlementPeriod(settlement_date, number)


def iter_dates(first: date, last: date) -> Iterator[date]:
    """The dates from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def next_working_day(settlement_date: date) -> date:
    """The first day after a date that is neither a weekend nor a bank holiday in England."""
    day = settlement_date + timedelta(days=1)
    while day.weekday() >= 5 or day in _bank_holidays(day.year):
        day += timedelta(days=1)
    return day


def recalculation_due_at(settlement_date: date) -> datetime:
    """The instant, in UTC, from which a settlement date's figures are final."""
    working_day = next_working_day(settlement_date)
    return datetime.combine(working_day, RECALCULATION_DUE, LONDON).astimezone(UTC)


def last_recalculation_at(instant: datetime) -> datetime:
    """The latest instant, in UTC, up to `instant` from which some date's figures are final.

    That is 12:00 in London of the last working day whose noon has passed.
    """
    day = settlement_date_at(instant)
    while (due_at := recalculation_due_at(day)) > instant:
        day -= timedelta(days=1)
    return due_at


def next_time_in_london(
    after: datetime, at: time, *, on: Callable[[date], bool] = lambda day: True
) -> datetime:
    """The first instant after another, in UTC, at which it is `at` in London, of the days meant.

    Choose a time that clock changes neither leave out nor repeat: not from 01:00 to 02:00.
    """
    day = settlement_date_at(after)
    while not on(day) or (instant := datetime.combine(day, at, LONDON).astimezone(UTC)) <= after:
        day += timedelta(days=1)
    return instant


def parse_settlement_date(text: str, *, today: date) -> date:
    """The settlement date that a text names as YYYY-MM-DD.

    Raises InvalidSettlementDate for a text that is no such date, for one before the Balancing
    Mechanism began and for one after `today` in London.
    """
    try:
        settlement_date = date.fromisoformat(text)
    except ValueError:
        settlement_date = None
    if settlement_date is None or settlement_date.isoformat() != text:
        raise InvalidSettlementDate(f"{text!r} is not a date. Write it as YYYY-MM-DD.")
    if settlement_date < FIRST_SETTLEMENT_DATE:
        raise InvalidSettlementDate(
            f"{text} is before {FIRST_SETTLEMENT_DATE}, the first settlement date."
        )
    if settlement_date > today:
        raise InvalidSettlementDate(f"{text} is after today in London, {today}.")
    return settlement_date


@lru_cache(maxsize=128)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
