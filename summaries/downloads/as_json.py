"""Pages of farms, companies, miners and the ledger as JSON."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from summaries.exact import plain
from summaries.exports import Json, format_instant
from summaries.reports.pages import Page
from summaries.reports.tables import Figure, Value
from summaries.timeframes import Timeframe


def page_as_json(page: Page) -> Json:
    """Labels, then facts and headline by their keys, then each table as a list of objects."""
    certainty = page.certainty
    return {
        "period": page.span.text,
        "is_complete": certainty.is_complete,
        "is_provisional": certainty.is_provisional,
        "is_sample": certainty.is_sample,
        "has_corrections": certainty.has_corrections,
        "definition": page.selection.definition.value,
        "miner_model": page.selection.miner,
        **_object((*page.facts, *page.headline)),
        **{table.key: [_object(row) for row in table.figures()] for table in page.tables},
    }


def _object(figures: tuple[Figure, ...]) -> Json:
    return {figure.column.key: _value(figure.value) for figure in figures}


def _value(value: Value) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Timeframe):
        return value.text
    if isinstance(value, datetime):
        return format_instant(value)
    return value
