"""Columns and tables that several downloads share."""

from collections.abc import Iterable

from summaries.reports import tables
from summaries.reports.changes import Comparison
from summaries.reports.groups import GroupTotals
from summaries.reports.tables import CellKind, Column, Table
from summaries.timeframes import Timeframe

FIGURES = (tables.MWH, tables.PAYMENT, tables.BITCOIN)
GROUP_FIGURES = (tables.MWH, tables.PAYMENT, tables.PAYMENT_PER_MWH, tables.BITCOIN)
COMPARISON_COLUMNS = (
    Column("timeframe", "Period", CellKind.TIMEFRAME),
    Column("before", "Against", CellKind.TIMEFRAME),
    Column("day_count", "Days of the period", CellKind.COUNT),
    Column("matched_day_count", "Days compared", CellKind.COUNT),
    Column("before_day_count", "With days before", CellKind.COUNT),
    Column("curtailed_mwh", "Curtailed, days compared (MWh)", CellKind.MWH),
    Column("curtailed_mwh_before", "Curtailed before (MWh)", CellKind.MWH),
    Column("curtailed_mwh_change_percent", "Change of curtailed (%)", CellKind.PERCENT),
    Column("payment_gbp", "Payment, days compared (GBP)", CellKind.GBP),
    Column("payment_gbp_before", "Payment before (GBP)", CellKind.GBP),
    Column("payment_gbp_change_percent", "Change of payment (%)", CellKind.PERCENT),
    Column("bitcoin_mined", "Bitcoin, days compared (BTC)", CellKind.BTC),
    Column("bitcoin_mined_before", "Bitcoin before (BTC)", CellKind.BTC),
    Column("bitcoin_mined_change_percent", "Change of bitcoin (%)", CellKind.PERCENT),
)


def comparisons(key: str, title: str, pairs: Iterable[tuple[Timeframe, Comparison]]) -> Table:
    """A row a timeframe; figures are unknown where no day could be compared."""
    rows = tuple(_comparison(timeframe, comparison) for timeframe, comparison in pairs)
    return Table(key, title, COMPARISON_COLUMNS, rows)


def _comparison(timeframe: Timeframe, comparison: Comparison) -> tuple[tables.Value, ...]:
    changes = (comparison.energy, comparison.payment, comparison.bitcoin)
    figures = [(each.now, each.before, each.percent) for each in changes]
    if not comparison.is_comparable:
        figures = [(None, None, None)] * len(changes)
    return (
        timeframe,
        comparison.before,
        comparison.day_count,
        comparison.matched_day_count,
        comparison.before_day_count,
        *(figure for triple in figures for figure in triple),
    )


def rankings(
    farms: Iterable[GroupTotals], lead_parties: Iterable[GroupTotals], *, farms_key: str
) -> tuple[Table, Table]:
    """Wind farms and lead parties, the largest first, each with its BM Units."""
    return (
        _ranking(farms_key, "By wind farm", tables.FARM_NAME, farms),
        _ranking("lead_parties", "By lead party", tables.LEAD_PARTY, lead_parties),
    )


def _ranking(key: str, title: str, name: Column, groups: Iterable[GroupTotals]) -> Table:
    columns = (name, Column("units", "BM Units"), *GROUP_FIGURES)
    rows = tuple(
        (
            group.name,
            ", ".join(group.bmu_ids),
            *(getattr(group, column.key) for column in GROUP_FIGURES),
        )
        for group in groups
    )
    return Table(key, title, columns, rows)
