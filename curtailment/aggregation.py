"""From the accepted bid lines of a period to one row a wind unit. Pure and exact.

Every sum and product keeps all its digits; only quotients (prices) are rounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import (
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)

import msgspec

from curtailment.sources import StackLine

# Enough digits for any sum of the figures that a source may contain; losing one is an error.
EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow, DivisionByZero])
ROUNDING = Context(prec=60)
PRICE_DECIMALS = Decimal("1e-12")
ZERO = Decimal(0)


class UnpricedBid(ValueError):
    """A bid that took energy off a wind unit has no price, so its payment cannot be known."""


class EvidenceLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """What is kept of a stack line: all that decides a figure, and what identifies the action.

    When the line was published and its place in the stack are left out: they change with every
    run of Elexon's calculation, the facts do not.
    """

    acceptance_id: int | None
    bid_offer_pair_id: int | None
    so_flag: bool | None
    cadl_flag: bool | None
    stor_provider_flag: bool | None
    repriced_indicator: bool | None
    original_price: Decimal | None
    final_price: Decimal | None
    volume: Decimal
    transmission_loss_multiplier: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Energy (MWh), payment and loss-adjusted payment (GBP) of some lines.

    The loss-adjusted payment is None where a line has no transmission loss multiplier.
    """

    mwh: Decimal
    payment_gbp: Decimal
    loss_adjusted_payment_gbp: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """What was curtailed of one unit in one settlement period."""

    settlement_period: int
    bmu_id: str
    flagged: Figures
    so: Figures
    other: Figures
    original_price_gbp_per_mwh: Decimal | None
    final_price_gbp_per_mwh: Decimal | None
    transmission_loss_multiplier: Decimal | None
    so_flag: bool
    cadl_flag: bool
    # Evidence lines as JSON, sorted by value; equal lines all stand there.
    lines: tuple[bytes, ...]

    @property
    def lines_json(self) -> str:
        return f"[{b','.join(self.lines).decode()}]"


_evidence_encoder = msgspec.json.Encoder(decimal_format="number")


def aggregate_period(
    settlement_period: int, lines: Iterable[StackLine], wind_bmu_ids: frozenset[str]
) -> list[UnitPeriod]:
    """One row for each wind unit with accepted bid lines, in order of the units' ids.

    Raises UnpricedBid for a wind unit's line with a negative volume and no price.
    """
    by_unit: dict[str, list[StackLine]] = {}
    for line in lines:
        if line.id in wind_bmu_ids:
            by_unit.setdefault(line.id, []).append(line)
    with localcontext(EXACT):
        return [
            _aggregate_unit(settlement_period, bmu_id, by_unit[bmu_id])
            for bmu_id in sorted(by_unit)
        ]


def all_mwh(rows: Iterable[UnitPeriod]) -> Decimal:
    """Energy of rows under the definition `all`."""
    with localcontext(EXACT):
        return sum((row.flagged.mwh + row.other.mwh for row in rows), ZERO)


def _aggregate_unit(settlement_period: int, bmu_id: str, lines: list[StackLine]) -> UnitPeriod:
    bids = [line for line in lines if line.volume < 0]
    if any(line.original_price is None for line in bids):
        raise UnpricedBid(
            f"SP{settlement_period}: a bid line of wind unit {bmu_id} has no originalPrice, "
            "so its payment cannot be known."
        )
    flagged = [line for line in bids if line.so_flag or line.cadl_flag]
    return UnitPeriod(
        settlement_period=settlement_period,
        bmu_id=bmu_id,
        flagged=_sum_figures(flagged),
        so=_sum_figures([line for line in bids if line.so_flag]),
        other=_sum_figures([line for line in bids if not (line.so_flag or line.cadl_flag)]),
        original_price_gbp_per_mwh=_mean_price([(b.volume, b.original_price) for b in bids]),
        final_price_gbp_per_mwh=_mean_price([(b.volume, b.final_price) for b in bids]),
        transmission_loss_multiplier=_common_multiplier(bids),
        so_flag=any(line.so_flag for line in bids),
        cadl_flag=any(line.cadl_flag for line in bids),
        lines=tuple(sorted(map(_encode_evidence, lines))),
    )


def _sum_figures(bids: list[StackLine]) -> Figures:
    """The one place that turns Elexon's negative bid volume into curtailed energy.

    Negative volume times negative price is a payment to the farm; the sum stays signed.
    """
    mwh, payment_gbp, loss_adjusted = ZERO, ZERO, ZERO
    for bid in bids:
        line_payment_gbp = bid.volume * (bid.original_price or ZERO)
        mwh -= bid.volume
        payment_gbp += line_payment_gbp
        loss_adjusted += line_payment_gbp * (bid.transmission_loss_multiplier or ZERO)
    has_multipliers = all(bid.transmission_loss_multiplier is not None for bid in bids)
    return Figures(mwh, payment_gbp, loss_adjusted if has_multipliers else None)


def _mean_price(pairs: list[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The volume-weighted mean of the prices that are known, in GBP/MWh."""
    priced = [(volume, price) for volume, price in pairs if price is not None]
    prices = {price for _, price in priced}
    if len(prices) <= 1:
        return prices.pop() if prices else None
    paid = sum((volume * price for volume, price in priced), ZERO)
    volume = sum((volume for volume, _ in priced), ZERO)
    with localcontext(ROUNDING):
        return (paid / volume).quantize(PRICE_DECIMALS)


def _common_multiplier(bids: list[StackLine]) -> Decimal | None:
    """The transmission loss multiplier, where all lines have the same."""
    multipliers = {bid.transmission_loss_multiplier for bid in bids}
    return multipliers.pop() if len(multipliers) == 1 else None


def _encode_evidence(line: StackLine) -> bytes:
    """A line as JSON; equal values give equal bytes, however their zeros were printed."""
    return _evidence_encoder.encode(
        EvidenceLine(
            acceptance_id=line.acceptance_id,
            bid_offer_pair_id=line.bid_offer_pair_id,
            so_flag=line.so_flag,
            cadl_flag=line.cadl_flag,
            stor_provider_flag=line.stor_provider_flag,
            repriced_indicator=line.repriced_indicator,
            original_price=_canonical(line.original_price),
            final_price=_canonical(line.final_price),
            volume=line.volume.normalize(),
            transmission_loss_multiplier=_canonical(line.transmission_loss_multiplier),
        )
    )


def _canonical(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.normalize()
