"""The report of a month."""

from datetime import date, datetime

from summaries.queries.choices import Choices
from summaries.queries.totals import read_bitcoin_of_days, read_days
from summaries.reports.basis import Basis, read_basis, report_of
from summaries.reports.parts import is_complete, selected_part, summary_part
from summaries.reports.shapes import Report, TimeframeRow
from summaries.selection import Selection
from summaries.timeframes import Timeframe


def build_monthly_report(
    month: date, *, selection: Selection, choices: Choices, now: datetime
) -> Report:
    """The report of the month that contains a date, with its days up to today."""
    basis = read_basis(Timeframe.month(month), selection=selection, choices=choices, now=now)
    rows = _selected_rows(basis) if selection.is_filtered else _summary_rows(basis)
    return report_of(basis, parts=tuple(rows))


def _selected_rows(basis: Basis) -> list[TimeframeRow]:
    days = basis.timeframe.dates(today=basis.today)
    return [selected_part(basis, Timeframe.day(day)) for day in days]


def _summary_rows(basis: Basis) -> list[TimeframeRow]:
    first, last = basis.timeframe.first, basis.timeframe.last
    energy = read_days(first, last)
    bitcoin = read_bitcoin_of_days(energy, miner=basis.selection.miner)
    return [
        summary_part(
            Timeframe.day(day),
            energy=energy.get(day),
            bitcoin=bitcoin.get(day),
            definition=basis.selection.definition,
            complete=is_complete(basis, Timeframe.day(day)),
        )
        for day in basis.timeframe.dates(today=basis.today)
    ]
