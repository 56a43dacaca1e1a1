"""Plausible payloads of Elexon's API, in its own shapes and field names."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from curtailment.settlement import SettlementPeriod, iter_periods
from curtailment.wind_units import known_wind_units

Json = dict[str, Any]

NUMBERS = ("originalPrice", "volume", "finalPrice", "transmissionLossMultiplier")


def make_line(
    settlement_date: date,
    period: int,
    bmu: str | int | None = "T_SGRWO-1",
    volume: Any = "-12.5",
    price: Any = "-30.25",
    **overrides: Any,
) -> Json:
    """A complete line of a stack. Numbers may be given as texts, to keep their digits.

    Overrides are by the API's field names (`soFlag=True`); a period that the date lacks may be
    asked for too.
    """
    line = {
        "settlementDate": settlement_date.isoformat(),
        "settlementPeriod": period,
        "startTime": _start_time(settlement_date, period),
        "createdDateTime": f"{settlement_date}T23:59:30Z",
        "sequenceNumber": 1,
        "id": bmu,
        "acceptanceId": 102_999,
        "bidOfferPairId": -1,
        "cadlFlag": False,
        "soFlag": True,
        "storProviderFlag": False,
        "repricedIndicator": False,
        "reserveScarcityPrice": 0,
        "originalPrice": price,
        "volume": volume,
        "dmatAdjustedVolume": 0,
        "arbitrageAdjustedVolume": 0,
        "nivAdjustedVolume": 0,
        "parAdjustedVolume": 0,
        "finalPrice": None,
        "transmissionLossMultiplier": "0.9933898",
        "tlmAdjustedVolume": 0,
        "tlmAdjustedCost": 0,
    } | overrides
    return line | {field: _number(line.get(field)) for field in NUMBERS if field in line}


def make_day_lines(settlement_date: date, period: int) -> list[Json]:
    """A small bid stack of every kind of line: the same for the same period, always.

    Wind units with several acceptances, equal lines, a positive price, unflagged and CADL-only
    lines, null flags; a gas unit, a null id and a bare number.
    """
    step = Decimal(period) / 8
    lines = [
        make_line(settlement_date, period, "T_SGRWO-1", -(20 + step), "-9.95"),
        make_line(
            settlement_date, period, "T_SGRWO-1", -(4 + step), "-12.40", acceptanceId=103_000
        ),
        make_line(settlement_date, period, "T_MOWEO-1", "-7.25", "-38.02"),
        make_line(settlement_date, period, "T_MOWEO-1", "-7.25", "-38.02"),
        make_line(settlement_date, period, "T_VKNGW-2", "-3.125", "5.5", bidOfferPairId=1),
        make_line(settlement_date, period, "T_DOREW-1", "-2.75", "-41.5", soFlag=False),
        make_line(
            settlement_date, period, "T_WHILW-1", "-1.5", "-87.37", soFlag=False, cadlFlag=True
        ),
        make_line(
            settlement_date, period, "T_GRIFW-2", -step, "-94.22", soFlag=None, cadlFlag=None
        ),
        make_line(settlement_date, period, "T_PEHE-1", "-110", "55.1", finalPrice="54.75"),
        make_line(settlement_date, period, None, "-8", "60", soFlag=False),
        make_line(settlement_date, period, "123456", "-5", "61", soFlag=False),
    ]
    return [line | {"sequenceNumber": number} for number, line in enumerate(lines, start=1)]


def make_unit(elexon_id: str | None, **overrides: Any) -> Json:
    """A complete row of the BM Unit register; a wind unit unless overridden."""
    return {
        "nationalGridBmUnit": elexon_id and elexon_id.partition("_")[2],
        "elexonBmUnit": elexon_id,
        "eic": None,
        "fuelType": "WIND",
        "leadPartyName": "Windfall Test Energy Ltd",
        "bmUnitType": "T",
        "fpnFlag": True,
        "bmUnitName": elexon_id and f"Unit {elexon_id}",
        "leadPartyId": "WINDTEST",
        "demandCapacity": "0.000",
        "generationCapacity": "100.000",
        "productionOrConsumptionFlag": "P",
        "gspGroupId": None,
        "gspGroupName": None,
        "interconnectorId": None,
    } | overrides


def make_register() -> list[Json]:
    """The known wind units as Elexon lists them, a gas unit, and a row without an Elexon id."""
    wind = [
        make_unit(
            unit.elexon_bmu_id,
            nationalGridBmUnit=unit.national_grid_bmu_id,
            bmUnitName=unit.name,
            leadPartyName=unit.lead_party_name,
            generationCapacity=str(unit.capacity_mw),
            gspGroupName=unit.area or None,
        )
        for unit in known_wind_units()
    ]
    gas = make_unit("T_PEHE-1", fuelType="CCGT", bmUnitName="Peterhead", generationCapacity="1180")
    return [*wind, gas, make_unit(None, bmUnitName="No Elexon id", fuelType=None)]


def make_wind(settlement_date: date, *, onshore_mw: Any, offshore_mw: Any) -> list[Json]:
    """Rows of actual generation for all periods of a date: both kinds of wind, and solar."""
    output = {"Solar": 500, "Wind Onshore": onshore_mw, "Wind Offshore": offshore_mw}
    return [
        {
            "publishTime": f"{settlement_date}T23:59:00Z",
            "businessType": "Wind generation",
            "psrType": kind,
            "quantity": _number(quantity),
            "startTime": f"{period.starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "settlementDate": settlement_date.isoformat(),
            "settlementPeriod": period.number,
        }
        for period in iter_periods(settlement_date)
        for kind, quantity in output.items()
        if quantity is not None
    ]


def make_cash_flows(lines: list[Json]) -> list[Json]:
    """Indicative cash flows of bid lines: the sum of volume x price x TLM by unit and period."""
    sums: dict[tuple[str, int, Any], Decimal] = defaultdict(Decimal)
    for line in lines:
        key = (line["settlementDate"], line["settlementPeriod"], line["id"])
        factors = (line[name] for name in ("originalPrice", "transmissionLossMultiplier"))
        price, multiplier = (Decimal(0) if factor is None else factor for factor in factors)
        sums[key] += line["volume"] * price * multiplier
    return [
        _indicative(*key) | {"bidOfferPairCashflows": {"negative1": gbp}, "totalCashflow": gbp}
        for key, gbp in sums.items()
    ]


def make_volumes(lines: list[Json]) -> list[Json]:
    """Indicative volumes of bid lines by unit and period; of the tagged ones half is left."""
    sums: dict[tuple[str, int, Any], Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line["settlementDate"], line["settlementPeriod"], line["id"]] += line["volume"]
    return [
        _indicative(*key)
        | {"dataType": kind, "totalVolumeAccepted": mwh * share, "pairVolumes": {"negative1": mwh}}
        for key, mwh in sums.items()
        for kind, share in (("Original", 1), ("Tagged", Decimal("0.5")))
    ]


def _indicative(settlement_date: str, period: int, bmu: str | None) -> Json:
    return {
        "createdDateTime": f"{settlement_date}T23:59:30Z",
        "settlementDate": settlement_date,
        "settlementPeriod": period,
        "startTime": _start_time(date.fromisoformat(settlement_date), period),
        "bmUnit": bmu,
        "bmUnitType": "T",
        "leadPartyName": "Windfall Test Energy Ltd",
        "nationalGridBmUnit": None,
    }


def _start_time(settlement_date: date, period: int) -> str:
    try:
        starts_at = SettlementPeriod(settlement_date, period).starts_at
    except ValueError:
        return f"{settlement_date}T23:30:00Z"
    return f"{starts_at:%Y-%m-%dT%H:%M:%SZ}"


def _number(value: Any) -> Any:
    """A number with all its digits; what is no text stays as it is, so that faults can be made."""
    return Decimal(value) if isinstance(value, str) else value
