"""Comparing a stored day with what Elexon says of it beside the stack. Pure and exact.

Volumes and payments stay signed as Elexon signs them: what is compared is what was published.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from curtailment.aggregation import EXACT, ZERO
from curtailment.sources import IndicativeCashFlow, IndicativeVolume

# Of a unit and day. The sources print their figures with few decimals.
TOLERANCE_MWH = Decimal("0.01")
TOLERANCE_GBP = Decimal(1)
MOST_PERIODS_LISTED = 5


class Verdict(StrEnum):
    """What came of a comparison. Only what was compared whole, and agrees, is verified."""

    VERIFIED = "verified"
    DIFFERS = "differs"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True)
class UnitStack:
    """A unit's stored bid lines of a day, whatever their flag and sign.

    The payment includes losses, and is null where a price or loss multiplier of it is.
    """

    volume_mwh: Decimal
    cash_flow_gbp: Decimal | None
    periods: frozenset[int]


@dataclass(frozen=True)
class Pair:
    """A unit's figure in the stack and in another source; null is not known."""

    stack: Decimal | None
    indicative: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """The stack's figure less the other; null where they cannot be compared."""
        if self.stack is None or self.indicative is None:
            return None
        with localcontext(EXACT):
            return self.stack - self.indicative


@dataclass(frozen=True)
class Comparison:
    """One source against the stack, by unit. `reason` says why it was not compared, if so."""

    pairs: Mapping[str, Pair]
    tolerance: Decimal
    reason: str = ""

    @property
    def differing(self) -> dict[str, Decimal]:
        """The differences beyond the tolerance, by unit."""
        differences = {bmu_id: pair.difference for bmu_id, pair in self.pairs.items()}
        return {
            bmu_id: difference
            for bmu_id, difference in differences.items()
            if difference is not None and abs(difference) > self.tolerance
        }

    @property
    def not_comparable(self) -> list[str]:
        """Units of which a figure is not known."""
        return sorted(bmu_id for bmu_id, pair in self.pairs.items() if pair.difference is None)

    @property
    def totals(self) -> Pair:
        """Of the units that could be compared; null if the source was not compared at all."""
        if self.reason:
            return Pair(None, None)
        pairs = [pair for pair in self.pairs.values() if pair.difference is not None]
        return Pair(
            add(pair.stack for pair in pairs),
            add(pair.indicative for pair in pairs),
        )

    @property
    def differing_amount(self) -> Decimal:
        """The sizes of the differences, added: a plus of one unit does not hide another's minus."""
        return add(abs(difference) for difference in self.differing.values())


@dataclass(frozen=True)
class Verification:
    """A stored day against both sources."""

    volumes: Comparison
    cash_flows: Comparison

    @property
    def verdict(self) -> Verdict:
        if self.differing_units:
            return Verdict.DIFFERS
        return Verdict.NOT_AVAILABLE if self.reason else Verdict.VERIFIED

    def __str__(self) -> str:
        if self.verdict is Verdict.VERIFIED:
            return f"verified: {_bm_units(len(self.units))} compared."
        if self.verdict is Verdict.NOT_AVAILABLE:
            return f"not available: {self.reason}"
        mwh, gbp = self.volumes.differing_amount, self.cash_flows.differing_amount
        return f"differs by {mwh:f} MWh and {gbp:f} GBP in {_bm_units(len(self.differing_units))}."

    @property
    def units(self) -> set[str]:
        return {*self.volumes.pairs, *self.cash_flows.pairs}

    @property
    def differing_units(self) -> list[str]:
        """The units that differ in either figure, the largest payment first, then the volume."""
        volumes, cash_flows = self.volumes.differing, self.cash_flows.differing

        def size(bmu_id: str) -> tuple[Decimal, Decimal, str]:
            gbp, mwh = (found.get(bmu_id, ZERO) for found in (cash_flows, volumes))
            return -abs(gbp), -abs(mwh), bmu_id

        return sorted({*volumes, *cash_flows}, key=size)

    @property
    def not_comparable(self) -> list[str]:
        return sorted({*self.volumes.not_comparable, *self.cash_flows.not_comparable})

    @property
    def reason(self) -> str:
        """Why not all could be compared, in sentences; empty if it could."""
        reasons = list(dict.fromkeys([self.volumes.reason, self.cash_flows.reason]))
        if count := len(self.not_comparable):
            units = _bm_units(count)
            reasons.append(f"A figure, price or loss multiplier of {units} is not published.")
        return " ".join(filter(None, reasons))


def add(figures: Iterable[Decimal | None]) -> Decimal:
    """The exact sum; null adds nothing."""
    with localcontext(EXACT):
        return sum((figure for figure in figures if figure is not None), ZERO)


def compare(
    stack: Mapping[str, UnitStack],
    *,
    volumes: Iterable[IndicativeVolume],
    cash_flows: Iterable[IndicativeCashFlow],
    wind_bmu_ids: Set[str],
) -> Verification:
    """A day's stored lines against Elexon's indicative volumes and cash flows.

    Compared are the units of the stack, and of the sources those that are wind.
    """
    periods = frozenset[int]().union(*(unit.periods for unit in stack.values()))
    units = wind_bmu_ids | stack.keys()
    return Verification(
        volumes=_compare(
            {bmu_id: unit.volume_mwh for bmu_id, unit in stack.items()},
            [(row.settlement_period, row.bmu_id, row.volume_mwh) for row in volumes],
            periods=periods,
            units=units,
            tolerance=TOLERANCE_MWH,
            name="indicative volumes",
        ),
        cash_flows=_compare(
            {bmu_id: unit.cash_flow_gbp for bmu_id, unit in stack.items()},
            [(row.settlement_period, row.bmu_id, row.cash_flow_gbp) for row in cash_flows],
            periods=periods,
            units=units,
            tolerance=TOLERANCE_GBP,
            name="indicative cash flows",
        ),
    )


def not_compared(reason: str) -> Verification:
    """A day that nothing was compared with, for the reason that a sentence says."""
    return Verification(
        volumes=Comparison({}, TOLERANCE_MWH, reason),
        cash_flows=Comparison({}, TOLERANCE_GBP, reason),
    )


def _compare(
    stack: Mapping[str, Decimal | None],
    rows: list[tuple[int, str | None, Decimal | None]],
    *,
    periods: frozenset[int],
    units: Set[str],
    tolerance: Decimal,
    name: str,
) -> Comparison:
    """An answer that has nothing of a day, or of a period with bids, is no zero: not compared."""
    if not rows:
        return Comparison({}, tolerance, f"Elexon has no {name} of the day.")
    if missing := sorted(periods - {period for period, _, _ in rows}):
        listed = ", ".join(str(period) for period in missing[:MOST_PERIODS_LISTED])
        more = len(missing) - MOST_PERIODS_LISTED
        others = f" and {more} more" if more > 0 else ""
        reason = f"Elexon's {name} lack settlement periods {listed}{others}."
        return Comparison({}, tolerance, reason)
    sums = _sums(rows, units)
    pairs = {
        bmu_id: Pair(stack.get(bmu_id, ZERO), sums.get(bmu_id, ZERO))
        for bmu_id in sorted(stack.keys() | sums.keys())
    }
    return Comparison(pairs, tolerance)


def _sums(
    rows: list[tuple[int, str | None, Decimal | None]], units: Set[str]
) -> dict[str, Decimal | None]:
    """By unit, over the day; null where one of its figures is."""
    by_unit: dict[str, list[Decimal | None]] = {}
    for _, bmu_id, figure in rows:
        if bmu_id is not None and bmu_id in units:
            by_unit.setdefault(bmu_id, []).append(figure)
    return {
        bmu_id: None if None in figures else add(figures) for bmu_id, figures in by_unit.items()
    }


def _bm_units(count: int) -> str:
    return "1 BM Unit" if count == 1 else f"{count} BM Units"
