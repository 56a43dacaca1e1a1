"""What a correction or a withdrawal would change, found out by doing it and taking it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from curtailment.corrected import RecordKey
from curtailment.correction_queries import SixFigures, StoredRecord, read_one
from curtailment.models.records import FIGURES
from summaries.correcting.labels import BITCOIN_LABELS, ENERGY_LABELS, FIGURE_LABELS
from summaries.correcting.waiting import undone
from summaries.pipeline import finish_day
from summaries.queries.totals import read_bitcoin, read_summary
from summaries.timeframes import Timeframe

Number = Decimal | int | None


@dataclass(frozen=True)
class Change:
    """A figure before and after; None where it is not known or there is none."""

    label: str
    before: Number
    after: Number

    @property
    def decimals(self) -> int:
        """With how many decimals it is read: bitcoin with all that there are in use."""
        if isinstance(self.before, int) or isinstance(self.after, int):
            return 0
        return 8 if "BTC" in self.label else 2

    @property
    def differs(self) -> bool:
        """Whether it changes at all."""
        return self.before != self.after


@dataclass(frozen=True)
class FigureOfRecord(Change):
    """One of the six figures, and what Elexon publishes."""

    published: Number

    @property
    def is_as_published(self) -> bool:
        """Whether it counts as it is published until it changes."""
        return self.before == self.published


@dataclass(frozen=True)
class Total:
    """A total of each of the timeframes, of which at least one changes."""

    label: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Preview:
    """What changes in the record and in the day, month and year of it, totals that stay left
    out; and what keeps bitcoin from following.
    """

    figures: tuple[FigureOfRecord, ...]
    timeframes: tuple[Timeframe, ...]
    totals: tuple[Total, ...]
    problems: tuple[str, ...]


def preview_of(key: RecordKey, change: Callable[[], object], *, now: datetime) -> Preview:
    """What a change of one record comes to: it is made, its day finished, and all taken back.

    Raises what the change raises, and Busy.
    """
    day = Timeframe.day(key.settlement_date)
    timeframes = (day, *reversed(day.parents))
    with undone():
        before, totals_before = read_one(key), [_read_totals(each) for each in timeframes]
        change()
        result = finish_day(key.settlement_date, now=now)
        after, totals_after = read_one(key), [_read_totals(each) for each in timeframes]
    totals = _totals(list(zip(totals_before, totals_after, strict=True)))
    return Preview(figures_of(before, after), timeframes, totals, result.problems)


def figures_of(before: StoredRecord, after: StoredRecord) -> tuple[FigureOfRecord, ...]:
    """The six figures of a record, as they count before and after and as they are published."""
    columns = zip(
        FIGURES,
        _numbers(before.effective),
        _numbers(after.effective),
        _numbers(after.published),
        strict=True,
    )
    return tuple(
        FigureOfRecord(FIGURE_LABELS[name], earlier, later, published)
        for name, earlier, later, published in columns
    )


def _numbers(figures: SixFigures | None) -> tuple[Number, ...]:
    return (None,) * len(FIGURES) if figures is None else figures


def _read_totals(timeframe: Timeframe) -> dict[str, Number]:
    """The stored totals of a timeframe, by what they are called."""
    energy = read_summary(timeframe) or {}
    totals: dict[str, Number] = {
        label: energy.get(column) for column, label in ENERGY_LABELS.items()
    }
    for miner, bitcoin in sorted(read_bitcoin(timeframe).items()):
        totals |= {f"{miner}, {label}": bitcoin[name] for name, label in BITCOIN_LABELS.items()}
    return totals


def _totals(pairs: list[tuple[dict[str, Number], dict[str, Number]]]) -> tuple[Total, ...]:
    """By what they are called, from what each timeframe has before and after."""
    labels = dict.fromkeys(label for pair in pairs for totals in pair for label in totals)
    totals = (
        Total(label, tuple(Change(label, old.get(label), new.get(label)) for old, new in pairs))
        for label in labels
    )
    return tuple(total for total in totals if any(change.differs for change in total.changes))
