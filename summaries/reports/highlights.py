"""What stands out among the days of a month or a year, and which days are missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from summaries.exact import add, divide
from summaries.reports.shapes import TimeframeRow


@dataclass(frozen=True)
class Highlights:
    """Over complete days; the extremes are null without any."""

    complete_day_count: int
    day_count: int
    missing: tuple[date, ...]
    average_mwh: Decimal | None
    average_gbp: Decimal | None
    most_energy: TimeframeRow | None
    least_energy: TimeframeRow | None
    most_payment: TimeframeRow | None


def highlights_of(days: Iterable[TimeframeRow], *, today: date) -> Highlights:
    """The highlights of the days of a timeframe that have begun; today cannot be missing yet."""
    days = list(days)
    complete = [day for day in days if day.is_complete]
    count = Decimal(len(complete))

    def average(name: str) -> Decimal | None:
        return divide(add(getattr(day, name) for day in complete), count)

    def extreme(name: str, *, sign: int = 1) -> TimeframeRow | None:
        return max(complete, key=lambda day: sign * getattr(day, name), default=None)

    return Highlights(
        complete_day_count=len(complete),
        day_count=len(days),
        missing=tuple(
            day.timeframe.first
            for day in days
            if day.curtailed_mwh is None and day.timeframe.first < today
        ),
        average_mwh=average("curtailed_mwh"),
        average_gbp=average("payment_gbp"),
        most_energy=extreme("curtailed_mwh"),
        least_energy=extreme("curtailed_mwh", sign=-1),
        most_payment=extreme("payment_gbp"),
    )
