"""Lines of several farms, companies or miners side by side."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from summaries.charts.axes import WIDTH, category_axis, color, figure_axis, zero_line
from summaries.charts.drawing import draw
from summaries.charts.shapes import Category, Chart, LegendEntry, Measure, Series, Table

HEIGHT = 200
# Lines differ by their dashes and points too, not by color alone.
DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4])
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
SIGNS = "●■▲◆✚▼"


def comparison_lines(
    *,
    key: str,
    title: str,
    description: str,
    heading: str,
    measure: Measure,
    categories: Sequence[Category],
    series: Sequence[Series],
) -> Chart:
    """A line for each of up to six series, which breaks at gaps."""
    layers = [
        layer for n, each in enumerate(series) for layer in _line(n, each, measure, categories)
    ]
    figures = [figure for each in series for figure in each.figures]
    axes = {"x": category_axis(categories), "y": figure_axis(measure, figures)}
    # Drawn last, as the axes are those of the first layer.
    chart = alt.layer(*(layer.encode(**axes) for layer in layers), zero_line())
    columns = [[measure.write(figure) for figure in each.figures] for each in series]
    labels = [place.label for place in categories]
    headers = (heading, *(f"{each.name} ({measure.unit})" for each in series))
    return Chart(
        key=key,
        title=title,
        description=description,
        svg=draw(
            chart.properties(width=WIDTH, height=HEIGHT),
            key=key,
            title=title,
            description=description,
        ),
        table=Table(headers, tuple(zip(labels, *columns, strict=True))),
        follow="xy",
        legend=tuple(
            LegendEntry(f"color-{number % 6 + 1}", each.name, SIGNS[number % 6])
            for number, each in enumerate(series)
        ),
    )


def _line(
    number: int, series: Series, measure: Measure, categories: Sequence[Category]
) -> list[Any]:
    values = [
        {
            "place": place,
            "figure": None if figure is None else float(figure),
            "label": f"{series.name}, {category.label}: {measure.say(figure)}",
        }
        for place, (category, figure) in enumerate(zip(categories, series.figures, strict=True))
    ]
    base = alt.Chart(alt.Data(values=values))
    stroke = color(number + 1)
    line = base.mark_line(aria=False, stroke=stroke, strokeWidth=2, strokeDash=DASHES[number % 6])
    points = base.transform_filter("isValid(datum.figure)").mark_point(
        shape=SHAPES[number % 6], filled=True, fill=stroke, size=30, opacity=1
    )
    return [line, points.encode(description=alt.Description("label:N"))]
