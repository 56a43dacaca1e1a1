"""The report of a year."""

from collections.abc import Iterator
from datetime import date, datetime

from summaries.queries.choices import Choices
from summaries.queries.totals import read_bitcoin_of_months, read_months
from summaries.reports.basis import Basis, read_basis, report_of
from summaries.reports.parts import is_complete, selected_part, summary_part
from summaries.reports.shapes import Report, TimeframeRow
from summaries.selection import Selection
from summaries.timeframes import Timeframe


def build_yearly_report(
    year: date, *, selection: Selection, choices: Choices, now: datetime
) -> Report:
    """The report of the year that contains a date, with its months up to the present one."""
    basis = read_basis(Timeframe.year(year), selection=selection, choices=choices, now=now)
    rows = _selected_rows(basis) if selection.is_filtered else _summary_rows(basis)
    return report_of(basis, parts=tuple(rows))


def _months(basis: Basis) -> Iterator[Timeframe]:
    """Its months that have begun, from the first with settlement data on."""
    months = dict.fromkeys(day.replace(day=1) for day in basis.timeframe.dates(today=basis.today))
    return (Timeframe.month(month) for month in months)


def _selected_rows(basis: Basis) -> list[TimeframeRow]:
    return [selected_part(basis, month) for month in _months(basis)]


def _summary_rows(basis: Basis) -> list[TimeframeRow]:
    first, last = basis.timeframe.first, basis.timeframe.last
    energy = read_months(first, last)
    bitcoin = read_bitcoin_of_months(first, last, miner=basis.selection.miner)
    return [
        summary_part(
            month,
            energy=energy.get(month.first),
            bitcoin=bitcoin.get(month.first),
            definition=basis.selection.definition,
            complete=is_complete(basis, month),
        )
        for month in _months(basis)
    ]
