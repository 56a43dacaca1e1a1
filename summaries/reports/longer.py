"""What the reports of a month and a year have that a day's has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from summaries.columns import pick
from summaries.reports.basis import Basis, report_of
from summaries.reports.changes import Comparison, Figures, compare
from summaries.reports.highlights import Highlights, highlights_of
from summaries.reports.parts import is_complete_before
from summaries.reports.shapes import Report, TimeframeRow

Rows = Mapping[date, Mapping[str, Any]]


@dataclass(frozen=True)
class LongReport(Report):
    """A month or a year: its days, what stands out, and the change on the one before.

    `days` are those that have begun; a year's have no bitcoin. `comparison` is null where there
    is no timeframe before; it is not comparable unless both are complete.
    """

    days: tuple[TimeframeRow, ...] = ()
    highlights: Highlights | None = None
    comparison: Comparison | None = None


def long_report(
    basis: Basis,
    *,
    parts: tuple[TimeframeRow, ...],
    days: tuple[TimeframeRow, ...],
    before: Rows,
    bitcoin_before: Rows | None = None,
) -> LongReport:
    """The report; `before` are the rows of the timeframe before, by day or month.

    A timeframe's bitcoin is compared only if that of the one before was read.
    """
    report = report_of(basis, parts=parts)
    return LongReport(
        **vars(report),
        days=days,
        highlights=highlights_of(days, today=basis.today),
        comparison=_comparison(report, basis, before, bitcoin_before),
    )


def _comparison(
    report: Report, basis: Basis, before: Rows, bitcoin_before: Rows | None
) -> Comparison | None:
    previous = report.previous
    if previous is None:
        return None
    comparable = report.coverage.is_complete and is_complete_before(basis, previous)
    length = (report.timeframe.last - report.timeframe.first).days + 1
    bitcoin = report.miner.bitcoin_mined if report.miner else None
    now = Figures(report.energy.curtailed_mwh, report.energy.payment_gbp, bitcoin)
    return compare(
        [now] if comparable else [],
        _figures(basis, before, bitcoin_before) if comparable else [],
        before=previous,
        matched_day_count=length if comparable else 0,
        day_count=length,
    )


def _figures(basis: Basis, before: Rows, bitcoin_before: Rows | None) -> list[Figures]:
    definition = basis.selection.definition

    def bitcoin(day: date) -> Decimal | None:
        if bitcoin_before is None or day not in bitcoin_before:
            return None
        return pick(bitcoin_before[day], definition, "bitcoin_mined")

    return [
        Figures(
            pick(row, definition, "curtailed_mwh"),
            pick(row, definition, "payment_gbp"),
            bitcoin(day),
        )
        for day, row in before.items()
    ]
