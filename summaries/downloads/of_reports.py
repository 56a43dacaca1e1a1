"""The tables of a day, a month and a year."""

from datetime import datetime
from typing import Any

from summaries.downloads.about import about
from summaries.downloads.columns import FIGURES, rankings
from summaries.downloads.naming import file_name, naming_miner
from summaries.downloads.of_daily import tables_of_day
from summaries.downloads.of_longer import tables_of_days
from summaries.downloads.shapes import Download
from summaries.queries.longer import NetworkFacts
from summaries.reports import tables
from summaries.reports.daily import DailyReport
from summaries.reports.groups import rank_farms, rank_lead_parties
from summaries.reports.longer import LongReport
from summaries.reports.shapes import Report
from summaries.reports.tables import CellKind, Column, Table, table_of
from summaries.timeframes import Kind

PERIOD_COLUMNS = (
    Column("settlement_period", "Settlement period", CellKind.COUNT),
    Column("starts_at", "Starts at (UTC)", CellKind.INSTANT),
    *FIGURES,
)
FARM_COLUMNS = (
    Column("bmu_id", "BM Unit", CellKind.UNIT),
    tables.NAME,
    tables.FARM_NAME,
    tables.LEAD_PARTY,
    *FIGURES,
)
MINER_COLUMNS = (
    Column("miner_model", "Miner key"),
    Column("name", "Miner"),
    tables.BITCOIN,
    tables.VALUE,
    tables.AVERAGE_DIFFICULTY,
)
DEFINITION_COLUMNS = (
    Column("definition", "Definition"),
    tables.MWH,
    tables.PAYMENT,
    tables.PAYMENT_PER_MWH,
)


def download_of_report(report: Report, *, network: NetworkFacts | None, now: datetime) -> Download:
    """The breakdown first, then units, miners, definitions, totals, and what else is shown."""
    selection = report.selection
    parts = (report.timeframe.text, selection.definition, selection.farm, selection.lead_party)
    return Download(
        name=file_name(*parts, selection=selection),
        title=report.timeframe.label,
        made_at=now,
        about=about(
            title=f"Curtailed wind energy: {report.timeframe.label}",
            period=report.timeframe.text,
            selection=selection,
            is_complete=report.coverage.is_complete,
            notices=report.notices,
            network=network,
            made_at=now,
        ),
        tables=naming_miner(_all_tables(report), selection.miner),
    )


def _all_tables(report: Report) -> tuple[Table, ...]:
    farms, lead_parties = rank_farms(report.farms), rank_lead_parties(report.farms)
    return (
        _breakdown(report),
        table_of("farms", "By BM Unit", FARM_COLUMNS, report.farms),
        table_of("bitcoin", "Bitcoin by miner", MINER_COLUMNS, report.bitcoin),
        _definitions(report),
        _totals(report),
        *rankings(farms, lead_parties, farms_key="wind_farms"),
        *_further(report),
    )


def _further(report: Report) -> tuple[Table, ...]:
    """What only days, or only months and years, have."""
    if isinstance(report, DailyReport):
        return tables_of_day(report)
    return tables_of_days(report) if isinstance(report, LongReport) else ()


def _breakdown(report: Report) -> Table:
    kind = report.timeframe.kind
    if kind is Kind.DAILY:
        return table_of("periods", "By settlement period", PERIOD_COLUMNS, report.periods)
    key, title = ("days", "Day") if kind is Kind.MONTHLY else ("months", "Month")
    columns = (Column("timeframe", title, CellKind.TIMEFRAME), tables.IS_COMPLETE, *FIGURES)
    return table_of(key, f"By {title.lower()}", columns, report.parts)


def _definitions(report: Report) -> Table:
    rows = tuple(
        (definition.value, each.curtailed_mwh, each.payment_gbp, each.payment_gbp_per_mwh)
        for definition, each in report.totals.by_definition.items()
    )
    return Table("definitions", "By definition", DEFINITION_COLUMNS, rows)


def _totals(report: Report) -> Table:
    totals, coverage, energy = report.totals, report.coverage, report.energy
    figures: dict[Column, Any] = {
        tables.MWH: energy.curtailed_mwh,
        tables.PAYMENT: energy.payment_gbp,
        tables.PAYMENT_PER_MWH: energy.payment_gbp_per_mwh,
        Column("farm_count", "BM Units", CellKind.COUNT): totals.farm_count,
        Column("record_count", "Records", CellKind.COUNT): totals.record_count,
        Column("curtailed", "Curtailed periods", CellKind.COUNT): totals.period_count,
        Column("fetched", "Periods fetched", CellKind.COUNT): coverage.periods_fetched,
        Column("expected", "Periods expected", CellKind.COUNT): coverage.periods_expected,
        Column(
            "wind_generation_mwh", "Wind generation (MWh)", CellKind.MWH
        ): totals.wind_generation_mwh,
        Column(
            "curtailment_percent", "Curtailment share (%)", CellKind.PERCENT
        ): totals.curtailment_percent,
    }
    return Table("totals", "Totals", tuple(figures), (tuple(figures.values()),))
