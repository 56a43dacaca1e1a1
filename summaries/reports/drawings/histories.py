"""The charts of one BM Unit and of one lead party: by month, beside all units."""

from summaries import charts
from summaries.charts import BITCOIN, ENERGY, PAYMENT, Category, Chart, Measure, Panel, Series
from summaries.reports.drawings.months import last_months, stretch
from summaries.reports.drawings.over_time import energy_and_payment, places_of
from summaries.reports.drawings.rankings import rank
from summaries.reports.pages import Page
from summaries.reports.tables import Table

ALL_UNITS = "All BM Units"
PRICE = Measure("Payment", "GBP/MWh", 2)
SHARE = Measure("Share", "%", 1)


def draw_farm(page: Page) -> list[Chart | None]:
    """Energy, bitcoin and payment of the last months, its price, and its share of all energy."""
    months = last_months(page.table("months"))
    if not any(months.values("curtailed_mwh")):
        return []
    places = places_of(months.values("month"))
    name = str(page.selection.farm)
    return [*_history(months, places), _price(months, places, name), _share(months, places)]


def draw_lead_party(page: Page) -> list[Chart | None]:
    """Energy, bitcoin and payment of the last months, its price, and its units."""
    months = last_months(page.table("months"))
    units = _units(page.table("farms"))
    if not any(months.values("curtailed_mwh")):
        return [units]
    places = places_of(months.values("month"))
    return [
        *_history(months, places),
        _price(months, places, str(page.selection.lead_party)),
        units,
    ]


def _history(months: Table, places: list[Category]) -> tuple[Chart, Chart]:
    return energy_and_payment(months.values, places, heading="Month", each=_each(months))


def _price(months: Table, places: list[Category], name: str) -> Chart:
    """Two lines; of a single month two bars."""
    series = [
        Series(name, months.values("payment_gbp_per_mwh")),
        Series(ALL_UNITS, months.values("all_payment_gbp_per_mwh")),
    ]
    title = f"Payment per energy (GBP/MWh) by {_each(months)}"
    if len(places) == 1:
        return _price_bars(title, series)
    return charts.comparison_lines(
        key="price",
        title=title,
        description="A line beside that of all BM Units together; they differ in their points.",
        heading="Month",
        measure=PRICE,
        categories=places,
        series=series,
    )


def _price_bars(title: str, series: list[Series]) -> Chart:
    return charts.ranking(
        key="price",
        title=title,
        description="A bar above that of all BM Units together.",
        heading="Of",
        measure=PRICE,
        rows=[(each.name, each.figures[0]) for each in series],
        color_number=2,
    )


def _share(months: Table, places: list[Category]) -> Chart:
    return charts.panels(
        key="share",
        title=f"Share of all curtailed energy (%) by {_each(months)}",
        description="Bars of the part that this BM Unit had.",
        heading="Month",
        categories=places,
        panels=[Panel(SHARE, months.values("share_percent"), color=4)],
    )


def _each(months: Table) -> str:
    return f"month, {stretch(months)}"


def _units(table: Table) -> Chart | None:
    """Units that never had any energy have no bar."""
    units = table.with_some("curtailed_mwh")
    pairs = zip(units.values("farm"), units.values("name"), strict=True)
    return rank(
        key="units",
        heading="BM Unit",
        many="BM Units",
        when="all stored days",
        names=[bmu_id if bmu_id == name else f"{bmu_id}, {name}" for bmu_id, name in pairs],
        measures={
            ENERGY: units.values("curtailed_mwh"),
            PAYMENT: units.values("payment_gbp"),
            BITCOIN: units.values("bitcoin_mined"),
        },
        color=4,
    )
