"""What many corrections at once would change: every record, and the sums above them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from curtailment.corrected import RecordKey
from curtailment.correction_queries import StoredRecord, read_stored
from curtailment.models import Correction, CurtailmentRecord
from curtailment.models.records import FIGURES
from summaries.correcting.labels import FIGURE_LABELS
from summaries.correcting.previews import Change, FigureOfRecord, figures_of
from summaries.correcting.waiting import undone
from summaries.exact import EXACT, add
from summaries.models import DailySummary
from summaries.timeframes import Timeframe

SumsByDay = dict[date, dict[str, Decimal]]


@dataclass(frozen=True)
class ChangedRecord:
    """A record, its six figures before and after, and the correction that another one replaces."""

    key: RecordKey
    figures: tuple[FigureOfRecord, ...]
    superseded: Correction | None
    is_added: bool
    is_removed: bool


@dataclass(frozen=True)
class ChangedSums:
    """The sums of the six figures over a day, a month or a year, before and after."""

    timeframe: Timeframe
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class BatchPreview:
    """Every record that changes, and the sums of its day, its month and its year."""

    labels: tuple[str, ...]
    records: tuple[ChangedRecord, ...]
    sums: tuple[ChangedSums, ...]

    @property
    def superseded(self) -> list[Correction]:
        """The corrections in force that others replace."""
        return [record.superseded for record in self.records if record.superseded is not None]

    @property
    def superseded_authors(self) -> list[str]:
        """Who made them."""
        return sorted({str(correction.author) for correction in self.superseded})


def preview_of_batch(keys: Collection[RecordKey], change: Callable[[], object]) -> BatchPreview:
    """What a change of these records comes to: it is made, and taken back.

    Raises what the change raises, and Busy.
    """
    dates = sorted({key.settlement_date for key in keys})
    with undone():
        before, sums_before = read_stored(keys), _sums_by_day(dates)
        change()
        after, sums_after = read_stored(keys), _sums_by_day(dates)
    others = _sums_of_other_days(dates)
    return BatchPreview(
        labels=tuple(FIGURE_LABELS.values()),
        records=tuple(_changed_record(before[key], after[key]) for key in sorted(keys)),
        sums=tuple(
            _changes(timeframe, others | sums_before, others | sums_after)
            for timeframe in _timeframes(dates)
        ),
    )


def _changed_record(before: StoredRecord, after: StoredRecord) -> ChangedRecord:
    return ChangedRecord(
        before.key,
        figures_of(before, after),
        superseded=None if after.correction is None else before.correction,
        is_added=before.record is None,
        is_removed=after.record is None,
    )


def _timeframes(dates: list[date]) -> list[Timeframe]:
    """The days, then their months, then their years."""
    makers = (Timeframe.day, Timeframe.month, Timeframe.year)
    return list(dict.fromkeys(make(day) for make in makers for day in dates))


def _sums_by_day(dates: list[date]) -> SumsByDay:
    records = CurtailmentRecord.objects.filter(settlement_date__in=dates)
    sums = records.values_list("settlement_date").annotate(*map(Sum, FIGURES))
    return {day: dict(zip(FIGURES, figures, strict=True)) for day, *figures in sums}


def _sums_of_other_days(dates: list[date]) -> SumsByDay:
    """Those of the other days of the same years, from their summaries."""
    days = DailySummary.objects.filter(settlement_date__year__in={day.year for day in dates})
    return {
        day.settlement_date: {
            "curtailed_mwh": day.curtailed_mwh,
            "payment_gbp": day.payment_gbp,
            "so_mwh": day.so_mwh,
            "so_payment_gbp": day.so_payment_gbp,
            "other_mwh": EXACT.subtract(day.all_mwh, day.curtailed_mwh),
            "other_payment_gbp": EXACT.subtract(day.all_payment_gbp, day.payment_gbp),
        }
        for day in days.exclude(settlement_date__in=dates)
    }


def _changes(timeframe: Timeframe, before: SumsByDay, after: SumsByDay) -> ChangedSums:
    return ChangedSums(
        timeframe,
        tuple(
            Change(label, _sum(timeframe, figure, before), _sum(timeframe, figure, after))
            for figure, label in FIGURE_LABELS.items()
        ),
    )


def _sum(timeframe: Timeframe, figure: str, sums: SumsByDay) -> Decimal | None:
    first, last = timeframe.first, timeframe.last
    return add(of_day[figure] for day, of_day in sums.items() if first <= day <= last)
