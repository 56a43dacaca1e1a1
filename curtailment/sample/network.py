"""What the sample's network cannot carry, and which units are turned down for it.

Two boundaries: what flows out of the north of Scotland, and from Scotland to England. What is
beyond them is taken from the units behind, the cheapest first.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from curtailment.sample.chance import stream
from curtailment.sample.units import SampleUnit, sample_units
from curtailment.sample.weather import Region, capacity_factor
from curtailment.settlement import SettlementPeriod, iter_periods

# All wind farms of a region, those outside the sample too.
FLEET_MW = {
    Region.SCOTTISH_SEA: 2_900,
    Region.NORTH_SCOTLAND: 4_300,
    Region.SOUTH_SCOTLAND: 4_900,
}
BEHIND_NORTH = {Region.SCOTTISH_SEA, Region.NORTH_SCOTLAND}
BEHIND_BORDER = {*BEHIND_NORTH, Region.SOUTH_SCOTLAND}
NORTH_CARRIES_MW = 2_400
BORDER_CARRIES_MW = 3_800
# In weeks of maintenance the boundaries carry down to this share of it.
LEAST_SHARE_IN_SERVICE = 0.8

# Demand in Scotland less its nuclear and hydro power, at night and by day; a third is northern.
NIGHT_DEMAND_MW = 900
DAY_DEMAND_MW = 2_100
NORTHERN_SHARE_OF_DEMAND = 1 / 3

# What these farms produce beyond this share of their capacity, the coast of England cannot land.
ENGLISH_COAST_MW = 880
ENGLISH_COAST_CARRIES = 0.55

# Nobody is asked for less.
SMALLEST_ACTION_MW = 3

Prices = Mapping[SampleUnit, int]


@dataclass(frozen=True)
class Constrained:
    """A period: the wind of each region as a share of capacity, and the MW taken of each unit."""

    period: SettlementPeriod
    capacity_factors: Mapping[Region, float]
    taken_mw: Mapping[SampleUnit, int]


def constrained_day(settlement_date: date, bid_prices: Prices) -> list[Constrained]:
    """The periods of a date; bid prices decide who is turned down first."""
    cheapest_first = sorted(sample_units(), key=lambda unit: (-bid_prices[unit], unit.bmu_id))
    in_service = _share_in_service(settlement_date)
    return [
        _constrained_period(period, cheapest_first, in_service)
        for period in iter_periods(settlement_date)
    ]


def _constrained_period(
    period: SettlementPeriod, cheapest_first: list[SampleUnit], in_service: float
) -> Constrained:
    factors = {region: capacity_factor(region, period) for region in Region}
    output_mw = {unit: unit.turbines_mw * factors[unit.region] for unit in cheapest_first}
    flow_mw = {region: fleet_mw * factors[region] for region, fleet_mw in FLEET_MW.items()}
    demand_mw = _demand_mw(period)
    taken_mw: dict[SampleUnit, int] = {}

    north_mw = sum(flow for region, flow in flow_mw.items() if region in BEHIND_NORTH)
    excess_mw = north_mw - demand_mw * NORTHERN_SHARE_OF_DEMAND - NORTH_CARRIES_MW * in_service
    _take(excess_mw, BEHIND_NORTH, output_mw, taken_mw)

    excess_mw = sum(flow_mw.values()) - demand_mw - BORDER_CARRIES_MW * in_service
    _take(excess_mw - sum(taken_mw.values()), BEHIND_BORDER, output_mw, taken_mw)

    excess_mw = ENGLISH_COAST_MW * (factors[Region.ENGLAND] - ENGLISH_COAST_CARRIES)
    _take(excess_mw, {Region.ENGLAND}, output_mw, taken_mw)
    return Constrained(period, factors, taken_mw)


def _take(
    excess_mw: float,
    regions: Set[Region],
    output_mw: Mapping[SampleUnit, float],
    taken_mw: dict[SampleUnit, int],
) -> None:
    """Adds whole MW to what is taken, of all that each unit has left, until the excess is gone."""
    for unit, available_mw in output_mw.items():
        if excess_mw < SMALLEST_ACTION_MW:
            return
        if unit.region in regions:
            mw = int(min(excess_mw, available_mw - taken_mw.get(unit, 0)))
            if mw >= SMALLEST_ACTION_MW:
                taken_mw[unit] = taken_mw.get(unit, 0) + mw
                excess_mw -= mw


def _demand_mw(period: SettlementPeriod) -> float:
    """Lowest at night, highest at 14:00 UTC."""
    from_peak = (period.starts_at.hour + period.starts_at.minute / 60 - 14) / 9
    by_day = max(0.0, 1 - from_peak * from_peak)
    return NIGHT_DEMAND_MW + (DAY_DEMAND_MW - NIGHT_DEMAND_MW) * by_day


def _share_in_service(settlement_date: date) -> float:
    year, week, _ = settlement_date.isocalendar()
    chance = stream("maintenance", year, week)
    return LEAST_SHARE_IN_SERVICE + (1 - LEAST_SHARE_IN_SERVICE) * chance.random()
