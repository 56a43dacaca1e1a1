"""What the sample's wind units bid on a date, in whole pence per MWh."""

from datetime import date

from curtailment.sample.chance import stream
from curtailment.sample.units import SampleUnit, sample_units

# A unit's bid strays this share from its usual one; now and then it pays instead of being paid.
# Who pays is turned down first, so of the unit-days with bids the share is larger: about 1.5 %.
LARGEST_STRAY = 0.06
SHARE_OF_DAYS_THAT_PAY = 0.01
LEAST_PAID_PENCE = 150
MOST_PAID_PENCE = 6_500


def bid_prices(settlement_date: date) -> dict[SampleUnit, int]:
    """The price of each unit's first bid-offer pair: negative where the farm is paid."""
    chance = stream("prices", settlement_date)
    return {unit: _bid_price(unit, chance.random(), chance.random()) for unit in sample_units()}


def second_pair_price(first_pair_price: int) -> int:
    """What a unit bids for being turned down further: always less."""
    return first_pair_price - 25 - abs(first_pair_price) * 8 // 100


def _bid_price(unit: SampleUnit, payer: float, stray: float) -> int:
    if payer < SHARE_OF_DAYS_THAT_PAY:
        return round(LEAST_PAID_PENCE + stray * (MOST_PAID_PENCE - LEAST_PAID_PENCE))
    return round(unit.usual_bid_pence_per_mwh * (1 + (2 * stray - 1) * LARGEST_STRAY))
