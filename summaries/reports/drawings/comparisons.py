"""The charts of miners and of BM Units side by side."""

from summaries import charts
from summaries.charts import BITCOIN, ENERGY, PAYMENT, Chart, Measure, Series
from summaries.reports.drawings.months import last_months, months_with_data, stretch
from summaries.reports.drawings.over_time import places_of
from summaries.reports.drawings.rankings import rank
from summaries.reports.pages import Page
from summaries.reports.tables import Table

VALUE = Measure("Value", "GBP", 2)


def draw_miners(page: Page) -> list[Chart | None]:
    """What each miner could have mined, and what that was worth, the most efficient first."""
    miners = page.table("miners")
    columns = {BITCOIN: miners.values("bitcoin_mined"), VALUE: miners.values("value_gbp")}
    return [
        rank(
            key=measure.name.lower(),
            heading="Miner",
            many="Miners",
            when=page.span.label,
            names=miners.values("name"),
            measures={measure: columns[measure]},
            color=color,
            limit=len(miners.rows),
        )
        for measure, color in ((BITCOIN, 2), (VALUE, 3))
    ]


def draw_farm_comparison(page: Page) -> list[Chart | None]:
    """Energy and payment of units by month."""
    return [
        _compared(page, "energy", "months", ENERGY, color=1),
        _compared(page, "payment", "payments", PAYMENT, color=3),
    ]


def _compared(
    page: Page, key: str, table_key: str, measure: Measure, *, color: int
) -> Chart | None:
    """Lines by month; of a single one with data, which makes no line, bars."""
    table = last_months(page.table(table_key))
    known = months_with_data(table)
    if len(known.rows) > 1:
        return _lines(key, table, measure)
    return _bars(key, known, measure, color) if known.rows else None


def _bars(key: str, table: Table, measure: Measure, color: int) -> Chart | None:
    ids = [column.key for column in table.columns[1:]]
    return rank(
        key=key,
        heading="BM Unit",
        many="BM Units",
        when=stretch(table),
        names=ids,
        measures={measure: tuple(table.values(each)[0] for each in ids)},
        color=color,
    )


def _lines(key: str, table: Table, measure: Measure) -> Chart:
    return charts.comparison_lines(
        key=key,
        title=f"{measure.title} by month, {stretch(table)}",
        description="A line for each BM Unit; they differ in their points and dashes too.",
        heading="Month",
        measure=measure,
        categories=places_of(table.values(table.columns[0].key)),
        series=[Series(column.key, table.values(column.key)) for column in table.columns[1:]],
    )
