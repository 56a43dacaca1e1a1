"""The report of a month."""

from datetime import date, datetime

from summaries.queries.choices import Choices
from summaries.queries.totals import read_bitcoin_of_days, read_days
from summaries.reports.basis import Basis, first_compared, read_basis
from summaries.reports.daybook import DayBook
from summaries.reports.longer import LongReport, complete_days_of_selected, long_report
from summaries.reports.parts import is_complete, selected_part, summary_part
from summaries.selection import Selection
from summaries.timeframes import Timeframe


def build_monthly_report(
    month: date, *, selection: Selection, choices: Choices, now: datetime
) -> LongReport:
    """The report of the month that contains a date, with its days up to today."""
    basis = read_basis(Timeframe.month(month), selection=selection, choices=choices, now=now)
    return _of_selected(basis) if selection.is_filtered else _of_all(basis)


def _of_selected(basis: Basis) -> LongReport:
    days = basis.timeframe.dates(today=basis.today)
    rows = tuple(selected_part(basis, Timeframe.day(day)) for day in days)
    return long_report(basis, parts=rows, days=rows, complete=complete_days_of_selected(basis))


def _of_all(basis: Basis) -> LongReport:
    energy = read_days(first_compared(basis.timeframe), basis.timeframe.last)
    bitcoin = read_bitcoin_of_days(energy, miner=basis.selection.miner)
    rows = tuple(
        summary_part(
            Timeframe.day(day),
            energy=energy.get(day),
            bitcoin=bitcoin.get(day),
            definition=basis.selection.definition,
            complete=is_complete(basis, Timeframe.day(day)),
        )
        for day in basis.timeframe.dates(today=basis.today)
    )
    complete = DayBook(energy, bitcoin, basis.selection.definition).complete
    return long_report(basis, parts=rows, days=rows, complete=complete)
