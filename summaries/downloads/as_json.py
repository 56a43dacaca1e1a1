"""The overview, and pages of farms, companies, miners and the ledger, as JSON."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from summaries.downloads.of_overview import further_tables
from summaries.exact import plain
from summaries.exports import Json, format_instant
from summaries.reports.overview import OverviewPage
from summaries.reports.pages import Page
from summaries.reports.shapes import Headline
from summaries.reports.tables import Figure, Table, Value
from summaries.timeframes import Timeframe


def overview_as_json(overview: OverviewPage) -> Json:
    """The headlines of the first page, the latest days, and each further table."""
    return {
        "definition": overview.selection.definition.value,
        "miner_model": overview.selection.miner,
        "headlines": [_headline(headline) for headline in overview.headlines],
        "days": [_headline(day) for day in overview.days],
        **_tables(further_tables(overview)),
    }


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
        **_tables(page.tables),
    }


def _tables(tables: Iterable[Table]) -> Json:
    return {table.key: [_object(row) for row in table.figures()] for table in tables}


def _headline(headline: Headline) -> Json:
    return {
        "period": headline.timeframe.text,
        "is_complete": headline.is_complete,
        "is_provisional": headline.is_provisional,
        "is_sample": headline.is_sample,
        "curtailed_mwh": plain(headline.curtailed_mwh),
        "payment_gbp": plain(headline.payment_gbp),
        "bitcoin_mined": plain(headline.bitcoin_mined),
        "value_gbp": plain(headline.value_gbp),
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
