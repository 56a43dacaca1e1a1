"""The weather of the sample: fronts that pass over Great Britain, and gusts between them.

Arithmetic is plus, minus, times and divided by only, which floating point does alike everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from curtailment.sample.chance import stream
from curtailment.sample.dates import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE
from curtailment.settlement import SettlementPeriod, day_ends_at, day_starts_at

STARTS_AT = day_starts_at(SAMPLE_FIRST_DATE)
TOTAL_HOURS = (day_ends_at(SAMPLE_LAST_DATE) - STARTS_AT).total_seconds() / 3600

# Of the springs that chance offers, one with calm days, gales and a windier March than May.
SPRING = 8
# Wind weakens from March to May, to this share of what it was.
WEAKENS_TO = 0.7
HOURS_BETWEEN_GUSTS = 5
HOURS_OF_CALM = 30
STRONG_WIND = 0.5


class Region(StrEnum):
    """Where wind farms stand that the same wind blows on."""

    SCOTTISH_SEA = "scottish sea"
    NORTH_SCOTLAND = "north Scotland"
    SOUTH_SCOTLAND = "south Scotland"
    ENGLAND = "England"


@dataclass(frozen=True)
class Exposure:
    """How a front that passes in the north, or in the south, is felt in a region, and when."""

    to_north: float
    to_south: float
    lag_hours: float
    calm: float


EXPOSURES = {
    Region.SCOTTISH_SEA: Exposure(1.05, 0.70, lag_hours=3, calm=0.16),
    Region.NORTH_SCOTLAND: Exposure(1.00, 0.55, lag_hours=0, calm=0.13),
    Region.SOUTH_SCOTLAND: Exposure(0.70, 0.80, lag_hours=4, calm=0.13),
    Region.ENGLAND: Exposure(0.35, 0.85, lag_hours=9, calm=0.16),
}


@dataclass(frozen=True)
class Front:
    """A windy spell: its peak, the hours before and after it, its strength and its track."""

    peak_hour: float
    rise_hours: float
    fall_hours: float
    strength: float
    north: float

    def at(self, hour: float) -> float:
        """The share of the strength that is felt: a smooth bump from 0 to 1 to 0."""
        away = hour - self.peak_hour
        share = away / (self.fall_hours if away > 0 else self.rise_hours)
        left = max(0.0, 1 - share * share)
        return left * left


def capacity_factor(region: Region, period: SettlementPeriod) -> float:
    """What the wind of a region gives in a period, as a share of the capacity, 0.02 to 0.70."""
    exposure = EXPOSURES[region]
    hour = (period.starts_at - STARTS_AT).total_seconds() / 3600
    felt = exposure.calm * (0.5 + 1.5 * _smooth(_chances("calm", region), hour / HOURS_OF_CALM))
    hour -= exposure.lag_hours
    for front in _fronts_felt(int(hour // HOURS_OF_CALM)):
        track = front.north * exposure.to_north + (1 - front.north) * exposure.to_south
        felt += front.at(hour) * front.strength * track
    gust = 0.8 + 0.4 * _smooth(_chances("gusts", region), hour / HOURS_BETWEEN_GUSTS + 10)
    return min(max(_output(felt * gust), 0.02), 0.70)


def _output(wind: float) -> float:
    """The capacity factor of a wind; not all turbines of a region have a strong one at once."""
    return wind if wind < STRONG_WIND else STRONG_WIND + (wind - STRONG_WIND) * 0.25


@cache
def _fronts_felt(spell: int) -> list[Front]:
    """The fronts that are felt at any time of a spell, counted in HOURS_OF_CALM from the start."""
    begins, ends = spell * HOURS_OF_CALM, (spell + 1) * HOURS_OF_CALM
    return [
        front
        for front in _fronts()
        if front.peak_hour - front.rise_hours < ends and front.peak_hour + front.fall_hours > begins
    ]


@cache
def _fronts() -> tuple[Front, ...]:
    """The fronts of all sample dates; the first and last ones pass partly outside."""
    chance = stream("fronts", SPRING)
    fronts = []
    hour = -40.0
    while hour < TOTAL_HOURS + 40:
        season = 1 - (1 - WEAKENS_TO) * hour / TOTAL_HOURS
        fronts.append(
            Front(
                peak_hour=hour,
                rise_hours=16 + 18 * chance.random(),
                fall_hours=22 + 34 * chance.random(),
                strength=season * (0.30 + 0.55 * chance.random()),
                north=chance.random(),
            )
        )
        hour += 30 + 100 * chance.random() * chance.random()
    return tuple(fronts)


@cache
def _chances(name: str, region: Region) -> tuple[float, ...]:
    """More values than there are steps of the shortest kind."""
    chance = stream(name, region)
    return tuple(chance.random() for _ in range(int(TOTAL_HOURS / HOURS_BETWEEN_GUSTS) + 20))


def _smooth(values: Sequence[float], position: float) -> float:
    """The value at a position between two values, without a kink at either."""
    index = int(position)
    share = position - index
    eased = share * share * (3 - 2 * share)
    return values[index] + (values[index + 1] - values[index]) * eased
