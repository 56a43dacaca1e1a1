"""What a report is about: a settlement date, a month or a year."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from curtailment.settlement import (
    FIRST_SETTLEMENT_DATE,
    count_periods,
    iter_dates,
    parse_settlement_date,
)

ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """How long a timeframe is; also the name of its report in addresses."""

    DAILY = "daily"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class InvalidTimeframe(ValueError):
    """A text that names no month or year, or one that cannot have settlement data."""


@dataclass(frozen=True)
class Timeframe:
    """The settlement dates from first to last, both included: one whole day, month or year."""

    kind: Kind
    first: date
    last: date

    @classmethod
    def day(cls, settlement_date: date) -> "Timeframe":
        return cls(Kind.DAILY, settlement_date, settlement_date)

    @classmethod
    def month(cls, within: date) -> "Timeframe":
        last = monthrange(within.year, within.month)[1]
        return cls(Kind.MONTHLY, within.replace(day=1), within.replace(day=last))

    @classmethod
    def year(cls, within: date) -> "Timeframe":
        return cls(Kind.YEARLY, within.replace(month=1, day=1), within.replace(month=12, day=31))

    @classmethod
    def of(cls, kind: Kind, within: date) -> "Timeframe":
        """The day, month or year that contains a date."""
        makers = {Kind.DAILY: cls.day, Kind.MONTHLY: cls.month, Kind.YEARLY: cls.year}
        return makers[kind](within)

    @property
    def begins(self) -> date:
        """Its first settlement date: of 2001 and its March the first that there is."""
        return max(self.first, FIRST_SETTLEMENT_DATE)

    @property
    def text(self) -> str:
        """YYYY-MM-DD, YYYY-MM or YYYY, as addresses and exports say it."""
        return self.first.isoformat()[
            : {Kind.DAILY: 10, Kind.MONTHLY: 7, Kind.YEARLY: 4}[self.kind]
        ]

    @property
    def label(self) -> str:
        """E.g. Tuesday 5 March 2024, March 2024, 2024."""
        if self.kind is Kind.DAILY:
            return f"{self.first:%A} {self.first.day} {self.first:%B %Y}"
        return f"{self.first:%B %Y}" if self.kind is Kind.MONTHLY else self.text

    @property
    def parents(self) -> tuple["Timeframe", ...]:
        """The longer timeframes that contain this one, the longest first."""
        chain = {
            Kind.DAILY: (Kind.YEARLY, Kind.MONTHLY),
            Kind.MONTHLY: (Kind.YEARLY,),
            Kind.YEARLY: (),
        }
        return tuple(Timeframe.of(kind, self.first) for kind in chain[self.kind])

    @property
    def previous(self) -> "Timeframe | None":
        """The timeframe before, unless the Balancing Mechanism had not begun."""
        if self.first <= FIRST_SETTLEMENT_DATE:
            return None
        return Timeframe.of(self.kind, self.first - ONE_DAY)

    def next(self, *, today: date) -> "Timeframe | None":
        """The timeframe after, unless it has not begun."""
        return None if self.last >= today else Timeframe.of(self.kind, self.last + ONE_DAY)

    def dates(self, *, today: date) -> Iterator[date]:
        """Its settlement dates up to and including today."""
        return iter_dates(self.begins, min(self.last, today))

    def count_periods(self) -> int:
        """How many settlement periods it has, by the calendar."""
        return sum(count_periods(day) for day in iter_dates(self.begins, self.last))


def parse_timeframe(kind: Kind, text: str, *, today: date) -> Timeframe:
    """The timeframe that a text names. Raises InvalidSettlementDate or InvalidTimeframe."""
    if kind is Kind.DAILY:
        return Timeframe.day(parse_settlement_date(shorten(text), today=today))
    timeframe = _month_or_year(kind, text)
    if timeframe.last < FIRST_SETTLEMENT_DATE:
        raise InvalidTimeframe(
            f"{text} is before {FIRST_SETTLEMENT_DATE}, the first settlement date."
        )
    if timeframe.first > today:
        raise InvalidTimeframe(f"{text} is after today in London, {today}.")
    return timeframe


def _month_or_year(kind: Kind, text: str) -> Timeframe:
    what, form = ("month", "YYYY-MM") if kind is Kind.MONTHLY else ("year", "YYYY")
    pattern = "([0-9]{4})-([0-9]{2})" if kind is Kind.MONTHLY else "([0-9]{4})"
    match = re.fullmatch(pattern, text)
    try:
        if match is None:
            raise ValueError(text)
        year, month = int(match[1]), int(match[2]) if kind is Kind.MONTHLY else 1
        return Timeframe.of(kind, date(year, month, 1))
    except ValueError:
        raise InvalidTimeframe(f"{shorten(text)!r} is not a {what}. Write it as {form}.") from None


def nearest_timeframe(kind: Kind, text: str, *, today: date) -> Timeframe:
    """The valid timeframe that is nearest to what a text may mean; today's if it means nothing."""
    match = re.match(r"([0-9]{4})(?:-?([0-9]{1,2}))?(?:-?([0-9]{1,2}))?", text, re.ASCII)
    if match is None:
        return Timeframe.of(kind, today)
    year, month, day = (int(part) if part else 1 for part in match.groups())
    year, month = min(max(year, date.min.year), date.max.year), min(max(month, 1), 12)
    day = min(max(day, 1), monthrange(year, month)[1])
    meant = date(year, month, day)
    return Timeframe.of(kind, min(max(meant, FIRST_SETTLEMENT_DATE), today))


def shorten(text: str) -> str:
    """A text as a sentence can quote it."""
    return text if len(text) <= 60 else f"{text[:60]}..."


def format_date(settlement_date: date) -> str:
    """E.g. 5 March 2024."""
    return f"{settlement_date.day} {settlement_date:%B %Y}"


def format_dates(dates: Iterable[date]) -> str:
    """Ascending dates in as few words as they allow: 4 to 6 March 2024, 9 March 2024."""
    ranges: list[tuple[date, date]] = []
    for day in dates:
        if ranges and ranges[-1][1] + ONE_DAY == day:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ", ".join(_format_range(first, last) for first, last in ranges)


def _format_range(first: date, last: date) -> str:
    if first == last:
        return format_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {format_date(last)}"
    return f"{format_date(first)} to {format_date(last)}"
