"""A timeframe against the one before it: only what is complete in both is compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

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

    `matched_day_count` says how many days of each were compared, `day_count` of how many that
    could have been.
    """

    before: Timeframe
    matched_day_count: int
    day_count: int
    energy: Change
    payment: Change
    bitcoin: Change

    @property
    def is_comparable(self) -> bool:
        return self.matched_day_count > 0


def compare_to_date(
    kind: Kind, last: date, *, days: Mapping[date, Figures], before: Timeframe
) -> Comparison:
    """The complete `days` of a month or year up to `last`, each with its counterpart before."""
    first = Timeframe.of(kind, last).first
    stretch = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    pairs = [(day, counterpart(day, before)) for day in stretch]
    matched = [(day, old) for day, old in pairs if old is not None and {day, old} <= days.keys()]
    return compare(
        [days[day] for day, _ in matched],
        [days[old] for _, old in matched],
        before=before,
        matched_day_count=len(matched),
        day_count=len(stretch),
    )


def compare(
    now: Iterable[Figures],
    old: Iterable[Figures],
    *,
    before: Timeframe,
    matched_day_count: int,
    day_count: int,
) -> Comparison:
    """Sums of figures against sums of earlier ones."""
    now, old = list(now), list(old)

    def change(name: str) -> Change:
        return Change(
            add(getattr(figures, name) for figures in now),
            add(getattr(figures, name) for figures in old),
        )

    return Comparison(
        before=before,
        matched_day_count=matched_day_count,
        day_count=day_count,
        energy=change("curtailed_mwh"),
        payment=change("payment_gbp"),
        bitcoin=change("bitcoin_mined"),
    )


def counterpart(day: date, before: Timeframe) -> date | None:
    """The same day of an earlier month or year; null where there is none, as for 29 February."""
    try:
        if before.kind is Kind.MONTHLY:
            return before.first.replace(day=day.day)
        return day.replace(year=before.first.year)
    except ValueError:
        return None
