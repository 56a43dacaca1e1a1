"""What the reports of a day, a month and a year have in common."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from curtailment.settlement import settlement_date_at
from summaries.queries.choices import Choices
from summaries.queries.days import DayState, read_day_states
from summaries.queries.slices import read_farms, read_selected_bitcoin, read_selected_days
from summaries.queries.totals import read_bitcoin, read_summary
from summaries.reports.notices import Facts, Notice, notices_of
from summaries.reports.shapes import (
    Coverage,
    MinerTotals,
    PeriodRow,
    Report,
    TimeframeRow,
    Totals,
)
from summaries.reports.totals import (
    NOTHING_KNOWN,
    farms_of,
    miners_of_days,
    miners_of_summary,
    totals_of_days,
    totals_of_summary,
)
from summaries.reports.verification import verification_notices
from summaries.selection import Selection
from summaries.timeframes import Kind, Timeframe

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Basis:
    """What was read of a timeframe, whatever its length.

    `summary` is null without data; `days` and `bitcoin_of_days` are those of the selected units
    and empty unless the selection is filtered; `bitcoin` is empty if it is. `states_before` and
    `days_before` are of the month or year before, and empty for a day.
    """

    timeframe: Timeframe
    selection: Selection
    choices: Choices
    now: datetime
    summary: Row | None
    states: Mapping[date, DayState]
    farms: list[dict[str, Any]]
    bitcoin: Mapping[str, Row]
    days: Mapping[date, Row]
    bitcoin_of_days: list[dict[str, Any]]
    states_before: Mapping[date, DayState]
    days_before: Mapping[date, Row]

    @property
    def today(self) -> date:
        return settlement_date_at(self.now)


def read_basis(
    timeframe: Timeframe, *, selection: Selection, choices: Choices, now: datetime
) -> Basis:
    """Four queries, one more if the selection is filtered."""
    first, last = timeframe.first, timeframe.last
    filtered = selection.is_filtered
    # One query reads both this timeframe and the one that it is compared with.
    begin = first_compared(timeframe)
    states = read_day_states(begin, last)
    days = read_selected_days(begin, last, selection=selection) if filtered else {}
    return Basis(
        timeframe=timeframe,
        selection=selection,
        choices=choices,
        now=now,
        summary=read_summary(timeframe),
        states={day: state for day, state in states.items() if day >= first},
        farms=read_farms(first, last, selection=selection),
        bitcoin={} if filtered else read_bitcoin(timeframe),
        days={day: row for day, row in days.items() if day >= first},
        bitcoin_of_days=(
            read_selected_bitcoin(first, last, selection=selection) if filtered else []
        ),
        states_before={day: state for day, state in states.items() if day < first},
        days_before={day: row for day, row in days.items() if day < first},
    )


def first_compared(timeframe: Timeframe) -> date:
    """The first day of the month or year before; days are not compared with the day before."""
    if timeframe.kind is Kind.DAILY or timeframe.previous is None:
        return timeframe.first
    return timeframe.previous.first


def report_of(
    basis: Basis,
    *,
    periods: tuple[PeriodRow, ...] = (),
    parts: tuple[TimeframeRow, ...] = (),
) -> Report:
    """The report, with its breakdown by settlement periods or by days or months."""
    totals = _totals(basis)
    coverage = _coverage(basis)
    return Report(
        timeframe=basis.timeframe,
        previous=basis.timeframe.previous,
        next=basis.timeframe.next(today=basis.today),
        selection=basis.selection,
        coverage=coverage,
        notices=(*notices_of(_facts(basis, coverage, totals)), *_verified(basis)),
        totals=totals,
        bitcoin=_bitcoin(basis, totals),
        farms=farms_of(basis.farms, basis.selection),
        periods=periods,
        parts=parts,
    )


def _verified(basis: Basis) -> Iterable[Notice]:
    """Of a day only: the status page says it of all days."""
    state = basis.states.get(basis.timeframe.first)
    if basis.timeframe.kind is not Kind.DAILY or state is None:
        return ()
    return verification_notices(state.verification)


def _totals(basis: Basis) -> Totals:
    definition = basis.selection.definition
    if basis.summary is None:
        return NOTHING_KNOWN
    if not basis.selection.is_filtered:
        return totals_of_summary(basis.summary, definition)
    farm_count = len(farms_of(basis.farms, basis.selection))
    return totals_of_days(basis.days.values(), definition, farm_count=farm_count)


def _bitcoin(basis: Basis, totals: Totals) -> tuple[MinerTotals, ...]:
    definition = basis.selection.definition
    mwh = totals.by_definition[definition].curtailed_mwh
    if basis.summary is None:
        return ()
    if not basis.selection.is_filtered:
        return miners_of_summary(basis.bitcoin, basis.choices, definition, mwh=mwh)
    return miners_of_days(basis.bitcoin_of_days, basis.choices, definition, mwh=mwh)


def _coverage(basis: Basis) -> Coverage:
    row = basis.summary
    if row is None:
        expected = basis.timeframe.count_periods()
        return Coverage(False, False, False, False, periods_expected=expected, periods_fetched=0)
    return Coverage(
        is_ingested=True,
        is_complete=row["is_complete"],
        is_provisional=row["is_provisional"],
        is_sample=row["is_sample"],
        periods_expected=row["periods_expected"],
        periods_fetched=row["periods_fetched"],
    )


def _facts(basis: Basis, coverage: Coverage, totals: Totals) -> Facts:
    return Facts(
        timeframe=basis.timeframe,
        states=basis.states,
        periods_expected=coverage.periods_expected,
        periods_fetched=coverage.periods_fetched,
        is_provisional=coverage.is_provisional,
        is_sample=coverage.is_sample,
        has_corrections=totals.has_corrections,
        now=basis.now,
        today=basis.today,
    )
