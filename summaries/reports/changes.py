"""A timeframe against the one before it: only what is complete in both is compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from curtailment.settlement import iter_dates
from summaries.exact import EXACT, add, divide
from summaries.timeframes import Kind, Timeframe


@dataclass(frozen=True)
class Figures:
    """What is compared; null is not known."""

    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None
    bitcoin_mined: Decimal | None = None


@dataclass(frozen=True)
class Change:
    """Two figures, and by how many percent the later differs from the earlier."""

    now: Decimal | None
    before: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """Null where either is not known, or the earlier is not positive."""
        if self.now is None or self.before is None or self.before <= 0:
            return None
        return divide(EXACT.multiply(EXACT.subtract(self.now, self.before), 100), self.before)


@dataclass(frozen=True)
class Comparison:
    """With a timeframe before. Nothing is comparable if no day was matched.

    `matched_day_count` says how many days were compared, `day_count` of how many that could have
    been, and `before_day_count` with how many before: with as many, unless whole ones were.
    """

    before: Timeframe
    matched_day_count: int
    before_day_count: int
    day_count: int
    energy: Change
    payment: Change
    bitcoin: Change

    @classmethod
    def of(cls, now: Figures, old: Figures, **counts: Any) -> "Comparison":
        """Of two sums; the rest are fields."""
        return cls(
            energy=Change(now.curtailed_mwh, old.curtailed_mwh),
            payment=Change(now.payment_gbp, old.payment_gbp),
            bitcoin=Change(now.bitcoin_mined, old.bitcoin_mined),
            **counts,
        )

    @property
    def is_comparable(self) -> bool:
        return self.matched_day_count > 0

    @property
    def is_matched(self) -> bool:
        """Whether every day has its counterpart: whole months may differ in length."""
        return self.matched_day_count == self.before_day_count


def compare_to_date(
    kind: Kind, last: date, *, days: Mapping[date, Figures], before: Timeframe
) -> Comparison:
    """The complete `days` of a month or year up to `last`, each with its counterpart before."""
    first = Timeframe.of(kind, last).first
    stretch = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    pairs = [(day, counterpart(day, before)) for day in stretch]
    matched = [(day, old) for day, old in pairs if old is not None and {day, old} <= days.keys()]
    return Comparison.of(
        _total(days[day] for day, _ in matched),
        _total(days[old] for _, old in matched),
        before=before,
        matched_day_count=len(matched),
        before_day_count=len(matched),
        day_count=len(stretch),
    )


def compare_whole(
    timeframe: Timeframe, now: Figures, *, days: Mapping[date, Figures], before: Timeframe
) -> Comparison:
    """The figures of a complete month or year with the `days` of the one before, complete too."""
    day_count = len(list(iter_dates(timeframe.begins, timeframe.last)))
    old = [days[day] for day in iter_dates(before.begins, before.last)]
    return Comparison.of(
        now,
        _total(old),
        before=before,
        matched_day_count=day_count,
        before_day_count=len(old),
        day_count=day_count,
    )


def _total(figures: Iterable[Figures]) -> Figures:
    figures = list(figures)
    return Figures(
        curtailed_mwh=add(each.curtailed_mwh for each in figures),
        payment_gbp=add(each.payment_gbp for each in figures),
        bitcoin_mined=add(each.bitcoin_mined for each in figures),
    )


def counterpart(day: date, before: Timeframe) -> date | None:
    """The same day of an earlier month or year; null where there is none, as for 29 February."""
    try:
        if before.kind is Kind.MONTHLY:
            return before.first.replace(day=day.day)
        return day.replace(year=before.first.year)
    except ValueError:
        return None
