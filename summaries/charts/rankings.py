"""Bars beside names, the largest first."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import altair as alt

from summaries.charts.axes import color
from summaries.charts.drawing import draw
from summaries.charts.shapes import Chart, Measure, Table

WIDTH = 590
ROW_HEIGHT = 44
# Longer names would run into the figure at the end of their line where texts are largest.
MAX_NAME = 36


def ranking(
    *,
    key: str,
    title: str,
    description: str,
    heading: str,
    measure: Measure,
    rows: Sequence[tuple[str, Decimal | None]],
    more: Sequence[tuple[Measure, Sequence[Decimal | None]]] = (),
    color_number: int = 1,
    limit: int = 10,
) -> Chart:
    """The first rows as bars under their names, in the order given; the table has all of them.

    `more` are further columns of the table: a measure and a figure for each row.
    """
    shown = rows[:limit]
    brief = _brief(measure, [figure for _, figure in shown])
    values: list[dict[str, Any]] = [
        {
            "place": number,
            "name": _shorten(name),
            "figure": None if figure is None else float(figure),
            "written": brief.say(figure),
            "label": f"{name}: {measure.say(figure)}",
            "color": color(color_number) if not figure or figure > 0 else "var(--chart-negative)",
        }
        for number, (name, figure) in enumerate(shown)
    ]
    return Chart(
        key=key,
        title=title,
        description=description,
        svg=draw(_bars(values), key=key, title=title, description=description),
        table=_table(heading, [(measure, [figure for _, figure in rows]), *more], rows),
        follow="y",
    )


def _brief(measure: Measure, figures: Sequence[Decimal | None]) -> Measure:
    """With decimals for five digits of the largest figure: bars show no more."""
    digits = max((f.adjusted() + 1 for f in figures if f), default=1)
    return replace(measure, decimals=max(0, min(measure.decimals, 5 - digits)))


def _shorten(name: str) -> str:
    """What the drawing has room for; marks and the table have all of it."""
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1].rstrip()}…"


def _table(
    heading: str,
    columns: Sequence[tuple[Measure, Sequence[Decimal | None]]],
    rows: Sequence[tuple[str, Decimal | None]],
) -> Table:
    written = [[measure.write(figure) for figure in figures] for measure, figures in columns]
    return Table(
        headers=(heading, *(measure.title for measure, _ in columns)),
        rows=tuple((name, *(column[n] for column in written)) for n, (name, _) in enumerate(rows)),
    )


def _bars(values: list[dict[str, Any]]) -> Any:
    """Names above their bars, so that both may be as long as the chart is wide."""
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("place:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    )
    bars = (
        base.transform_filter("isValid(datum.figure)")
        .mark_bar(height=8, yOffset=10)
        .encode(
            x=alt.X("figure:Q", axis=None, scale=alt.Scale(zero=True, nice=False)),
            color=alt.Color("color:N", scale=None),
            description=alt.Description("label:N"),
        )
    )
    text = base.mark_text(aria=False, align="left", dy=-4, fill="var(--ink)")
    names = text.encode(x=alt.value(0), text="name:N")
    figures = base.mark_text(aria=False, align="right", dy=-4, fill="var(--ink)")
    written = figures.encode(x=alt.value(WIDTH), text="written:N")
    return alt.layer(bars, names, written).properties(
        width=WIDTH, height=max(1, len(values)) * ROW_HEIGHT
    )
