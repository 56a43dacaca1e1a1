"""What the downloads of a month and a year have that a day's has not."""

from summaries.downloads.columns import FIGURES, comparisons
from summaries.reports import tables
from summaries.reports.highlights import Highlights
from summaries.reports.longer import LongReport
from summaries.reports.shapes import TimeframeRow
from summaries.reports.tables import CellKind, Column, Table, Value, table_of
from summaries.timeframes import Kind

DAY_COLUMNS = (
    Column("timeframe", "Day", CellKind.TIMEFRAME),
    tables.IS_COMPLETE,
    *FIGURES,
)
HIGHLIGHT_COLUMNS = (
    Column("what", "What"),
    tables.ANY_FIGURE,
    tables.UNIT,
    Column("timeframe", "Day", CellKind.TIMEFRAME),
)


def tables_of_days(report: LongReport) -> tuple[Table, ...]:
    """The change on the one before, what stands out, what is missing, and a year's days."""
    return (*_change(report), *_at_a_glance(report), *_days(report))


def _change(report: LongReport) -> tuple[Table, ...]:
    if report.comparison is None:
        return ()
    pairs = [(report.timeframe, report.comparison)]
    return (comparisons("change", "Change on the one before", pairs),)


def _at_a_glance(report: LongReport) -> tuple[Table, ...]:
    if report.highlights is None:
        return ()
    highlights = report.highlights
    missing = tuple((day.isoformat(),) for day in highlights.missing)
    rows = (*_extremes(highlights), *_averages(highlights), *_counts(highlights))
    return (
        Table("highlights", "At a glance", HIGHLIGHT_COLUMNS, rows),
        Table("missing", "Days without data", (Column("day", "Day"),), missing),
    )


def _extremes(highlights: Highlights) -> tuple[tuple[Value, ...], ...]:
    def row(what: str, day: TimeframeRow | None, name: str, unit: str) -> tuple[Value, ...]:
        return (what, getattr(day, name, None), unit, day.timeframe if day else None)

    return (
        row("Most energy of a day", highlights.most_energy, "curtailed_mwh", "MWh"),
        row("Least energy of a day", highlights.least_energy, "curtailed_mwh", "MWh"),
        row("Highest payment of a day", highlights.most_payment, "payment_gbp", "GBP"),
    )


def _averages(highlights: Highlights) -> tuple[tuple[Value, ...], ...]:
    return (
        ("Average of a complete day", highlights.average_mwh, "MWh", None),
        ("Average payment of a complete day", highlights.average_gbp, "GBP", None),
    )


def _counts(highlights: Highlights) -> tuple[tuple[Value, ...], ...]:
    return (
        ("Complete days", highlights.complete_day_count, "days", None),
        ("Days begun", highlights.day_count, "days", None),
        ("Days without data", len(highlights.missing), "days", None),
    )


def _days(report: LongReport) -> tuple[Table, ...]:
    """A month's days are its breakdown already."""
    if report.timeframe.kind is Kind.MONTHLY:
        return ()
    return (table_of("days", "By day", DAY_COLUMNS, report.days),)
