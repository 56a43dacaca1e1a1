"""The charts of a day, a month, a year, and of the overview."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curtailment.settlement import iter_dates, iter_periods
from summaries import charts
from summaries.charts import BITCOIN, ENERGY, PAYMENT, Category, Chart
from summaries.charts.shapes import Figures
from summaries.reports.daily import DailyReport
from summaries.reports.drawings.over_time import energy_and_payment, places_of
from summaries.reports.drawings.rankings import rank
from summaries.reports.groups import GroupTotals, rank_farms, rank_lead_parties
from summaries.reports.longer import LongReport
from summaries.reports.overview import OverviewPage
from summaries.reports.shapes import Report, TimeframeRow
from summaries.templatetags.figures import london_clock
from summaries.timeframes import Kind as Length
from summaries.timeframes import Timeframe


@dataclass(frozen=True)
class Drawings:
    """Charts of a page: over time, of its calendar, and rankings. Null where there is nothing."""

    energy: Chart | None = None
    payment: Chart | None = None
    calendar: Chart | None = None
    farms: Chart | None = None
    lead_parties: Chart | None = None


def draw_report(report: Report) -> Drawings:
    """The charts of a day, a month or a year; none before it is ingested or without energy."""
    if not report.energy.curtailed_mwh:
        return Drawings()
    energy, payment = _over_time(report)
    name = report.timeframe.label
    return Drawings(
        energy=energy,
        payment=payment,
        calendar=_calendar(report) if isinstance(report, LongReport) else None,
        farms=_ranking("farms", "Wind farm", rank_farms(report.farms), name),
        lead_parties=_ranking(
            "lead-parties", "Lead party", rank_lead_parties(report.farms), name, color=4
        ),
    )


def draw_overview(page: OverviewPage) -> Drawings:
    """The trend, and the rankings of the year to date."""
    if not any(month.curtailed_mwh for month in page.trend):
        return Drawings()
    year = f"{page.headlines[-1].timeframe.label} to date"
    places = places_of(row.timeframe for row in page.trend)
    energy, payment = _panels(page.trend, places, heading="Month", each="month")
    return Drawings(
        energy=energy,
        payment=payment,
        farms=_ranking("farms", "Wind farm", page.farms, year),
        lead_parties=_ranking("lead-parties", "Lead party", page.lead_parties, year, color=4),
    )


def _over_time(report: Report) -> tuple[Chart, Chart] | tuple[None, None]:
    """None of a day whose half hours are archived: gaps would look like no energy."""
    if isinstance(report, DailyReport):
        return _half_hours(report) if report.periods else (None, None)
    heading = "Day" if report.timeframe.kind is Length.MONTHLY else "Month"
    whole = _whole(report)
    return _panels(
        whole, places_of(row.timeframe for row in whole), heading=heading, each=heading.lower()
    )


def _half_hours(report: DailyReport) -> tuple[Chart, Chart]:
    """All periods that the day has: those not fetched yet are gaps."""
    rows = {row.settlement_period: row for row in report.periods}
    periods = list(iter_periods(report.timeframe.first))
    places = []
    for period in periods:
        clock = london_clock(period.starts_at)
        on_the_hour = clock[:2] in ("00", "04", "08", "12", "16", "20") and clock[3:5] == "00"
        tick = (clock[:5],) if on_the_hour else ()
        places.append(Category(f"SP {period.number}, {clock}", tick))
    known = [rows.get(period.number) for period in periods]
    return _panels(known, places, heading="Settlement period", each="half-hour")


def _panels(
    rows: Sequence[object], places: Sequence[Category], *, heading: str, each: str
) -> tuple[Chart, Chart]:
    """A row that is not known is a gap."""

    def figures(name: str) -> Figures:
        return tuple(getattr(row, name, None) for row in rows)

    return energy_and_payment(figures, places, heading=heading, each=each)


def _whole(report: Report) -> list[TimeframeRow]:
    """Its parts, and gaps for those that have not begun."""
    rows = {row.timeframe: row for row in report.parts}
    dates = iter_dates(report.timeframe.first, report.timeframe.last)
    if report.timeframe.kind is Length.MONTHLY:
        parts: Iterable[Timeframe] = (Timeframe.day(day) for day in dates)
    else:
        parts = dict.fromkeys(Timeframe.month(day) for day in dates)
    return [rows.get(part) or TimeframeRow(part, False, None, None, None) for part in parts]


def _calendar(report: LongReport) -> Chart:
    days = {day.timeframe.first: day.curtailed_mwh for day in report.days}
    arguments = {
        "key": "calendar",
        "title": f"Curtailed energy (MWh) on each day of {report.timeframe.label}",
        "description": "The darker a day in the light theme, or the lighter in the dark one, "
        "the more energy.",
    }
    if report.timeframe.kind is Length.MONTHLY:
        return charts.month_calendar(**arguments, measure=ENERGY, month=report.timeframe, days=days)
    return charts.year_calendar(**arguments, measure=ENERGY, year=report.timeframe, days=days)


def _ranking(
    key: str, heading: str, groups: Sequence[GroupTotals], when: str, *, color: int = 1
) -> Chart | None:
    return rank(
        key=key,
        heading=heading,
        many="Wind farms" if heading == "Wind farm" else "Lead parties",
        when=when,
        names=[group.name for group in groups],
        measures={
            ENERGY: tuple(group.curtailed_mwh for group in groups),
            PAYMENT: tuple(group.payment_gbp for group in groups),
            BITCOIN: tuple(group.bitcoin_mined for group in groups),
        },
        color=color,
    )
