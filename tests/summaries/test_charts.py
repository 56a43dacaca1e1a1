"""Charts by themselves: what is drawn, what is left out, and what every mark says."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from summaries.charts import (
    BITCOIN,
    ENERGY,
    PAYMENT,
    Category,
    Kind,
    Panel,
    Series,
    comparison_lines,
    month_calendar,
    panels,
    ranking,
    year_calendar,
)
from summaries.timeframes import Timeframe
from tests.summaries.marks import marks, parse

STATIC = Path(__file__).parents[2] / "summaries/static/summaries"
TEXTS = {"title": "Energy <by> day", "description": "R&D"}
FIGURES = (Decimal("735.504"), None, Decimal(0), Decimal("-12.5"))
PLACES = [Category(f"{day} March 2024", (str(day),)) for day in range(1, 5)]


def draw_panels(*shown):
    return panels(key="x", heading="Day", categories=PLACES, panels=shown, **TEXTS)


def draw_all():
    days = {date(2024, 3, day): Decimal(day) for day in range(1, 5)}
    march = {"month": Timeframe.month(date(2024, 3, 1)), "measure": ENERGY, "days": days}
    leap = {"year": Timeframe.year(date(2024, 3, 1)), "measure": ENERGY, "days": days}
    lines = [Series("A <i>", FIGURES), Series("B", FIGURES[::-1])]
    rows = [("A & <i>", Decimal(3)), ("B", Decimal(2))]
    return [
        draw_panels(Panel(ENERGY, FIGURES), Panel(BITCOIN, FIGURES, Kind.AREA)),
        month_calendar(key="x", **TEXTS, **march),
        year_calendar(key="x", **TEXTS, **leap),
        ranking(key="x", heading="Farm", measure=ENERGY, rows=rows, **TEXTS),
        comparison_lines(
            key="x", heading="Day", measure=ENERGY, categories=PLACES, series=lines, **TEXTS
        ),
    ]


def test_a_gap_is_not_a_zero():
    for kind in Kind:
        chart = draw_panels(Panel(ENERGY, FIGURES, kind))
        assert list(marks(chart)) == [
            "1 March 2024: 735.50 MWh",
            "3 March 2024: 0.00 MWh",
            "4 March 2024: −12.50 MWh",
        ]
        assert chart.table.headers == ("Day", "Curtailed energy (MWh)")
        assert [row[1] for row in chart.table.rows] == ["735.50", "–", "0.00", "−12.50"]


def test_a_line_breaks_at_a_gap():
    svg = draw_panels(Panel(ENERGY, FIGURES, Kind.AREA)).svg
    line = re.search(r'd="([^"]*)" stroke="var\(--chart-1\)" stroke-width="2"', svg)
    assert line is not None
    assert line[1].count("M") == 2


@pytest.mark.parametrize(
    ("figures", "ticks"),
    [
        (("-2400", "750"), {"−1,000", "0", "500"}),
        (("-2400", "150"), {"−1,000", "0", "500"}),
        (("-9000", "90000"), {"−20k", "0", "80k"}),
        (("-0.2", "0.1"), {"−0.2", "0", "0.1"}),
    ],
)
def test_an_axis_has_ticks_on_both_sides_of_zero(figures, ticks):
    payments = (*map(Decimal, figures), None, None)
    chart = draw_panels(Panel(PAYMENT, payments))
    assert ticks <= {text.text for text in parse(chart).iter() if text.tag.endswith("text")}


def test_payments_show_their_sign():
    drawn = marks(draw_panels(Panel(PAYMENT, FIGURES, color=3)))
    assert drawn["1 March 2024: 735.50 GBP"].get("fill") == "var(--chart-3)"
    assert drawn["4 March 2024: −12.50 GBP"].get("fill") == "var(--chart-negative)"


def test_a_little_below_zero_takes_little_room():
    chart = draw_panels(Panel(PAYMENT, (Decimal(1060), None, Decimal(0), Decimal(-10))))
    drawn = [each.text for each in parse(chart).iter() if each.tag.endswith("text")]
    assert "1,000" in drawn
    assert not any(text and text.startswith("−") for text in drawn)


def test_bars_are_as_long_as_their_figures():
    rows = [("A", Decimal(400)), ("B", Decimal(100))]
    chart = ranking(key="x", heading="Farm", measure=ENERGY, rows=rows, **TEXTS)
    lengths = [float(re.search(r"h([\d.]+)", m.get("d"))[1]) for m in marks(chart).values()]
    assert lengths[0] == pytest.approx(4 * lengths[1], abs=0.5)


def test_a_ranking_draws_the_first_and_lists_all():
    rows = [(f"Farm {number}", Decimal(100 - number)) for number in range(12)]
    chart = ranking(key="x", heading="Farm", measure=ENERGY, rows=rows, limit=10, **TEXTS)
    assert len(marks(chart)) == 10
    assert [row[0] for row in chart.table.rows] == [name for name, _ in rows]


def test_a_long_name_is_cut_in_the_drawing_and_whole_elsewhere():
    name = "The Wind Farm Company of the Far North and Islands Limited"
    chart = ranking(
        key="x", heading="Farm", measure=ENERGY, rows=[(name, Decimal("735.504"))], **TEXTS
    )
    assert list(marks(chart)) == [f"{name}: 735.50 MWh"]
    assert chart.table.rows[0][0] == name
    drawn = [each.text for each in parse(chart).iter() if each.tag.endswith("text")]
    assert drawn == ["The Wind Farm Company of the Far No…", "735.50 MWh"]


def test_figures_beside_bars_have_no_more_digits_than_bars_show():
    rows = [("A", Decimal("4930.80650144")), ("B", None), ("C", Decimal("0.00012345"))]
    for shown, expected in ((rows, "4,930.8 BTC"), (rows[1:], "0.00012345 BTC")):
        chart = ranking(key="x", heading="Miner", measure=BITCOIN, rows=shown, **TEXTS)
        drawn = [each.text for each in parse(chart).iter() if each.tag.endswith("text")]
        assert expected in drawn
        assert "no data" in drawn


def test_directions_of_payments_are_explained_where_there_are_both():
    signs = ("to", "by")
    chart = draw_panels(Panel(PAYMENT, FIGURES, color=3, signs=signs))
    shown = [(entry.swatch, entry.text) for entry in chart.legend]
    assert shown == [("color-3", "to"), ("color-negative", "by")]
    one_way = (Decimal(1), None, Decimal(0), Decimal(2))
    assert draw_panels(Panel(PAYMENT, one_way, color=3, signs=signs)).legend == ()


def test_few_bars_are_no_blocks():
    chart = panels(
        key="x",
        heading="Month",
        categories=[Category("March 2024", ("Mar",))],
        panels=[Panel(ENERGY, (Decimal(5),))],
        **TEXTS,
    )
    (bar,) = marks(chart).values()
    assert re.search(r"h48v", bar.get("d", ""))


def test_lines_can_be_told_apart_without_color():
    series = [Series(f"Farm {number}", (Decimal(number),) * 4) for number in range(5)]
    chart = comparison_lines(
        key="x", heading="Day", measure=ENERGY, categories=PLACES, series=series, **TEXTS
    )
    dashes = [dash for each in parse(chart).iter() if (dash := each.get("stroke-dasharray"))]
    assert len(set(dashes)) == len(dashes) == 5
    points = marks(chart)
    shapes = {
        points[f"{each.name}, 1 March 2024: {each.figures[0]}.00 MWh"].get("d") for each in series
    }
    assert len(shapes) == len({entry.shape for entry in chart.legend}) == 5


def test_a_calendar_has_every_day_and_says_which_have_no_data():
    days = {date(2024, 2, 1): Decimal(0), date(2024, 2, 2): Decimal("5.5")}
    month = Timeframe.month(date(2024, 2, 1))
    drawn = marks(month_calendar(key="x", measure=ENERGY, month=month, days=days, **TEXTS))
    assert len(drawn) == 29
    assert drawn["1 February 2024: 0.00 MWh"].get("fill") == "var(--heat-0)"
    assert drawn["2 February 2024: 5.50 MWh"].get("fill") == "var(--heat-5)"
    # "none", in other words nothing: browsers and the drawing may leave it out.
    assert drawn["3 February 2024: no data"].get("fill") in (None, "none")
    year = Timeframe.year(date(2024, 1, 1))
    chart = year_calendar(key="x", measure=ENERGY, year=year, days=days, **TEXTS)
    assert len(marks(chart)) == 366


def test_nothing_known_is_an_empty_drawing():
    nothing = draw_panels(Panel(ENERGY, (None,) * 4), Panel(BITCOIN, (None,) * 4, Kind.AREA))
    assert marks(nothing) == {}
    month = Timeframe.month(date(2024, 3, 1))
    chart = month_calendar(key="x", measure=ENERGY, month=month, days={}, **TEXTS)
    assert set(marks(chart)) == {
        f"{date(2024, 3, 1) + timedelta(days=number):%-d %B %Y}: no data" for number in range(31)
    }


def test_drawings_have_no_style_and_no_color_of_their_own():
    for chart in draw_all():
        assert not re.search(r"style|<script|font-family|url\(|href", chart.svg)
        colors = set(re.findall(r'(?:fill|stroke)="([^"]*)"', chart.svg))
        assert all(color == "none" or color.startswith("var(--") for color in colors)
        assert parse(chart).get("role") == "graphics-document"


def test_texts_are_escaped_and_ids_are_of_the_key():
    for chart in draw_all():
        assert "Energy &lt;by&gt; day</title>" in chart.svg
        assert "<i>" not in chart.svg
        assert set(re.findall(r' id="([^"]*)"', chart.svg)) == {
            "chart-x-title",
            "chart-x-description",
        }


def test_what_cannot_be_drawn_raises():
    with pytest.raises(ValueError, match="shorter|longer"):
        draw_panels(Panel(ENERGY, (Decimal(1),)))


def test_style_and_script_are_small():
    assert sum(len((STATIC / name).read_bytes()) for name in ("windfall.css", "charts.js")) < 40_000
    assert len((STATIC / "charts.js").read_bytes()) < 6_000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colors_stand_out_from_the_paper(theme):
    css = (STATIC / "windfall.css").read_text()
    block = css.split("@media screen and (prefers-color-scheme: dark)")[theme == "dark"]
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for name in [name for name in colors if name.startswith("chart-")]:
        assert contrast(colors[name], colors["sheet"]) >= 3, name
    for name in ("ink", "quiet", "accent"):
        assert contrast(colors[name], colors["sheet"]) >= 4.5, name
    for shade in range(6):
        ink = colors["heat-ink" if shade > 2 else "ink"]
        assert contrast(ink, colors[f"heat-{shade}"]) >= 4.5, shade


def contrast(one, other):
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color):
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
