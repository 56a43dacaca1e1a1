"""Rows of the summary tables: whole days, months and years, without a filter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet, Value

from summaries.models import (
    BitcoinDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
    DailySummary,
    MonthlySummary,
    YearlySummary,
)
from summaries.timeframes import Kind, Timeframe

Row = Mapping[str, Any]

BITCOIN_COLUMNS = [
    f"{prefix}{name}"
    for prefix in ("", "so_", "all_")
    for name in ("bitcoin_mined", "value_gbp", "difficulty_mwh")
]
MINED_COLUMNS = [name for name in BITCOIN_COLUMNS if name.endswith("bitcoin_mined")]


def read_summary(timeframe: Timeframe) -> Row | None:
    """The energy summary of a timeframe, if it has any data."""
    return _energy(timeframe).values().first()


def read_bitcoin(timeframe: Timeframe) -> dict[str, Row]:
    """The bitcoin summaries of a timeframe by miner model."""
    rows = _bitcoin(timeframe).values("miner_model_id", *BITCOIN_COLUMNS)
    return {row["miner_model_id"]: row for row in rows}


def read_days(first: date, last: date) -> dict[date, Row]:
    """The energy summaries of the days from first to last."""
    days = DailySummary.objects.filter(settlement_date__range=(first, last))
    return {row["settlement_date"]: row for row in days.values()}


def read_months(first: date, last: date) -> dict[date, Row]:
    """The energy summaries of the months from first to last, by their first day."""
    months = MonthlySummary.objects.filter(month__range=(first, last))
    return {row["month"]: row for row in months.values()}


def read_bitcoin_of_days(days: Iterable[date], *, miner: str) -> dict[date, Row]:
    """A miner model's bitcoin summaries of some days."""
    summaries = BitcoinDailySummary.objects.filter(settlement_date__in=list(days))
    rows = summaries.filter(miner_model=miner).values("settlement_date", *BITCOIN_COLUMNS)
    return {row["settlement_date"]: row for row in rows}


@dataclass(frozen=True)
class MonthsAndDays:
    """Rows by the first day of a month, and by day."""

    months: dict[date, Row]
    days: dict[date, Row]


def read_bitcoin_of_months_and_days(first: date, last: date, *, miner: str) -> MonthsAndDays:
    """What a miner model could have mined in the months and on the days from first to last.

    One query, as a page has few.
    """
    months = BitcoinMonthlySummary.objects.filter(month__range=(first, last), miner_model=miner)
    days = BitcoinDailySummary.objects.filter(
        settlement_date__range=(first, last), miner_model=miner
    )
    rows = [
        dict(zip(("is_month", "begins", *MINED_COLUMNS), row, strict=True))
        for row in months.annotate(is_month=Value(True))
        .values_list("is_month", "month", *MINED_COLUMNS)
        .union(
            days.annotate(is_month=Value(False)).values_list(
                "is_month", "settlement_date", *MINED_COLUMNS
            ),
            all=True,
        )
    ]
    return MonthsAndDays(
        months={row["begins"]: row for row in rows if row["is_month"]},
        days={row["begins"]: row for row in rows if not row["is_month"]},
    )


def read_latest_complete_day() -> Row | None:
    """The energy summary of the newest complete day."""
    return (
        DailySummary.objects.filter(is_complete=True).order_by("-settlement_date").values().first()
    )


def read_latest_date() -> date | None:
    """The newest day with data."""
    return DailySummary.objects.aggregate(latest=Max("settlement_date"))["latest"]


def read_latest_days(count: int) -> list[Row]:
    """The energy summaries of the newest days with data, the newest first."""
    return list(DailySummary.objects.order_by("-settlement_date").values()[:count])


def _energy(timeframe: Timeframe) -> QuerySet[Any]:
    if timeframe.kind is Kind.DAILY:
        return DailySummary.objects.filter(settlement_date=timeframe.first)
    if timeframe.kind is Kind.MONTHLY:
        return MonthlySummary.objects.filter(month=timeframe.first)
    return YearlySummary.objects.filter(year=timeframe.first.year)


def _bitcoin(timeframe: Timeframe) -> QuerySet[Any]:
    if timeframe.kind is Kind.DAILY:
        return BitcoinDailySummary.objects.filter(settlement_date=timeframe.first)
    if timeframe.kind is Kind.MONTHLY:
        return BitcoinMonthlySummary.objects.filter(month=timeframe.first)
    return BitcoinYearlySummary.objects.filter(year=timeframe.first.year)
