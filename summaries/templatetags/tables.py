"""Tables and headlines of pages that are made of figures with columns."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from summaries.reports.tables import CellKind, Figure, Table
from summaries.selection import Selection
from summaries.templatetags import figures
from summaries.templatetags.addresses import report_url
from summaries.timeframes import Timeframe

register = template.Library()

WRITERS: dict[CellKind, Callable[[Any], str]] = {
    CellKind.COUNT: figures.count,
    CellKind.MWH: figures.mwh,
    CellKind.GBP: figures.gbp,
    CellKind.BTC: figures.btc,
    CellKind.PERCENT: figures.percent,
    CellKind.RATIO: lambda figure: figures.write(figure, 2),
    CellKind.DIFFICULTY: lambda figure: (
        figures.difficulty(figure) + ("" if figure is None else " T")
    ),
    CellKind.INSTANT: figures.london_time,
    CellKind.FLAG: lambda flag: "yes" if flag else "no",
}


@register.inclusion_tag("reports/_table.html")
def figures_table(table: Table, selection: Selection) -> dict[str, Any]:
    """A section with a table; what its cells link to keeps the selection."""
    return {"table": table, "selection": selection, "rows": tuple(table.figures())}


@register.filter
def written(figure: Figure) -> str:
    """A figure as pages write it."""
    if isinstance(figure.value, Timeframe):
        return figure.value.label
    if figure.value is None:
        return figures.UNKNOWN
    return WRITERS.get(figure.column.kind, str)(figure.value)


@register.simple_tag
def figure_address(figure: Figure, selection: Selection) -> str:
    """What a figure links to; nothing unless it is a unit, a company or a timeframe."""
    if not figure.value:
        return ""
    if isinstance(figure.value, Timeframe):
        return report_url(figure.value, selection)
    if figure.column.kind is CellKind.UNIT:
        return farm_url(str(figure.value), selection)
    if figure.column.kind is CellKind.LEAD_PARTY:
        return lead_party_url(str(figure.value), selection)
    return ""


@register.simple_tag
def farm_url(bmu_id: str, selection: Selection) -> str:
    """The page of a BM Unit, under the same definition and miner."""
    plain = replace(selection, farm=None, lead_party=None)
    return reverse("summaries:farm", args=[bmu_id]) + plain.query_string


@register.simple_tag
def lead_party_url(name: str, selection: Selection) -> str:
    """The page of a company, under the same definition and miner."""
    query = replace(selection, farm=None, lead_party=None).query_string.removeprefix("?")
    named = urlencode({"name": name}) + (f"&{query}" if query else "")
    return f"{reverse('summaries:lead-party')}?{named}"
