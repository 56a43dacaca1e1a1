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


def stretch(table: Table) -> str:
    """E.g. May 2021 to April 2024: from the first to the last month of an ascending table."""
    months: tuple[Timeframe, ...] = table.values(table.columns[0].key)
    first, last = months[0].label, months[-1].label
    return first if first == last else f"{first} to {last}"


def _begins(row: tuple[Any, ...]) -> date:
    begins: date = row[0].first
    return begins
