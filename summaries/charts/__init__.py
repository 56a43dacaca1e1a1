"""Charts, drawn on the server: what they show, as SVG and as a table of the same figures.

Every function takes exact figures; a null is a gap, never a zero. `key` names the chart within its
page, since ids are made of it. Templates show a chart with `reports/_chart.html`.
"""

from summaries.charts.calendars import month_calendar, year_calendar
from summaries.charts.lines import comparison_lines
from summaries.charts.panels import panels
from summaries.charts.rankings import ranking
from summaries.charts.shapes import (
    BITCOIN,
    ENERGY,
    PAYMENT,
    Category,
    Chart,
    Kind,
    Measure,
    Panel,
    Series,
    Table,
)

__all__ = [
    "BITCOIN",
    "ENERGY",
    "PAYMENT",
    "Category",
    "Chart",
    "Kind",
    "Measure",
    "Panel",
    "Series",
    "Table",
    "comparison_lines",
    "month_calendar",
    "panels",
    "ranking",
    "year_calendar",
]
