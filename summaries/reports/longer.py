"""What the reports of a month and a year have that a day's has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from curtailment.settlement import iter_dates
from summaries.columns import pick
from summaries.reports.basis import Basis, report_of
from summaries.reports.changes import Comparison, Figures, compare_to_date, compare_whole
from summaries.reports.highlights import Highlights, highlights_of
from summaries.reports.shapes import Report, TimeframeRow
from summaries.timeframes import Timeframe


@dataclass(frozen=True)
class LongReport(Report):
    """A month or a year: its days, what stands out, and the change on the one before.

    `days` are those that have begun. `comparison` is null where there is no timeframe before;
    unless both are complete it is of the days that are complete in both.
    """

    days: tuple[TimeframeRow, ...] = ()
    highlights: Highlights | None = None
    comparison: Comparison | None = None


def long_report(
    basis: Basis,
    *,
    parts: tuple[TimeframeRow, ...],
    days: tuple[TimeframeRow, ...],
    complete: Mapping[date, Figures],
) -> LongReport:
    """The report; `complete` are the complete days of this timeframe and of the one before."""
    report = report_of(basis, parts=parts)
    previous = report.previous
    return LongReport(
        **vars(report),
        days=days,
        highlights=highlights_of(days, today=basis.today),
        comparison=_compare(report, basis, complete, previous) if previous else None,
    )


def _compare(
    report: Report, basis: Basis, complete: Mapping[date, Figures], previous: Timeframe
) -> Comparison:
    timeframe = report.timeframe
    days_before = iter_dates(previous.begins, previous.last)
    if report.coverage.is_complete and all(day in complete for day in days_before):
        bitcoin = report.miner.bitcoin_mined if report.miner else None
        now = Figures(report.energy.curtailed_mwh, report.energy.payment_gbp, bitcoin)
        return compare_whole(timeframe, now, days=complete, before=previous)
    last = min(timeframe.last, basis.today)
    return compare_to_date(timeframe.kind, last, days=complete, before=previous)


def complete_days_of_selected(basis: Basis) -> dict[date, Figures]:
    """The selected units' figures of complete days; that of the bitcoin before was not read.

    A complete day on which none of them was curtailed is a zero.
    """
    states = {**basis.states_before, **basis.states}
    rows = {**basis.days_before, **basis.days}
    definition = basis.selection.definition

    def figure(day: date, name: str) -> Decimal:
        return pick(rows[day], definition, name) if day in rows else Decimal(0)

    return {
        day: Figures(figure(day, "curtailed_mwh"), figure(day, "payment_gbp"))
        for day, state in states.items()
        if state.is_complete and state.is_summarized
    }
