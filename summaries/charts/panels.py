"""Bars and areas over time: measures below one another that share their horizontal axis."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from summaries.charts.axes import WIDTH, category_axis, color, figure_axis, zero_line
from summaries.charts.drawing import draw
from summaries.charts.shapes import Category, Chart, Kind, LegendEntry, Panel, Table

# Of few bars none is as wide as it could be.
WIDEST_BAR = 48
HEIGHTS = {1: (226,), 2: (130, 80), 3: (120, 70, 70)}


def panels(
    *,
    key: str,
    title: str,
    description: str,
    heading: str,
    categories: Sequence[Category],
    panels: Sequence[Panel],
) -> Chart:
    """A chart of one to three panels; `heading` is what the categories are, e.g. Day."""
    columns = [[panel.measure.write(figure) for figure in panel.figures] for panel in panels]
    labels = [place.label for place in categories]
    drawn = [
        _panel(panel, categories, height=height, is_last=panel is panels[-1])
        for panel, height in zip(panels, HEIGHTS[len(panels)], strict=True)
    ]
    return Chart(
        key=key,
        title=title,
        description=description,
        svg=draw(alt.vconcat(*drawn), key=key, title=title, description=description),
        table=Table(
            (heading, *(panel.measure.title for panel in panels)),
            tuple(zip(labels, *columns, strict=True)),
        ),
        legend=tuple(entry for panel in panels for entry in _legend(panel)),
    )


def _legend(panel: Panel) -> tuple[LegendEntry, ...]:
    """What the two colors of a panel say; nothing where there is one."""
    if panel.signs is None or not any(figure and figure < 0 for figure in panel.figures):
        return ()
    above, below = panel.signs
    return LegendEntry(f"color-{panel.color}", above), LegendEntry("color-negative", below)


def _panel(panel: Panel, categories: Sequence[Category], *, height: int, is_last: bool) -> Any:
    base = alt.Chart(alt.Data(values=_values(panel, categories))).encode(
        x=category_axis(categories, labels=is_last),
        y=figure_axis(panel.measure, panel.figures, tick_count=2 if height < 100 else 4),
    )
    layers = [_bars(base, len(categories))] if panel.kind is Kind.BARS else _area(base, panel)
    return alt.layer(*layers, zero_line()).properties(width=WIDTH, height=height)


def _bars(base: Any, count: int) -> Any:
    has_room = 0.8 * WIDTH / count > WIDEST_BAR
    return (
        base.transform_filter("isValid(datum.figure)")
        .mark_bar(width=WIDEST_BAR if has_room else alt.Undefined)
        .encode(color=alt.Color("color:N", scale=None), description=alt.Description("label:N"))
    )


def _area(base: Any, panel: Panel) -> list[Any]:
    """A line that breaks at gaps, and a point for every figure, so that none is lost between."""
    stroke = color(panel.color)
    ground = base.mark_area(aria=False, fill=stroke, fillOpacity=0.2)
    line = base.mark_line(aria=False, stroke=stroke, strokeWidth=2)
    points = (
        base.transform_filter("isValid(datum.figure)")
        .mark_circle(fill=stroke, size=14)
        .encode(description=alt.Description("label:N"))
    )
    return [ground, line, points]


def _values(panel: Panel, categories: Sequence[Category]) -> list[dict[str, Any]]:
    return [
        {
            "place": number,
            "figure": None if figure is None else float(figure),
            "label": f"{place.label}: {panel.measure.say(figure)}",
            "color": color(panel.color) if not figure or figure > 0 else "var(--chart-negative)",
        }
        for number, (place, figure) in enumerate(zip(categories, panel.figures, strict=True))
    ]
