"""What the download of a day has that a month's or a year's has not."""

from collections.abc import Iterator

from summaries.reports import tables
from summaries.reports.daily import DailyReport
from summaries.reports.network import Network, Price
from summaries.reports.tables import CellKind, Column, Table, Value, table_of

NETWORK_COLUMNS = (
    Column("what", "What"),
    tables.ANY_FIGURE,
    tables.UNIT,
    Column("block", "Block", CellKind.COUNT),
    Column("since", "From (UTC)", CellKind.INSTANT),
    Column("is_sample", "Sample", CellKind.FLAG),
)
DIFFERING_COLUMNS = (
    Column("bmu_id", "BM Unit", CellKind.UNIT),
    Column("stack_mwh", "Stack (MWh)", CellKind.MWH),
    Column("indicative_mwh", "Indicative (MWh)", CellKind.MWH),
    Column("difference_mwh", "Difference (MWh)", CellKind.MWH),
    Column("stack_gbp", "Stack (GBP)", CellKind.GBP),
    Column("indicative_gbp", "Indicative (GBP)", CellKind.GBP),
    Column("difference_gbp", "Difference (GBP)", CellKind.GBP),
)


def tables_of_day(report: DailyReport) -> tuple[Table, ...]:
    """What its bitcoin was calculated with, and where Elexon's other figures differ, if any do."""
    return (*_calculated_with(report), *_differing(report))


def _calculated_with(report: DailyReport) -> tuple[Table, ...]:
    """A row a difficulty, subsidy and price; no table before the day is ingested."""
    if report.network is None:
        return ()
    value = ("Value of the bitcoin now", report.value_now_gbp, "GBP", None, None, None)
    rows = (*_blocks(report.network), *_prices(report.network), value)
    return (Table("network", "Calculated with", NETWORK_COLUMNS, rows),)


def _blocks(network: Network) -> Iterator[tuple[Value, ...]]:
    if not network.epochs:
        yield ("Difficulty", None, "", None, None, None)
    for epoch in network.epochs:
        yield ("Difficulty", epoch.difficulty, "", epoch.height, epoch.starts_at, None)
    for era in network.subsidies:
        yield ("Block subsidy", era.subsidy_btc, "BTC", era.height, era.starts_at, None)


def _prices(network: Network) -> Iterator[tuple[Value, ...]]:
    yield _price("Price of a bitcoin that day", network.price)
    yield _price("Newest price of a bitcoin", network.price_now)


def _price(what: str, price: Price | None) -> tuple[Value, ...]:
    if price is None:
        return (what, None, "GBP", None, None, None)
    return (what, price.price_gbp, "GBP", None, price.quoted_at, price.is_sample)


def _differing(report: DailyReport) -> tuple[Table, ...]:
    if not report.differing_units:
        return ()
    return (
        table_of("differing", "Differs from Elexon", DIFFERING_COLUMNS, report.differing_units),
    )
