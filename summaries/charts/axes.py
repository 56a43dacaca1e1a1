"""Axes and colors that charts share. Sizes are in the units of a drawing about 600 wide."""

import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

import altair as alt

from summaries.charts.shapes import Category, Measure

WIDTH = 540
# Room for the labels of the vertical axis, the same in all charts so that panels line up.
LEFT = 54
COLORS = 6
# Beyond the lowest and the highest figure, of which neither ends at a tick.
ROOM = 1.05
# A side of zero with less than this share of an axis has no tick of its own.
LITTLE = 0.05
# E.g. 250, 20k, 1.5m.
SHORT_FIGURE = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',~f') + 'm'"
    " : abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',~f') + 'k'"
    " : format(datum.value, ',~g')"
)


def color(number: int) -> str:
    """A color of the palette; numbers count from 1 and begin again after the last."""
    return f"var(--chart-{(number - 1) % COLORS + 1})"


def category_axis(categories: Sequence[Category], *, labels: bool = True) -> alt.X:
    """A place for every category, in order, and the ticks of those that have one."""
    values = [number for number, each in enumerate(categories) if each.tick]
    lines = [list(each.tick) or [""] for each in categories]
    axis = alt.Axis(
        values=values,
        labelExpr=f"{json.dumps(lines)}[datum.value]",
        labelAngle=0,
        labels=labels,
        ticks=labels,
        # Texts are drawn up to 19 high on phones, so that lines and the axis need room.
        labelPadding=10,
        labelLineHeight=17,
        title=None,
        grid=False,
    )
    scale = alt.Scale(domain=list(range(len(categories))), paddingInner=0.2, paddingOuter=0.2)
    return alt.X("place:O", axis=axis, scale=scale)


def figure_axis(
    measure: Measure, figures: Sequence[Decimal | None], *, tick_count: int = 4
) -> alt.Y:
    """The figures' axis, with the unit above it. Without any figure it has no ticks."""
    known = [float(figure) for figure in figures if figure is not None]
    ticks = _ticks_of_both_signs(known, tick_count)
    axis = alt.Axis(
        title=measure.title,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleX=-LEFT,
        titleY=-16,
        # A lower count would thin the values out.
        tickCount=len(ticks) or tick_count,
        values=ticks or alt.Undefined,
        domain=False,
        ticks=False,
        labels=bool(known),
        labelExpr=SHORT_FIGURE,
        minExtent=LEFT,
        maxExtent=LEFT,
    )
    return alt.Y("figure:Q", axis=axis, scale=_scale(known, ticks, tick_count))


def zero_line() -> Any:
    """Where bars start, and gains and losses part."""
    rule = alt.Chart(alt.Data(values=[{}])).mark_rule(aria=False, stroke="var(--quiet)")
    return rule.encode(y=alt.datum(0))


def _scale(known: list[float], ticks: list[float], tick_count: int) -> alt.Scale:
    """From zero up to a round figure; where some are negative, just as far as figures go.

    Rounding down too would leave half of a chart to a few pounds below zero.
    """
    if not any(known):
        return alt.Scale(zero=True, domain=[0, 1])
    lowest, highest = min(known), max(known)
    if lowest >= 0:
        return alt.Scale(zero=True, nice=tick_count)
    domain = [min(lowest * ROOM, *ticks, 0), max(highest * ROOM, *ticks, 0)]
    return alt.Scale(zero=True, nice=False, domain=domain)


def _ticks_of_both_signs(known: list[float], tick_count: int) -> list[float]:
    """Round figures around zero, one on either side at least; none unless both signs matter.

    The smallest steps that do not crowd the axis: each side is shown as far as its first tick.
    """
    lowest, highest = min(known, default=0), max(known, default=0)
    span = highest - lowest
    if min(-lowest, highest) <= LITTLE * span:
        return []
    most = tick_count + tick_count // 2 + 1
    for step in _round_steps(span):
        below = max(1, math.floor(-lowest * ROOM / step))
        above = max(1, math.floor(highest * ROOM / step))
        if below + 1 + above <= most:
            break
    return [number * step for number in range(-below, above + 1)]


def _round_steps(span: float) -> Iterator[float]:
    """1, 2 and 5 times powers of ten, from a hundredth of a span upward."""
    for exponent in count(math.floor(math.log10(span)) - 2):
        yield from (factor * 10.0**exponent for factor in (1, 2, 5))
