"""The stacks of the benchmark: 29 different days of Elexon's, one after the other, for ever.

Each has 28 or 29 wind units a period and 1.7 lines a unit, beside bids of other units: what a day
of 2024 has on average. No Django here, as the stub of Elexon has none.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal

from curtailment.settlement import count_periods
from curtailment.sources import StackLine, WindOutput
from curtailment.wind_units import known_wind_units

DIFFERENT_DAYS = 29
UNITS_A_DAY = 57
OTHER_LINES_A_PERIOD = 15
# Elexon prints volumes with up to so many digits.
PRINTED = Context(prec=15)


def unit_ids() -> list[str]:
    """The wind units of the benchmark."""
    return [unit.elexon_bmu_id for unit in known_wind_units()]


def lines_of(settlement_date: date, period: int, change: int = 0) -> list[StackLine]:
    """The bid stack of a period."""
    kind = settlement_date.toordinal() % DIFFERENT_DAYS
    lines = [
        _line(settlement_date, period, bmu_id, kind, number)
        for index, bmu_id in _units_of(kind, period)
        for number in range(10 * index, 10 * index + (2 if index % 10 < 7 else 1))
    ]
    if change and period == 1:
        # One megawatt hour less for the first unit of the day.
        lines.append(_line(settlement_date, period, lines[0].id, kind, 1_000 + change))
    others = [
        _line(settlement_date, period, f"T_GAS-{n}", kind, 2_000 + n)
        for n in range(OTHER_LINES_A_PERIOD)
    ]
    return lines + others


def created_at(settlement_date: date) -> datetime:
    """When Elexon calculated the figures of a date."""
    return datetime.combine(settlement_date + timedelta(days=1), time(8, 5), UTC)


def wind_of(settlement_date: date) -> list[WindOutput]:
    """The wind output of a date."""
    return [
        WindOutput(
            settlement_date=settlement_date,
            settlement_period=number,
            onshore_mwh=Decimal(2_000 + 7 * number),
            offshore_mwh=Decimal(3_000 + 11 * number) / 2,
        )
        for number in range(1, count_periods(settlement_date) + 1)
    ]


def _units_of(kind: int, period: int) -> list[tuple[int, str]]:
    """Every other one of the day's units: 28 in even periods, 29 in odd ones."""
    ids = unit_ids()
    indexes = range((period + 1) % 2, UNITS_A_DAY, 2)
    return [(index, ids[(3 * kind + index) % len(ids)]) for index in indexes]


def _line(
    settlement_date: date, period: int, bmu_id: str | None, kind: int, number: int
) -> StackLine:
    """A line whose figures look like any other's and are always the same."""
    chance = (kind * 7_919 + period * 104_729 + number * 1_299_709) % 100_003
    return StackLine(
        settlement_date=settlement_date,
        settlement_period=period,
        id=bmu_id,
        so_flag=chance % 31 != 0,
        cadl_flag=chance % 17 == 0,
        original_price=Decimal(-(900 + chance % 8_000)).scaleb(-2),
        volume=PRINTED.divide(Decimal(-(1 + chance % 1_500)), Decimal(60)),
        final_price=Decimal(-(900 + chance % 8_000)).scaleb(-2) if chance % 12 == 0 else None,
        transmission_loss_multiplier=Decimal(9_850_000 + period * 1_999).scaleb(-7),
        acceptance_id=20_000 + 2 * period + number % 10,
        bid_offer_pair_id=-1 - number % 2,
        stor_provider_flag=False,
        repriced_indicator=False,
        created_date_time=created_at(settlement_date),
        sequence_number=number,
    )
