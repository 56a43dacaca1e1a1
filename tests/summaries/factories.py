"""Stored days for tests of pages: records, and the summaries that follow from them, naively."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from curtailment.models import BMUnit, CurtailmentRecord, IngestionProgress
from curtailment.settlement import count_periods
from mining.models import BitcoinCalculation, MinerModel
from summaries.models import (
    BitcoinDailySummary,
    BitcoinFarmDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
    DailySummary,
    FarmDailySummary,
    MonthlySummary,
    YearlySummary,
)
from summaries.timeframes import Timeframe

NOON = datetime(2024, 6, 1, 11, tzinfo=UTC)
DIFFICULTY = Decimal("73197634206448.34")
# What a MWh mines, by model: any numbers will do.
BITCOIN_PER_MWH = {
    key: Decimal("0.0008") + Decimal(number) / 10_000_000
    for number, key in enumerate(("M20S", "M60S", "S19J_PRO", "S21", "S21_XP", "S9"))
}
DEFINITIONS = {"": "flagged", "so_": "so", "all_": "all"}


@dataclass(frozen=True)
class Rec:
    """A record: figures as texts, (MWh, GBP) of flagged lines, of so ones, and of the others."""

    bmu: str
    period: int
    flagged: tuple[str, str] = ("0", "0")
    so: tuple[str, str] = ("0", "0")
    other: tuple[str, str] = ("0", "0")
    party: str = "Wind Ltd"
    known: bool = True

    def mwh(self, prefix: str) -> Decimal:
        return self._figure(prefix, 0)

    def gbp(self, prefix: str) -> Decimal:
        return self._figure(prefix, 1)

    def bitcoin(self, prefix: str, miner: str) -> Decimal | None:
        return self.mwh(prefix) * BITCOIN_PER_MWH[miner] if self.known else None

    def _figure(self, prefix: str, column: int) -> Decimal:
        if prefix == "all_":
            return Decimal(self.flagged[column]) + Decimal(self.other[column])
        return Decimal((self.so if prefix == "so_" else self.flagged)[column])


def make_unit(bmu: str, **columns) -> BMUnit:
    columns = {"register_is_wind": True, "lead_party_name": "Wind Ltd", "name": bmu} | columns
    return BMUnit.objects.get_or_create(pk=bmu, defaults=columns)[0]


def mined(recs: Iterable[Rec], prefix: str, miner: str) -> Decimal:
    """The bitcoin of records whose difficulty is known."""
    return sum((rec.mwh(prefix) * BITCOIN_PER_MWH[miner] for rec in recs), Decimal(0))


def exact(figures: Iterable[Decimal]) -> str:
    """The sum of figures as the JSON writes it."""
    text = format(sum(figures, Decimal(0)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def column(prefix: str, name: str) -> str:
    return "curtailed_mwh" if (prefix, name) == ("", "mwh") else prefix + name


def add(figures: Iterable[Decimal | None]) -> Decimal | None:
    figures = list(figures)
    known = [figure for figure in figures if figure is not None]
    return sum(known, Decimal(0)) if len(known) == len(figures) else None


def store_day(day: date, recs: list[Rec], *, price: str | None = "50000", **ledger) -> None:
    """A day with its records, calculations, slices and daily summaries."""
    expected = count_periods(day)
    ledger = {
        "data_state": "final",
        "attempt_state": "ok",
        "source": "elexon",
        "periods_expected": expected,
        "periods_fetched": expected,
        "fetched_at": NOON,
    } | ledger
    IngestionProgress.objects.create(settlement_date=day, **ledger)
    for rec in recs:
        make_unit(rec.bmu, lead_party_name=rec.party)
        _store_record(day, rec)
    by_unit = defaultdict(list)
    for rec in recs:
        by_unit[rec.bmu].append(rec)
    for bmu, of_unit in by_unit.items():
        _store_slice(day, bmu, of_unit)
    _store_summary(day, recs, ledger, price=None if price is None else Decimal(price))


def _store_record(day: date, rec: Rec) -> None:
    CurtailmentRecord.objects.create(
        settlement_date=day,
        settlement_period=rec.period,
        bmu_id=rec.bmu,
        lead_party_name=rec.party,
        curtailed_mwh=rec.mwh(""),
        payment_gbp=rec.gbp(""),
        so_mwh=rec.mwh("so_"),
        so_payment_gbp=rec.gbp("so_"),
        other_mwh=Decimal(rec.other[0]),
        other_payment_gbp=Decimal(rec.other[1]),
        so_flag=True,
        cadl_flag=False,
        lines=[],
        created_at=NOON,
        updated_at=NOON,
    )
    for miner, per_mwh in BITCOIN_PER_MWH.items():
        BitcoinCalculation.objects.create(
            settlement_date=day,
            settlement_period=rec.period,
            bmu_id=rec.bmu,
            miner_model_id=miner,
            bitcoin_mined=rec.bitcoin("", miner),
            so_bitcoin_mined=rec.bitcoin("so_", miner),
            other_bitcoin_mined=Decimal(rec.other[0]) * per_mwh if rec.known else None,
            difficulty=DIFFICULTY if rec.known else None,
            subsidy_btc=Decimal("6.25") if rec.known else None,
            calculated_at=NOON,
        )


def _store_slice(day: date, bmu: str, recs: list[Rec]) -> None:
    figures: dict[str, Any] = {}
    for prefix in DEFINITIONS:
        figures[column(prefix, "mwh")] = add(rec.mwh(prefix) for rec in recs)
        figures[column(prefix, "payment_gbp")] = add(rec.gbp(prefix) for rec in recs)
        bits = {1 << (rec.period - 1) for rec in recs if rec.mwh(prefix) > 0}
        figures[f"{prefix}period_bitmap"] = sum(bits)
    FarmDailySummary.objects.create(
        settlement_date=day,
        bmu_id=bmu,
        lead_party_name=recs[-1].party,
        has_corrections=False,
        **figures,
    )
    for miner in BITCOIN_PER_MWH:
        BitcoinFarmDailySummary.objects.create(
            settlement_date=day, bmu_id=bmu, miner_model_id=miner, **bitcoin_of(recs, miner)
        )


def bitcoin_of(recs: list[Rec], miner: str) -> dict[str, Decimal | None]:
    figures: dict[str, Any] = {}
    for prefix in DEFINITIONS:
        figures[f"{prefix}bitcoin_mined"] = add(rec.bitcoin(prefix, miner) for rec in recs)
        figures[f"{prefix}difficulty_mwh"] = add(
            rec.mwh(prefix) * DIFFICULTY if rec.known else None for rec in recs
        )
    return figures


def _store_summary(day: date, recs: list[Rec], ledger: dict, *, price: Decimal | None) -> None:
    figures: dict[str, Any] = {}
    for prefix in DEFINITIONS:
        curtailed = [rec for rec in recs if rec.mwh(prefix) > 0]
        figures[column(prefix, "mwh")] = add(rec.mwh(prefix) for rec in recs)
        figures[column(prefix, "payment_gbp")] = add(rec.gbp(prefix) for rec in recs)
        figures[f"{prefix}farm_count"] = len({rec.bmu for rec in curtailed})
        figures[f"{prefix}record_count"] = len(curtailed)
        figures[f"{prefix}period_count"] = len({rec.period for rec in curtailed})
        figures[f"{prefix}curtailment_percent"] = Decimal("12.5")
    DailySummary.objects.create(
        settlement_date=day,
        wind_generation_mwh=Decimal("100000.5"),
        periods_expected=ledger["periods_expected"],
        periods_fetched=ledger["periods_fetched"],
        is_complete=ledger["data_state"] in ("final", "provisional"),
        is_provisional=ledger["data_state"] == "provisional",
        is_sample=ledger["source"] == "sample",
        has_corrections=False,
        revision=1,
        **figures,
    )
    for miner in BITCOIN_PER_MWH:
        bitcoin = bitcoin_of(recs, miner)
        for prefix in DEFINITIONS:
            coins = bitcoin[f"{prefix}bitcoin_mined"]
            bitcoin[f"{prefix}value_gbp"] = (
                None if coins is None or price is None else coins * price
            )
        BitcoinDailySummary.objects.create(
            settlement_date=day, miner_model_id=miner, price_gbp=price, **bitcoin
        )


def store_longer_summaries(within: date) -> None:
    """The month and the year of a date, from the daily summaries that are stored."""
    month, year = Timeframe.month(within), Timeframe.year(within)
    tables: list[Any] = [
        (month, MonthlySummary, BitcoinMonthlySummary, {"month": month.first}),
        (year, YearlySummary, BitcoinYearlySummary, {"year": within.year}),
    ]
    for timeframe, energy, bitcoin, key in tables:
        span = {"settlement_date__range": (timeframe.first, timeframe.last)}
        days: list[Any] = list(DailySummary.objects.filter(**span).values())
        energy.objects.update_or_create(**key, defaults=_sum_days(days, timeframe))
        for miner in MinerModel.objects.all():
            rows: Any = BitcoinDailySummary.objects.filter(**span, miner_model=miner).values()
            bitcoin.objects.update_or_create(
                **key, miner_model=miner, defaults=_sum_bitcoin(list(rows))
            )


def _sum_days(days: list[dict], timeframe: Timeframe) -> dict:
    slices = FarmDailySummary.objects.filter(
        settlement_date__range=(timeframe.first, timeframe.last)
    )
    figures: dict[str, Any] = {}
    for prefix in DEFINITIONS:
        for name in ("mwh", "payment_gbp", "record_count", "period_count"):
            name = column(prefix, name)
            figures[name] = sum(day[name] for day in days)
        over_nothing = {f"{column(prefix, 'mwh')}__gt": 0}
        figures[f"{prefix}farm_count"] = (
            slices.filter(**over_nothing).values("bmu").distinct().count()
        )
    expected = (timeframe.last - timeframe.first).days + 1
    complete = sum(day["is_complete"] for day in days)
    return figures | {
        "periods_expected": timeframe.count_periods(),
        "periods_fetched": sum(day["periods_fetched"] for day in days),
        "is_complete": complete == expected,
        "is_provisional": any(day["is_provisional"] for day in days),
        "is_sample": any(day["is_sample"] for day in days),
        "has_corrections": any(day["has_corrections"] for day in days),
        "revision": 1,
        "days_expected": expected,
        "day_count": len(days),
        "complete_day_count": complete,
        "provisional_day_count": sum(day["is_provisional"] for day in days),
        "sample_day_count": sum(day["is_sample"] for day in days),
    }


def _sum_bitcoin(rows: list[dict]) -> dict:
    names = ("bitcoin_mined", "value_gbp", "difficulty_mwh")
    columns = [prefix + name for prefix in DEFINITIONS for name in names]
    return {name: add(row[name] for row in rows) for name in columns}
