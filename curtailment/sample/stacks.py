"""The bid stacks of the sample's dates, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from random import Random

from curtailment.sample.chance import stream
from curtailment.sample.dates import SAMPLE_FIRST_DATE
from curtailment.sample.network import Constrained
from curtailment.sample.prices import second_pair_price
from curtailment.sample.units import NON_WIND_FUEL_TYPES, SampleUnit
from curtailment.settlement import PERIOD_LENGTH, SettlementPeriod, next_working_day
from curtailment.sources import StackLine

MINUTES_PER_PERIOD = PERIOD_LENGTH // timedelta(minutes=1)
MINUTES_PER_HOUR = Decimal(60)
PRINTED_DIGITS = Context(prec=15)

RECALCULATED_AT = time(8, 5, tzinfo=UTC)

# The chance that a unit has at most one, two, three, four lines in a period.
AT_MOST_LINES = ((1, 0.50), (2, 0.80), (3, 0.94), (4, 1.0))
SHARE_SPLIT_EQUALLY = 0.002
SHARE_WITH_POSITIVE_PAIR = 0.004

# Flags. On most dates next to nothing is unflagged; on some, a good part is.
SHARE_OF_DAYS_BARELY_FLAGGED = 0.08
SHARE_CADL_ONLY = 0.025
SHARE_BOTH_FLAGS = 0.04
SHARE_NULL_FLAG = 0.004
SHARE_WITH_FINAL_PRICE = 0.08

NON_WIND_IDS = tuple(NON_WIND_FUEL_TYPES)
FEWEST_NON_WIND_LINES = 8
MOST_NON_WIND_LINES = 20
SHARE_OF_PERIODS_WITH_NULL_ID = 0.4
SHARE_OF_PERIODS_WITH_NUMBER_FOR_ID = 0.3


@dataclass(frozen=True)
class _Bid:
    """What a line says of its own; whole MW-minutes and pence, so that nothing is rounded."""

    bmu_id: str | None
    mw_minutes: int
    price_pence_per_mwh: int | None
    acceptance_id: int | None = None
    pair_id: int | None = None


class _Stack:
    """The lines of a period, and what all of them have in common."""

    def __init__(self, period: SettlementPeriod, chance: Random, unflagged_share: float) -> None:
        self.period = period
        self.chance = chance
        self.unflagged_share = unflagged_share
        self.lines: list[StackLine] = []
        self.created_at = _recalculated_at(period.settlement_date)
        self.multiplier = Decimal(9_850_000 + int(100_000 * chance.random())).scaleb(-7)

    def add(self, bid: _Bid, *, copies: int = 1) -> None:
        """Appends a line, or lines that are equal in every value."""
        so_flag, cadl_flag = self._flags()
        price = _pounds(bid.price_pence_per_mwh)
        is_final = self.chance.random() < SHARE_WITH_FINAL_PRICE
        for _ in range(copies):
            self.lines.append(
                StackLine(
                    settlement_date=self.period.settlement_date,
                    settlement_period=self.period.number,
                    id=bid.bmu_id,
                    so_flag=so_flag,
                    cadl_flag=cadl_flag,
                    original_price=price,
                    volume=_volume_mwh(bid.mw_minutes),
                    final_price=price if is_final else None,
                    transmission_loss_multiplier=None if bid.bmu_id is None else self.multiplier,
                    acceptance_id=bid.acceptance_id,
                    bid_offer_pair_id=bid.pair_id,
                    stor_provider_flag=False,
                    repriced_indicator=False,
                    created_date_time=self.created_at,
                    sequence_number=len(self.lines) + 1,
                )
            )

    def _flags(self) -> tuple[bool | None, bool | None]:
        """soFlag and cadlFlag of a line."""
        fall = self.chance.random()
        if fall < self.unflagged_share:
            return (None, False) if fall < SHARE_NULL_FLAG else (False, False)
        if fall > 1 - SHARE_NULL_FLAG:
            return True, None
        fall = self.chance.random()
        return fall >= SHARE_CADL_ONLY, fall < SHARE_CADL_ONLY + SHARE_BOTH_FLAGS


def bid_stacks(
    constrained: list[Constrained], prices: dict[SampleUnit, int]
) -> list[list[StackLine]]:
    """The bid stacks of a date's periods, in order."""
    chance = stream("stacks", constrained[0].period.settlement_date)
    unflagged_share = _unflagged_share(chance)
    stacks = []
    for moment in constrained:
        stack = _Stack(moment.period, chance, unflagged_share)
        for unit, taken_mw in moment.taken_mw.items():
            _add_wind(stack, unit, taken_mw, prices[unit])
        _add_others(stack)
        stacks.append(stack.lines)
    return stacks


def _unflagged_share(chance: Random) -> float:
    if chance.random() < SHARE_OF_DAYS_BARELY_FLAGGED:
        return 0.2 + 0.5 * chance.random()
    return 0.035 * chance.random()


def _add_wind(stack: _Stack, unit: SampleUnit, taken_mw: int, price: int) -> None:
    """Adds a unit's one to four lines: acceptances, and the bid-offer pairs of each."""
    acceptance_id = _first_acceptance_id(stack.period)
    prices = (price, second_pair_price(price))
    for index, part in enumerate(_parts(taken_mw * MINUTES_PER_PERIOD, stack.chance)):
        acceptance, pair = divmod(index, 2)
        fall = stack.chance.random()
        bid = _Bid(
            bmu_id=unit.bmu_id,
            mw_minutes=part,
            price_pence_per_mwh=prices[pair],
            acceptance_id=acceptance_id + acceptance,
            pair_id=1 if pair == 0 and fall < SHARE_WITH_POSITIVE_PAIR else -1 - pair,
        )
        if fall > 1 - SHARE_SPLIT_EQUALLY and part % 2 == 0:
            stack.add(replace(bid, mw_minutes=part // 2), copies=2)
        else:
            stack.add(bid)


def _parts(mw_minutes: int, chance: Random) -> Iterator[int]:
    """Splits a volume into one to four whole parts, none of them empty."""
    fall = chance.random()
    count = next(lines for lines, up_to in AT_MOST_LINES if fall < up_to)
    for _ in range(count - 1):
        part = 1 + int(mw_minutes * (0.15 + 0.5 * chance.random()))
        if part >= mw_minutes:
            break
        yield part
        mw_minutes -= part
    yield mw_minutes


def _add_others(stack: _Stack) -> None:
    """Adds bids of units that are not wind, and of trades that are no units at all."""
    chance = stack.chance
    for bmu_id in _other_ids(chance):
        mw_minutes = 60 + int(5_000 * chance.random())
        pence = None if bmu_id is None else 1_500 + int(6_000 * chance.random())
        stack.add(_Bid(bmu_id, mw_minutes, pence))


def _other_ids(chance: Random) -> Iterator[str | None]:
    more_lines = MOST_NON_WIND_LINES - FEWEST_NON_WIND_LINES
    for _ in range(FEWEST_NON_WIND_LINES + int((more_lines + 1) * chance.random())):
        yield NON_WIND_IDS[int(len(NON_WIND_IDS) * chance.random())]
    if chance.random() < SHARE_OF_PERIODS_WITH_NULL_ID:
        yield None
    if chance.random() < SHARE_OF_PERIODS_WITH_NUMBER_FOR_ID:
        yield str(100_000 + int(900_000 * chance.random()))


def _first_acceptance_id(period: SettlementPeriod) -> int:
    """Acceptance ids count up unit by unit; two are enough for a period."""
    day = (period.settlement_date - SAMPLE_FIRST_DATE).days
    return 20_000 + 2 * (50 * day + period.number)


def _recalculated_at(settlement_date: date) -> datetime:
    return datetime.combine(next_working_day(settlement_date), RECALCULATED_AT)


@lru_cache(maxsize=32_768)
def _volume_mwh(mw_minutes: int) -> Decimal:
    """The volume of a bid as it is printed: negative, with up to 15 digits."""
    return PRINTED_DIGITS.divide(Decimal(-mw_minutes), MINUTES_PER_HOUR)


@lru_cache(maxsize=32_768)
def _pounds(pence: int | None) -> Decimal | None:
    return None if pence is None else Decimal(pence).scaleb(-2)
