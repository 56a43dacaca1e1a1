"""The report of a year."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from summaries.queries.choices import Choices
from summaries.queries.totals import (
    Row,
    read_bitcoin_of_months_and_days,
    read_days,
    read_months,
)
from summaries.reports.basis import Basis, first_compared, read_basis
from summaries.reports.daybook import DayBook
from summaries.reports.longer import LongReport, complete_days_of_selected, long_report
from summaries.reports.parts import is_complete, selected_part, summary_part
from summaries.reports.shapes import TimeframeRow
from summaries.selection import Selection
from summaries.timeframes import Timeframe

Rows = Mapping[date, Row]


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


def _days(basis: Basis) -> Iterator[Timeframe]:
    """Its days that have begun."""
    return map(Timeframe.day, basis.timeframe.dates(today=basis.today))


def _of_selected(basis: Basis) -> LongReport:
    return long_report(
        basis,
        parts=tuple(selected_part(basis, month) for month in _months(basis)),
        days=tuple(selected_part(basis, day) for day in _days(basis)),
        complete=complete_days_of_selected(basis),
    )


def _of_all(basis: Basis) -> LongReport:
    begin, last = first_compared(basis.timeframe), basis.timeframe.last
    energy = read_days(begin, last)
    bitcoin = read_bitcoin_of_months_and_days(begin, last, miner=basis.selection.miner)
    return long_report(
        basis,
        parts=_rows(
            basis, _months(basis), read_months(basis.timeframe.first, last), bitcoin.months
        ),
        days=_rows(basis, _days(basis), energy, bitcoin.days),
        complete=DayBook(energy, bitcoin.days, basis.selection.definition).complete,
    )


def _rows(
    basis: Basis, parts: Iterable[Timeframe], energy: Rows, bitcoin: Rows
) -> tuple[TimeframeRow, ...]:
    return tuple(
        summary_part(
            part,
            energy=energy.get(part.first),
            bitcoin=bitcoin.get(part.first),
            definition=basis.selection.definition,
            complete=is_complete(basis, part),
        )
        for part in parts
    )
