"""Actual wind output of the sample: what the weather gives, less what was turned down."""

from decimal import Decimal

from curtailment.sample.network import Constrained
from curtailment.sample.weather import Region
from curtailment.sources import WindOutput

# The wind farms of Great Britain, by region, rounded.
ONSHORE_FLEET_MW = {
    Region.NORTH_SCOTLAND: 4_300,
    Region.SOUTH_SCOTLAND: 4_900,
    Region.ENGLAND: 4_500,
}
OFFSHORE_FLEET_MW = {Region.SCOTTISH_SEA: 2_900, Region.ENGLAND: 11_500}
LEAST_OUTPUT_MW = 900


def wind_output(constrained: list[Constrained]) -> list[WindOutput]:
    """Output of the periods of a date, onshore and offshore, in whole half MWh."""
    return [_output(moment) for moment in constrained]


def _output(moment: Constrained) -> WindOutput:
    turned_down_mw = [0, 0]
    for unit, mw in moment.taken_mw.items():
        turned_down_mw[unit.is_offshore] += mw
    onshore, offshore = (
        _mwh(moment, fleet_mw, down_mw)
        for fleet_mw, down_mw in zip(
            (ONSHORE_FLEET_MW, OFFSHORE_FLEET_MW), turned_down_mw, strict=True
        )
    )
    return WindOutput(
        settlement_date=moment.period.settlement_date,
        settlement_period=moment.period.number,
        onshore_mwh=onshore,
        offshore_mwh=offshore,
    )


def _mwh(moment: Constrained, fleet_mw: dict[Region, int], turned_down_mw: int) -> Decimal:
    """Half of the MW, as a period is half an hour."""
    output_mw = sum(mw * moment.capacity_factors[region] for region, mw in fleet_mw.items())
    return Decimal(round(max(output_mw - turned_down_mw, LEAST_OUTPUT_MW))) / 2
