"""The pages of one BM Unit and of one lead party: their history, beside that of all units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from curtailment.settlement import settlement_date_at
from summaries.columns import pick
from summaries.exact import add, divide
from summaries.queries.longer import read_all_months
from summaries.queries.slices import read_farms
from summaries.queries.units import Unit, read_highest_day, read_history
from summaries.reports import tables
from summaries.reports.pages import Certainty, Page, read_certainty, share_percent
from summaries.reports.tables import CellKind, Column, Figure, Table, table_of
from summaries.reports.totals import farms_of
from summaries.reports.units import UNIT_COLUMNS, UnitRow, unit_row
from summaries.selection import Selection
from summaries.spans import Span
from summaries.timeframes import Timeframe

Row = Mapping[str, Any]

ALL_PAYMENT_PER_MWH = Column("all_payment_gbp_per_mwh", "All units GBP/MWh", CellKind.GBP)
PERIOD_COUNT = Column("period_count", "Curtailed periods", CellKind.COUNT)
DAY_COUNT = Column("day_count", "Curtailed days", CellKind.COUNT)
FIGURES = (
    tables.MWH,
    tables.PAYMENT,
    tables.PAYMENT_PER_MWH,
    ALL_PAYMENT_PER_MWH,
    tables.BITCOIN,
    tables.SHARE,
    PERIOD_COUNT,
    DAY_COUNT,
)
MONTH_COLUMNS = (Column("month", "Month", CellKind.TIMEFRAME), *FIGURES, tables.IS_COMPLETE)
YEAR_COLUMNS = (Column("year", "Year", CellKind.TIMEFRAME), *FIGURES, tables.IS_COMPLETE)
HIGHEST_DAY = Column("highest_day", "Highest day", CellKind.TIMEFRAME)
HIGHEST_MWH = Column("highest_day_mwh", "Curtailed on the highest day (MWh)", CellKind.MWH)
CAPACITY = Column("capacity_mw", "Capacity (MW)", CellKind.MWH)
AREA = Column("area", "Area")


@dataclass(frozen=True)
class HistoryRow:
    """A month or a year. Figures are null where no day is stored."""

    timeframe: Timeframe
    is_complete: bool
    curtailed_mwh: Decimal | None
    payment_gbp: Decimal | None
    bitcoin_mined: Decimal | None
    period_count: int | None
    day_count: int | None
    all_mwh: Decimal | None
    all_payment_gbp: Decimal | None

    @property
    def month(self) -> Timeframe:
        return self.timeframe

    @property
    def year(self) -> Timeframe:
        return self.timeframe

    @property
    def payment_gbp_per_mwh(self) -> Decimal | None:
        return divide(self.payment_gbp, self.curtailed_mwh)

    @property
    def all_payment_gbp_per_mwh(self) -> Decimal | None:
        return divide(self.all_payment_gbp, self.all_mwh)

    @property
    def share_percent(self) -> Decimal | None:
        return share_percent(self.curtailed_mwh, self.all_mwh)


def build_farm_page(
    unit: Unit, siblings: Iterable[Unit], *, selection: Selection, now: datetime
) -> Page:
    """A unit's register facts and history; the selection's farm is the unit."""
    span = Span.all(today=settlement_date_at(now))
    history = _history(selection)
    others = [(each.bmu_id, each.name, each.capacity_mw) for each in siblings]
    if others:
        columns = (tables.FARM, tables.NAME, CAPACITY)
        table = Table("siblings", "Other BM Units of the farm", columns, tuple(others))
        history["tables"] = (*history["tables"], table)
    return Page(
        name=f"farm-{unit.bmu_id}",
        title=unit.name,
        subject=f"BM Unit {unit.bmu_id}",
        selection=selection,
        span=span,
        made_at=now,
        certainty=read_certainty(span, now=now),
        facts=_register_facts(unit),
        **history,
    )


def build_lead_party_page(
    name: str, units: Iterable[Unit], *, selection: Selection, now: datetime
) -> Page:
    """A company's units and history; `units` are those that the register gives it now."""
    span = Span.all(today=settlement_date_at(now))
    certainty = read_certainty(span, now=now)
    history = _history(selection)
    history["tables"] = (*history["tables"], _units_table(units, selection, span, certainty))
    return Page(
        name="lead-party",
        title=name,
        subject="Lead party: what its BM Units had while they were its own",
        selection=selection,
        span=span,
        made_at=now,
        certainty=certainty,
        facts=(),
        **history,
    )


def _register_facts(unit: Unit) -> tuple[Figure, ...]:
    return (
        Figure(tables.FARM, unit.bmu_id),
        Figure(tables.NAME, unit.name),
        Figure(tables.FARM_NAME, unit.farm_name),
        Figure(tables.LEAD_PARTY, unit.lead_party),
        Figure(CAPACITY, unit.capacity_mw),
        Figure(AREA, unit.area),
    )


def _history(selection: Selection) -> dict[str, Any]:
    """Headline and tables. Three queries."""
    months = _months(selection)
    years = _years(months)
    return {
        "headline": _headline(months, read_highest_day(selection)),
        "tables": (
            table_of("months", "By month", MONTH_COLUMNS, list(reversed(months))),
            table_of("years", "By year", YEAR_COLUMNS, list(reversed(years))),
        ),
    }


def _months(selection: Selection) -> list[HistoryRow]:
    """From the first month with a slice to the last stored one; in between none is left out."""
    own = {row["month"]: row for row in read_history(selection)}
    if not own:
        return []
    stored = {row["month"]: row for row in read_all_months(min(own), date.max)}
    months = [min(own)]
    while months[-1] < max(*stored, *own, min(own)):
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    return [_month(month, own.get(month), stored.get(month), selection) for month in months]


def _month(month: date, own: Row | None, stored: Row | None, selection: Selection) -> HistoryRow:
    """A month without a slice is a zero only if the month itself has data."""

    def figure(name: str) -> Any:
        if own:
            return own[name]
        return Decimal(0) if stored else None

    def count(name: str) -> Any:
        return int(own[name]) if own else (0 if stored else None)

    def of_all(name: str) -> Any:
        return pick(stored, selection.definition, name) if stored else None

    return HistoryRow(
        timeframe=Timeframe.month(month),
        is_complete=bool(stored and stored["is_complete"]),
        curtailed_mwh=figure("curtailed_mwh"),
        payment_gbp=figure("payment_gbp"),
        bitcoin_mined=figure("bitcoin_mined"),
        period_count=count("period_count"),
        day_count=count("day_count"),
        all_mwh=of_all("curtailed_mwh"),
        all_payment_gbp=of_all("payment_gbp"),
    )


def _years(months: list[HistoryRow]) -> list[HistoryRow]:
    years: dict[int, list[HistoryRow]] = {}
    for month in months:
        years.setdefault(month.timeframe.first.year, []).append(month)
    return [_sum(Timeframe.year(rows[0].timeframe.first), rows) for rows in years.values()]


def _sum(timeframe: Timeframe, months: list[HistoryRow]) -> HistoryRow:
    """A year of months; those without any stored day are left out, and it is not complete."""
    stored = [month for month in months if month.curtailed_mwh is not None]
    return HistoryRow(
        timeframe=timeframe,
        is_complete=len(months) == 12 and all(month.is_complete for month in months),
        curtailed_mwh=_total(stored, "curtailed_mwh"),
        payment_gbp=_total(stored, "payment_gbp"),
        bitcoin_mined=_total(stored, "bitcoin_mined"),
        period_count=sum(month.period_count or 0 for month in stored) if stored else None,
        day_count=sum(month.day_count or 0 for month in stored) if stored else None,
        all_mwh=_total(stored, "all_mwh"),
        all_payment_gbp=_total(stored, "all_payment_gbp"),
    )


def _total(rows: list[HistoryRow], name: str) -> Decimal | None:
    return add(getattr(row, name) for row in rows) if rows else None


def _headline(months: list[HistoryRow], highest: Row | None) -> tuple[Figure, ...]:
    """Over all months; of a unit without any slice nothing is said."""
    if not months:
        return ()
    total = _sum(months[0].timeframe, months)
    figures = [Figure(column, getattr(total, column.key)) for column in FIGURES]
    if highest:
        day = Timeframe.day(highest["settlement_date"])
        figures += [Figure(HIGHEST_DAY, day), Figure(HIGHEST_MWH, highest["curtailed_mwh"])]
    return tuple(figures)


def _units_table(
    units: Iterable[Unit], selection: Selection, span: Span, certainty: Certainty
) -> Table:
    """All units of a company: those with curtailed energy, and those it has by the register."""
    farms = farms_of(read_farms(span.first, span.last, selection=selection), selection)
    total_mwh = add(farm.curtailed_mwh for farm in farms)
    rows = [unit_row(farm, total_mwh) for farm in farms]
    listed = {row.farm for row in rows}
    rows += [_idle(unit, certainty) for unit in units if unit.bmu_id not in listed]
    columns = tuple(column for column in UNIT_COLUMNS if column is not tables.LEAD_PARTY)
    return table_of("farms", "Its BM Units", columns, list(rows))


def _idle(unit: Unit, certainty: Certainty) -> UnitRow:
    """A unit without curtailed energy: zeros, if any day is stored."""
    figure = Decimal(0) if certainty.counts.stored else None
    return UnitRow(
        farm=unit.bmu_id,
        name=unit.name,
        farm_name=unit.farm_name or unit.name,
        curtailed_mwh=figure,
        payment_gbp=figure,
        bitcoin_mined=figure,
        total_mwh=None,
    )
