"""What a spoiled answer says, read by Python's own JSON and added up slowly."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from curtailment.models import BMUnit, CurtailmentRecord, WindGeneration
from mining.models import BitcoinPrice, DifficultyEpoch
from tests.curtailment.alternative_implementations import figures_of
from tests.soak.spoiled import DATE, Spoiled

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A line of a stack, with the names that the naive sums ask for."""

    id: str
    volume: Decimal
    original_price: Decimal | None
    so_flag: bool | None
    cadl_flag: bool | None
    transmission_loss_multiplier: Decimal | None


def rows_of(spoiled: Spoiled) -> list[Any]:
    """The rows of a body that was taken: anything that is no JSON must have been refused."""
    payload = json.loads(spoiled.body.decode("utf-8-sig"), parse_float=Decimal)
    if spoiled.kind.is_one:
        return [payload]
    if isinstance(payload, dict):
        payload = payload["prices" if "prices" in payload else "data"]
    return list(payload)


def differences(spoiled: Spoiled) -> list[str]:
    """What is stored otherwise than the body says."""
    compare = {
        "stack": _of_stack,
        "wind": _of_wind,
        "units": _of_units,
        "retargets": _of_retargets,
        "price now": _of_price_now,
    }.get(spoiled.kind.name)
    return compare(rows_of(spoiled)) if compare else []


def _of_stack(rows: list[Any]) -> list[str]:
    wind = set(BMUnit.objects.filter(is_wind=True).values_list("pk", flat=True))
    lines = [
        Line(
            str(row["id"]),
            Decimal(row["volume"]),
            row["originalPrice"],
            row["soFlag"],
            row["cadlFlag"],
            row.get("transmissionLossMultiplier"),
        )
        for row in rows
        if row["id"] is not None
    ]
    naive = {
        unit: tuple(
            figure
            for name in ("flagged", "so", "other")
            for figure in (figures[name].mwh, figures[name].payment_gbp)
        )
        for unit, figures in figures_of(lines, wind).items()
    }
    stored = {
        record.bmu_id: tuple(
            Fraction(getattr(record, f"{name}_{unit}"))
            for name, unit in (
                ("curtailed", "mwh"),
                ("payment", "gbp"),
                ("so", "mwh"),
                ("so_payment", "gbp"),
                ("other", "mwh"),
                ("other_payment", "gbp"),
            )
        )
        for record in CurtailmentRecord.objects.filter(settlement_date=DATE, settlement_period=17)
    }
    return [] if naive == stored else [f"stored {stored}, said {naive}"]


def _of_wind(rows: list[Any]) -> list[str]:
    newest: dict[tuple[int, str], tuple[datetime, Fraction]] = {}
    for row in rows:
        if row["settlementDate"] == DATE and row["psrType"] in ("Wind Onshore", "Wind Offshore"):
            key = (row["settlementPeriod"], row["psrType"])
            found = (_instant(row.get("publishTime")), Fraction(row["quantity"]) / 2)
            newest[key] = max(newest.get(key, found), found)
    wrong = []
    for (period, kind), (_, mwh) in newest.items():
        stored = WindGeneration.objects.get(settlement_date=DATE, settlement_period=period)
        figure = stored.onshore_mwh if kind == "Wind Onshore" else stored.offshore_mwh
        if figure is None or Fraction(figure) != mwh:
            wrong.append(f"period {period} {kind}: stored {figure}, said {mwh}")
    return wrong


def _of_units(rows: list[Any]) -> list[str]:
    said: dict[str, set[Decimal | None]] = defaultdict(set)
    for row in rows:
        unit = (row["elexonBmUnit"] or "").strip()
        capacity = str(row.get("generationCapacity") or "").strip()
        if unit:
            said[unit].add(Decimal(capacity) if capacity else None)
    stored = dict(BMUnit.objects.values_list("pk", "capacity_mw"))
    return [
        f"{unit!r}: stored {stored.get(unit)}, said {capacities}"
        for unit, capacities in said.items()
        if unit not in stored or stored[unit] not in capacities
    ]


def _of_retargets(rows: list[Any]) -> list[str]:
    stored = dict(DifficultyEpoch.objects.values_list("height", "difficulty"))
    return [
        f"block {height}: stored {stored.get(height)}, said {difficulty}"
        for _, height, difficulty, _ in rows
        if stored.get(height) != Decimal(difficulty)
    ]


def _of_price_now(rows: list[Any]) -> list[str]:
    said = rows[0].get("GBP")
    if said is None or said <= 0:
        return []
    stored = BitcoinPrice.objects.filter(date=None).values_list("price_gbp", flat=True)
    return [] if list(stored) == [Decimal(said)] else [f"stored {list(stored)}, said {said}"]


def _instant(text: str | None) -> datetime:
    if text is None:
        return LONG_AGO
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
