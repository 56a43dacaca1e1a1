"""The report of a year."""

from collections.abc import Iterator
from datetime import date, datetime

from summaries.queries.choices import Choices
from summaries.queries.totals import read_bitcoin_of_months, read_days, read_months
from summaries.reports.basis import Basis, first_compared, read_basis
from summaries.reports.longer import LongReport, long_report
from summaries.reports.parts import is_complete, selected_part, summary_part
from summaries.reports.shapes import TimeframeRow
from summaries.selection import Selection
from summaries.timeframes import Timeframe


def build_yearly_report(
    year: date, *, selection: Selection, choices: Choices, now: datetime
) -> LongReport:
    """The report of the year that contains a date, with its months up to the present one."""
    basis = read_basis(Timeframe.year(year), selection=selection, choices=choices, now=now)
    return _of_selected(basis) if selection.is_filtered else _of_all(basis)


def _months(basis: Basis) -> Iterator[Timeframe]:
    """Its months that have begun, from the first with settlement data on."""
    months = dict.fromkeys(day.replace(day=1) for day in basis.timeframe.dates(today=basis.today))
    return (Timeframe.month(month) for month in months)


def _of_selected(basis: Basis) -> LongReport:
    days = basis.timeframe.dates(today=basis.today)
    return long_report(
        basis,
        parts=tuple(selected_part(basis, month) for month in _months(basis)),
        days=tuple(selected_part(basis, Timeframe.day(day)) for day in days),
        before=basis.days_before,
    )


def _of_all(basis: Basis) -> LongReport:
    begin, last = first_compared(basis.timeframe), basis.timeframe.last
    energy = read_months(begin, last)
    bitcoin = read_bitcoin_of_months(begin, last, miner=basis.selection.miner)
    rows = tuple(
        summary_part(
            month,
            energy=energy.get(month.first),
            bitcoin=bitcoin.get(month.first),
            definition=basis.selection.definition,
            complete=is_complete(basis, month),
        )
        for month in _months(basis)
    )
    before = {month: row for month, row in energy.items() if month < basis.timeframe.first}
    return long_report(basis, parts=rows, days=_days(basis), before=before, bitcoin_before=bitcoin)


def _days(basis: Basis) -> tuple[TimeframeRow, ...]:
    energy = read_days(basis.timeframe.first, basis.timeframe.last)
    return tuple(
        summary_part(
            Timeframe.day(day),
            energy=energy.get(day),
            bitcoin=None,
            definition=basis.selection.definition,
            complete=is_complete(basis, Timeframe.day(day)),
        )
        for day in basis.timeframe.dates(today=basis.today)
    )
