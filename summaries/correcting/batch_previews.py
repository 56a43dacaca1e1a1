"""What many corrections at once would change: every record, and the energy and payment of days."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from curtailment.corrected import RecordKey
from curtailment.correction_queries import read_stored
from curtailment.models import CurtailmentRecord
from curtailment.models.records import FIGURES
from summaries.correcting.labels import FIGURE_LABELS
from summaries.correcting.previews import Change, FigureOfRecord, figures_of
from summaries.correcting.waiting import undone
from summaries.exact import add

Sums = dict[str, Decimal]


@dataclass(frozen=True)
class ChangedRecord:
    """A record and its six figures before and after."""

    key: RecordKey
    figures: tuple[FigureOfRecord, ...]


@dataclass(frozen=True)
class ChangedDay:
    """A day's sums of the six figures before and after."""

    settlement_date: date
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class BatchPreview:
    """Every record that changes, the sums of the days, and of all these days together."""

    labels: tuple[str, ...]
    records: tuple[ChangedRecord, ...]
    days: tuple[ChangedDay, ...]
    total: tuple[Change, ...]


def preview_of_batch(keys: Collection[RecordKey], change: Callable[[], object]) -> BatchPreview:
    """What a change of these records comes to: it is made, and taken back.

    Raises what the change raises, and Busy.
    """
    dates = sorted({key.settlement_date for key in keys})
    with undone():
        before, sums_before = read_stored(keys), _sums_by_day(dates)
        change()
        after, sums_after = read_stored(keys), _sums_by_day(dates)
    days = tuple(
        ChangedDay(day, _changes(sums_before.get(day, {}), sums_after.get(day, {})))
        for day in dates
    )
    return BatchPreview(
        labels=tuple(FIGURE_LABELS.values()),
        records=tuple(
            ChangedRecord(key, figures_of(before[key], after[key])) for key in sorted(keys)
        ),
        days=days,
        total=_changes(_added(sums_before), _added(sums_after)),
    )


def _sums_by_day(dates: list[date]) -> dict[date, Sums]:
    records = CurtailmentRecord.objects.filter(settlement_date__in=dates)
    sums = records.values_list("settlement_date").annotate(*map(Sum, FIGURES))
    return {day: dict(zip(FIGURES, figures, strict=True)) for day, *figures in sums}


def _added(sums: Mapping[date, Sums]) -> Sums:
    days = sums.values()
    return {figure: add(day[figure] for day in days) or Decimal(0) for figure in FIGURES}


def _changes(before: Sums, after: Sums) -> tuple[Change, ...]:
    nothing = Decimal(0)
    return tuple(
        Change(label, before.get(figure, nothing), after.get(figure, nothing))
        for figure, label in FIGURE_LABELS.items()
    )
