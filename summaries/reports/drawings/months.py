"""Tables by month, as charts show them."""

from dataclasses import replace
from datetime import date
from typing import Any

from summaries.reports.tables import Table
from summaries.timeframes import Timeframe

# More bars or points than these cannot be told apart on a phone; pages list all below.
MAX_MONTHS = 36


def last_months(table: Table) -> Table:
    """The latest months of a table whose first column they are, the oldest first."""
    rows = sorted(table.rows, key=_begins)
    return replace(table, rows=tuple(rows[-MAX_MONTHS:]))


def months_with_data(table: Table) -> Table:
    """Its rows with any figure beside the month."""
    known = (row for row in table.rows if any(value is not None for value in row[1:]))
    return replace(table, rows=tuple(known))


def stretch(table: Table) -> str:
    """From the first to the last month of an ascending table.

    E.g. May 2021 to April 2024, March to May 2024.
    """
    months: tuple[Timeframe, ...] = table.values(table.columns[0].key)
    first, last = months[0], months[-1]
    if first == last:
        return first.label
    within_a_year = first.first.year == last.first.year
    return (
        f"{first.first:%B} to {last.label}" if within_a_year else f"{first.label} to {last.label}"
    )


def _begins(row: tuple[Any, ...]) -> date:
    begins: date = row[0].first
    return begins
