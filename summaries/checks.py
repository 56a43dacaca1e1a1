"""Whether every summary is the sum of what is below it; nothing is changed.

What a summary must be is asked with the very query that writes it, so that every column counts.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from curtailment.checks import Finding, Remedy, found
from curtailment.sql import fetch_rows
from summaries.operations.days import BITCOIN_DAYS, DAYS
from summaries.operations.derived import Derived
from summaries.operations.farms import BITCOIN_SLICES, SLICES
from summaries.operations.spans import MONTH, YEAR, Span, parameters_of_span
from summaries.periods import month_range, year_range

OF_DAYS = {
    "slices": SLICES,
    "bitcoin slices": BITCOIN_SLICES,
    "day": DAYS,
    "bitcoin day": BITCOIN_DAYS,
}

# Most days of a range may have nothing at all, and comparing nothing takes its time too.
DATES_WITH_ROWS = """
    SELECT settlement_date FROM ingestion_progress
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
    UNION SELECT settlement_date FROM curtailment_records
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
    UNION SELECT settlement_date FROM farm_daily_summaries
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
    UNION SELECT settlement_date FROM daily_summaries
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
    UNION SELECT settlement_date FROM bitcoin_daily_summaries
    WHERE settlement_date BETWEEN %(first)s AND %(last)s
    ORDER BY 1
"""


def dates_with_rows(first: date, last: date) -> list[date]:
    """The dates of a range, both included, that have data or a summary."""
    rows = fetch_rows(DATES_WITH_ROWS, {"first": first, "last": last})
    return [row["settlement_date"] for row in rows]


def check_day(settlement_date: date) -> list[Finding]:
    """Slices against records and calculations, the day against its slices."""
    parameters = {"settlement_date": settlement_date}
    return [
        finding
        for name, derived in OF_DAYS.items()
        for finding in _check(settlement_date, name, derived, parameters)
    ]


def check_month(settlement_date: date) -> list[Finding]:
    """The month of a date against its days."""
    return _check_span(settlement_date, "month", MONTH, *month_range(settlement_date))


def check_year(settlement_date: date) -> list[Finding]:
    """The year of a date against its months."""
    return _check_span(settlement_date, "year", YEAR, *year_range(settlement_date.year))


def _check_span(
    settlement_date: date, name: str, span: Span, first: date, last: date
) -> list[Finding]:
    parameters = parameters_of_span(first, last)
    energy = _check(settlement_date, name, span.energy, parameters)
    return energy + _check(settlement_date, f"bitcoin {name}", span.bitcoin, parameters)


def _check(
    settlement_date: date, name: str, derived: Derived, parameters: Mapping[str, Any]
) -> list[Finding]:
    rows = fetch_rows(derived.sql_for_differences(), parameters)
    differences = [
        difference
        for row in rows
        for difference in _differences(derived, _read(row["stored"]), _read(row["expected"]))
    ]
    return found(settlement_date, name, differences, Remedy.RECALCULATE)


def _differences(
    derived: Derived, stored: dict[str, Any] | None, expected: dict[str, Any] | None
) -> Iterator[str]:
    """What is wrong with a row of a summary, a sentence a column."""
    key = " ".join(str((stored or expected or {})[name]) for name in derived.key)
    if stored is None:
        yield f"{key} is missing"
    elif expected is None:
        yield f"{key} is there, without anything that it is the sum of"
    else:
        for name in derived.columns:
            if stored[name] != expected[name]:
                yield f"{key} {name} is {stored[name]}, {derived.parts} give {expected[name]}"


def _read(text: str | None) -> dict[str, Any] | None:
    """A row of JSON with all digits of its numbers."""
    row: dict[str, Any] | None = json.loads(text or "null", parse_float=Decimal, parse_int=Decimal)
    return row
