"""First and last days of the months and years that reports are about."""

from datetime import date, timedelta


def month_range(month: date) -> tuple[date, date]:
    """The first and the last day of a date's month."""
    first = month.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def year_range(year: int) -> tuple[date, date]:
    """The first and the last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)
