"""Which charts the pages of farms, lead parties and comparisons have."""

from collections.abc import Callable

from summaries.charts import BITCOIN, ENERGY, PAYMENT, Chart
from summaries.reports.drawings.comparisons import draw_farm_comparison, draw_miners
from summaries.reports.drawings.histories import draw_farm, draw_lead_party
from summaries.reports.drawings.rankings import rank
from summaries.reports.pages import Page
from summaries.reports.tables import Table


def draw_page(template: str, page: Page) -> tuple[Chart, ...]:
    """The charts of the page that a template shows, in order; none where nothing is known."""
    draw = DRAWERS.get(template)
    return tuple(chart for chart in draw(page) if chart) if draw else ()


def draw_farms(page: Page) -> list[Chart | None]:
    """Rankings of wind farms, by energy and by payment."""
    table = page.table("wind_farms")
    return _rankings(table, "farm_name", "Wind farm", "Wind farms", page.span.label)


def draw_lead_parties(page: Page) -> list[Chart | None]:
    """Rankings of companies, by energy and by payment."""
    table = page.table("lead_parties")
    return _rankings(table, "lead_party", "Lead party", "Lead parties", page.span.label)


DRAWERS: dict[str, Callable[[Page], list[Chart | None]]] = {
    "farms": draw_farms,
    "farm": draw_farm,
    "lead_parties": draw_lead_parties,
    "lead_party": draw_lead_party,
    "compare_miners": draw_miners,
    "compare_farms": draw_farm_comparison,
}


def _rankings(table: Table, names: str, heading: str, many: str, when: str) -> list[Chart | None]:
    dearest = table.by_most("payment_gbp")
    return [
        rank(
            key="energy",
            heading=heading,
            many=many,
            when=when,
            names=[name or "not known" for name in table.values(names)],
            measures={
                ENERGY: table.values("curtailed_mwh"),
                PAYMENT: table.values("payment_gbp"),
                BITCOIN: table.values("bitcoin_mined"),
            },
        ),
        rank(
            key="payment",
            heading=heading,
            many=many,
            when=when,
            names=[name or "not known" for name in dearest.values(names)],
            measures={PAYMENT: dearest.values("payment_gbp")},
            color=3,
        ),
    ]
