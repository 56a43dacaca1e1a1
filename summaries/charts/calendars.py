"""Heat maps of days: a month by weeks, a year with a column a week."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import altair as alt

from curtailment.settlement import iter_dates
from summaries.charts.drawing import draw
from summaries.charts.shapes import Chart, LegendEntry, Measure, Table
from summaries.timeframes import Timeframe, format_date

# A day without curtailment has a shade of its own; the others are fifths of the largest day.
SHADES = 5
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Days = Mapping[date, Decimal | None]


def month_calendar(
    *, key: str, title: str, description: str, measure: Measure, month: Timeframe, days: Days
) -> Chart:
    """The days of a month by weeks, one below the other."""
    values = _values(month, days, measure)
    columns = _axis("weekday", WEEKDAYS, side="top")
    chart = _cells(values, x=alt.X("weekday:O", axis=columns), y=alt.Y("week:O", axis=None))
    numbers = (
        alt.Chart(alt.Data(values=values))
        .mark_text(aria=False)
        .encode(
            x="weekday:O",
            y=alt.Y("week:O", axis=None),
            text="number:N",
            color=alt.Color("ink:N", scale=None),
        )
    )
    drawn = alt.layer(chart, numbers).properties(width=590, height=alt.Step(28))
    return _calendar(drawn, values, days, measure, key=key, title=title, description=description)


def year_calendar(
    *, key: str, title: str, description: str, measure: Measure, year: Timeframe, days: Days
) -> Chart:
    """The days of a year: a column a week, a row a weekday."""
    values = _values(year, days, measure)
    months = {value["week"]: value["month"] for value in reversed(values) if value["number"] == 1}
    weeks = [months.get(week, "") for week in range(values[-1]["week"] + 1)]
    chart = _cells(
        values,
        x=alt.X("week:O", axis=_axis("week", weeks, side="top")),
        y=alt.Y("weekday:O", axis=_axis("weekday", ("Mon", "", "Wed", "", "Fri", "", "Sun"))),
    )
    drawn = chart.properties(width=556, height=alt.Step(14))
    return _calendar(drawn, values, days, measure, key=key, title=title, description=description)


def _calendar(
    drawn: Any,
    values: list[dict[str, Any]],
    days: Days,
    measure: Measure,
    *,
    key: str,
    title: str,
    description: str,
) -> Chart:
    rows = tuple((format_date(day), measure.write(figure)) for day, figure in days.items())
    return Chart(
        key=key,
        title=title,
        description=description,
        svg=draw(drawn, key=key, title=title, description=description),
        table=Table(("Day", measure.title), rows),
        follow="xy",
        legend=_legend(_largest(days), measure),
    )


def _values(timeframe: Timeframe, days: Days, measure: Measure) -> list[dict[str, Any]]:
    monday = timeframe.first - timedelta(days=timeframe.first.weekday())
    largest = _largest(days)
    return [
        {
            "week": (day - monday).days // 7,
            "weekday": day.weekday(),
            "number": day.day,
            "month": f"{day:%b}",
            "label": f"{format_date(day)}: {measure.say(days.get(day))}",
            **_colors(days.get(day), largest),
        }
        for day in iter_dates(timeframe.first, timeframe.last)
    ]


def _colors(figure: Decimal | None, largest: Decimal) -> dict[str, str]:
    if figure is None:
        return {"fill": "none", "stroke": "var(--quiet)", "ink": "var(--quiet)"}
    shade = _shade(figure, largest)
    ink = "var(--heat-ink)" if shade > 2 else "var(--ink)"
    return {"fill": f"var(--heat-{shade})", "stroke": "var(--line)", "ink": ink}


def _shade(figure: Decimal, largest: Decimal) -> int:
    """0 for nothing, 1 to 5 for what is left."""
    if figure <= 0:
        return 0
    return next(n for n in range(1, SHADES + 1) if figure * SHADES <= largest * n)


def _largest(days: Days) -> Decimal:
    return max((figure for figure in days.values() if figure is not None), default=Decimal(0))


def _cells(values: list[dict[str, Any]], *, x: alt.X, y: alt.Y) -> Any:
    return (
        alt.Chart(alt.Data(values=values))
        .mark_rect(strokeDash={"expr": "datum.fill == 'none' ? [2, 2] : [1, 0]"})
        .encode(
            x=x.scale(paddingInner=0.08),
            y=y.scale(paddingInner=0.08),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("stroke:N", scale=None),
            description=alt.Description("label:N"),
        )
    )


def _axis(name: str, texts: Sequence[str], *, side: Literal["left", "top"] = "left") -> alt.Axis:
    expression = "".join(
        f"datum.value == {number} ? '{text}' : " for number, text in enumerate(texts) if text
    )
    return alt.Axis(
        orient=side,
        title=None,
        labelExpr=f"{expression}''",
        labelAngle=0,
        labelAlign="left" if name == "week" else "center" if side == "top" else "right",
        domain=False,
        ticks=False,
    )


def _legend(largest: Decimal, measure: Measure) -> tuple[LegendEntry, ...]:
    entries = [LegendEntry("heat-none", "no data", "⬚"), LegendEntry("heat-0", "none")]
    if not largest:
        return tuple(entries)
    whole = Measure(measure.name, measure.unit, 0)
    bounds = [largest * number / SHADES for number in range(1, SHADES + 1)]
    shades = [LegendEntry(f"heat-{n}", f"to {whole.write(b)}") for n, b in enumerate(bounds, 1)]
    return (*entries, *shades[:-1], LegendEntry(f"heat-{SHADES}", f"to {whole.say(largest)}"))
