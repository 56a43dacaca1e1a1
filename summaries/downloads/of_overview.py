"""The tables of the overview."""

from datetime import datetime

from summaries.downloads.about import about
from summaries.downloads.columns import FIGURES, comparisons, rankings
from summaries.downloads.naming import file_name, naming_miner
from summaries.downloads.shapes import Download
from summaries.queries.longer import NetworkFacts
from summaries.reports import tables
from summaries.reports.changes import Comparison
from summaries.reports.overview import OverviewPage
from summaries.reports.shapes import Headline
from summaries.reports.tables import CellKind, Column, Table, table_of
from summaries.timeframes import Timeframe

HEADLINE_COLUMNS = (
    Column("timeframe", "Period", CellKind.TIMEFRAME),
    tables.IS_COMPLETE,
    Column("is_provisional", "Provisional", CellKind.FLAG),
    Column("is_sample", "Sample data", CellKind.FLAG),
    *FIGURES,
    tables.VALUE,
)
RECORD_COLUMNS = (
    Column("what", "Record"),
    Column("timeframe", "Day", CellKind.TIMEFRAME),
    tables.MWH,
    tables.PAYMENT,
)
FRESHNESS_COLUMNS = (
    Column("first_date", "First day"),
    Column("last_date", "Last day"),
    Column("day_count", "Days stored", CellKind.COUNT),
    Column("missing_day_count", "Days missing between them", CellKind.COUNT),
    Column("sample_day_count", "Days of sample data", CellKind.COUNT),
    Column("failed_day_count", "Days whose last try failed", CellKind.COUNT),
    Column("stale_day_count", "Days being recalculated", CellKind.COUNT),
    Column("confirmed_at", "Last confirmed (UTC)", CellKind.INSTANT),
)


def download_of_overview(
    overview: OverviewPage, *, network: NetworkFacts | None, now: datetime
) -> Download:
    """The headlines first, then the latest days, then what else the page shows."""
    selection = overview.selection
    return Download(
        name=file_name("overview", selection.definition, selection=selection),
        title="Overview",
        made_at=now,
        about=about(
            title="Curtailed wind energy: overview",
            period="the latest complete day, its month and its year; the latest days",
            selection=selection,
            is_complete=bool(overview.headlines) and all(h.is_complete for h in overview.headlines),
            notices=overview.notices,
            network=network,
            made_at=now,
        ),
        tables=naming_miner(
            (
                _headlines("headlines", "Headlines", overview.headlines),
                _headlines("days", "Latest days", overview.days),
                *further_tables(overview),
            ),
            selection.miner,
        ),
    )


def further_tables(overview: OverviewPage) -> tuple[Table, ...]:
    """All but the headlines and the latest days; rankings are of the year to date."""
    return (
        comparisons("comparisons", "To date against before", _compared(overview)),
        _headlines("trend", "Trend by month", overview.trend),
        *rankings(overview.farms, overview.lead_parties, farms_key="farms"),
        table_of("records", "Records", RECORD_COLUMNS, overview.records),
        _freshness(overview),
    )


def _headlines(key: str, title: str, rows: tuple[Headline, ...]) -> Table:
    return table_of(key, title, HEADLINE_COLUMNS, rows)


def _compared(overview: OverviewPage) -> list[tuple[Timeframe, Comparison]]:
    """Each comparison with the timeframe to date that it is of."""
    return [
        (Timeframe.of(each.before.kind, overview.headlines[0].timeframe.first), each)
        for each in overview.comparisons
    ]


def _freshness(overview: OverviewPage) -> Table:
    figures = [getattr(overview.freshness, column.key) for column in FRESHNESS_COLUMNS]
    days = [day and day.isoformat() for day in figures[:2]]
    return Table("freshness", "Data", FRESHNESS_COLUMNS, ((*days, *figures[2:]),))
