"""The days of a month and the months of a year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from curtailment.definitions import Definition
from curtailment.settlement import FIRST_SETTLEMENT_DATE, iter_dates
from summaries.columns import pick
from summaries.exact import add
from summaries.reports.basis import Basis
from summaries.reports.shapes import TimeframeRow
from summaries.timeframes import Timeframe

Row = Mapping[str, Any]


def is_complete(basis: Basis, part: Timeframe) -> bool:
    """Whether all days of a part of a report are complete, and in the summaries."""
    states = basis.states
    return all(
        day in states and states[day].is_complete and states[day].is_summarized
        for day in iter_dates(max(part.first, FIRST_SETTLEMENT_DATE), part.last)
    )


def summary_part(
    part: Timeframe,
    *,
    energy: Row | None,
    bitcoin: Row | None,
    definition: Definition,
    complete: bool,
) -> TimeframeRow:
    """A part of all units' report, from its summary rows."""
    return TimeframeRow(
        timeframe=part,
        is_complete=complete,
        curtailed_mwh=pick(energy, definition, "curtailed_mwh") if energy else None,
        payment_gbp=pick(energy, definition, "payment_gbp") if energy else None,
        bitcoin_mined=pick(bitcoin, definition, "bitcoin_mined") if bitcoin else None,
    )


def selected_part(basis: Basis, part: Timeframe) -> TimeframeRow:
    """A part of a report of selected units, from their days.

    A day without a slice is a zero only if the day itself has data.
    """
    stored = [day for day in iter_dates(part.first, part.last) if _has_figures(basis, day)]
    if not stored:
        return TimeframeRow(part, False, None, None, None)
    definition = basis.selection.definition
    days = [basis.days[day] for day in stored if day in basis.days]
    return TimeframeRow(
        timeframe=part,
        is_complete=is_complete(basis, part),
        curtailed_mwh=add(pick(day, definition, "curtailed_mwh") for day in days),
        payment_gbp=add(pick(day, definition, "payment_gbp") for day in days),
        bitcoin_mined=add(
            pick(row, definition, "bitcoin_mined") for row in _bitcoin_rows(basis, part)
        ),
    )


def _has_figures(basis: Basis, day: date) -> bool:
    return day in basis.states and basis.states[day].is_summarized


def _bitcoin_rows(basis: Basis, part: Timeframe) -> list[dict[str, Any]]:
    return [
        row
        for row in basis.bitcoin_of_days
        if row["miner_model_id"] == basis.selection.miner
        and part.first <= row["settlement_date"] <= part.last
    ]
