"""The tables of the ledger's page, and what it says of all years."""

from collections import Counter
from datetime import date

from curtailment.models import Backfill
from curtailment.settlement import FIRST_SETTLEMENT_DATE
from summaries.queries.freshness import Freshness
from summaries.queries.longer import Sources
from summaries.reports.day_cells import DayCell, DayKind
from summaries.reports.tables import CellKind, Column, Figure, Table, table_of
from summaries.timeframes import Timeframe

DAY_COLUMNS = (
    Column("settlement_date", "Day", CellKind.TIMEFRAME),
    Column("state", "State"),
    Column("is_sample", "Sample data", CellKind.FLAG),
    Column("is_stale", "Being recalculated", CellKind.FLAG),
    Column("attempts", "Tries", CellKind.COUNT),
    Column("fetched_at", "Last confirmed", CellKind.INSTANT),
    Column("reason", "Reason"),
    Column("verification", "Verification"),
    Column("verified_at", "Verified at", CellKind.INSTANT),
    Column("differing_unit_count", "Differing BM Units", CellKind.COUNT),
    Column("differing_mwh", "Differing (MWh)", CellKind.MWH),
    Column("differing_gbp", "Differing (GBP)", CellKind.GBP),
)
COUNT_COLUMNS = (
    Column("state", "State"),
    Column("meaning", "Meaning"),
    Column("day_count", "Days", CellKind.COUNT),
)
BACKFILL_COLUMNS = (
    Column("first_date", "From", CellKind.TIMEFRAME),
    Column("last_date", "To", CellKind.TIMEFRAME),
    Column("state", "State"),
    Column("days_done", "Done", CellKind.COUNT),
    Column("days_failed", "Failed", CellKind.COUNT),
    Column("days_total", "Of", CellKind.COUNT),
    Column("started_at", "Started", CellKind.INSTANT),
    Column("updated_at", "Last heard of", CellKind.INSTANT),
)


def days_table(cells: tuple[DayCell, ...]) -> Table:
    return table_of("days", "By day", DAY_COLUMNS, list(cells))


def counts_table(counts: Counter[DayKind]) -> Table:
    rows = tuple((kind.value, kind.label, counts[kind]) for kind in DayKind)
    return Table("states", "By state", COUNT_COLUMNS, rows)


def backfills_table(backfills: list[Backfill]) -> Table:
    rows = tuple(
        (
            Timeframe.day(max(run.first_date, FIRST_SETTLEMENT_DATE)),
            Timeframe.day(run.last_date),
            run.get_state_display(),
            run.days_done,
            run.days_failed,
            run.days_total,
            run.started_at,
            run.updated_at,
        )
        for run in backfills
    )
    return Table("backfills", "Latest backfills", BACKFILL_COLUMNS, rows)


def facts_of(freshness: Freshness, sources: Sources) -> tuple[Figure, ...]:
    """Of all years."""
    figures = {
        ("stored_day_count", "Days stored", CellKind.COUNT): freshness.day_count,
        ("first_date", "First", CellKind.TIMEFRAME): _day(freshness.first_date),
        ("last_date", "Last", CellKind.TIMEFRAME): _day(freshness.last_date),
        ("sample_day_count", "Of them sample data", CellKind.COUNT): freshness.sample_day_count,
        (
            "imported_day_count",
            "Of them imported",
            CellKind.COUNT,
        ): freshness.imported_day_count,
        ("stale_day_count", "Being recalculated", CellKind.COUNT): freshness.stale_day_count,
        ("failed_day_count", "Last try failed", CellKind.COUNT): freshness.failed_day_count,
        ("confirmed_at", "Last confirmed", CellKind.INSTANT): freshness.confirmed_at,
        ("wind_unit_count", "Wind BM Units", CellKind.COUNT): sources.wind_unit_count,
        (
            "unclassified_unit_count",
            "BM Units not yet classified",
            CellKind.COUNT,
        ): sources.unclassified_unit_count,
        ("register_seen_at", "Register fetched", CellKind.INSTANT): sources.register_seen_at,
        (
            "difficulty_known_until",
            "Difficulty known until",
            CellKind.INSTANT,
        ): sources.difficulty_known_until,
        ("latest_price_date", "Prices until", CellKind.TIMEFRAME): _day(sources.latest_price_date),
        ("price_quoted_at", "Price now quoted", CellKind.INSTANT): sources.price_now_quoted_at,
    }
    return tuple(Figure(Column(*column), value) for column, value in figures.items())


def _day(day: date | None) -> Timeframe | None:
    return Timeframe.day(day) if day else None
