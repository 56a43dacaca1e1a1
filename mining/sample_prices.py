"""Sample prices of a bitcoin, made up, for the settlement dates of the sample data.

They rise and fall about as the price did in the spring of 2024, but none of them was ever quoted.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from curtailment.sample import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE
from curtailment.settlement import day_ends_at, iter_dates

# The curve's turning points, in GBP; between them it runs straight.
TURNING_POINTS = [
    (SAMPLE_FIRST_DATE, 49_200),
    (date(2024, 3, 13), 56_400),
    (date(2024, 3, 19), 49_800),
    (date(2024, 3, 27), 55_300),
    (date(2024, 4, 2), 52_100),
    (date(2024, 4, 8), 56_100),
    (date(2024, 4, 18), 49_700),
    (date(2024, 4, 22), 53_600),
    (date(2024, 5, 1), 46_100),
    (date(2024, 5, 6), 50_600),
    (date(2024, 5, 13), 49_000),
    (date(2024, 5, 21), 55_100),
    (SAMPLE_LAST_DATE, 53_100),
]
LARGEST_WOBBLE_GBP = 600
SEED = 840_000
LAST_QUOTE_BEFORE_MIDNIGHT = timedelta(minutes=5)


@dataclass(frozen=True)
class SamplePrice:
    """The price of a settlement date, quoted shortly before its London midnight end.

    The one without a settlement date is the price now.
    """

    settlement_date: date | None
    price_gbp: Decimal
    quoted_at: datetime


def sample_prices() -> list[SamplePrice]:
    """The prices of all sample dates, in order, and the price now; the same on every call."""
    wobble = random.Random(SEED)  # noqa: S311 (nothing secret)
    prices = [
        SamplePrice(day, _price_gbp(day, wobble), day_ends_at(day) - LAST_QUOTE_BEFORE_MIDNIGHT)
        for day in iter_dates(SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE)
    ]
    now = SamplePrice(None, _price_gbp(SAMPLE_LAST_DATE, wobble), day_ends_at(SAMPLE_LAST_DATE))
    return [*prices, now]


def _price_gbp(day: date, wobble: random.Random) -> Decimal:
    pence = 100 * (_curve_gbp(day) + (2 * wobble.random() - 1) * LARGEST_WOBBLE_GBP)
    return Decimal(round(pence)) / 100


def _curve_gbp(day: date) -> float:
    """The straight line between the turning points around a date."""
    for (start, from_gbp), (end, to_gbp) in zip(TURNING_POINTS, TURNING_POINTS[1:], strict=False):
        if start <= day <= end:
            return from_gbp + (to_gbp - from_gbp) * ((day - start) / (end - start))
    raise ValueError(f"{day} has no sample price.")
