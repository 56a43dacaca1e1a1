"""What staff propose that a record should say: values that cannot be invalid."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal

from curtailment.settlement import (
    FIRST_SETTLEMENT_DATE,
    InvalidSettlementPeriod,
    SettlementPeriod,
    settlement_date_at,
)

# What a unit could not curtail, or be paid for it, in half an hour.
LARGEST_MWH = 10_000
LARGEST_GBP = 100_000_000
# Those of Elexon's volumes, and of their products with prices.
MOST_DECIMALS_OF_MWH = 30
MOST_DECIMALS_OF_GBP = 60
LONGEST_REASON = 500

# Each energy with its payment, and what the two are called.
PAIRS = (
    ("curtailed_mwh", "payment_gbp", "flagged"),
    ("so_mwh", "so_payment_gbp", "the system operator's"),
    ("other_mwh", "other_payment_gbp", "unflagged"),
)


class InvalidCorrection(ValueError):
    """A correction that is refused: a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {sentence}" for field, sentence in errors.items()))
        self.errors = dict(errors)


class Conflict(Exception):
    """What a correction was made for is no longer what is stored; the message says what to do."""


@dataclass(frozen=True, order=True)
class RecordKey:
    """Which record: one unit in one settlement period. Whether it exists is another question."""

    settlement_date: date
    settlement_period: int
    bmu_id: str

    def __str__(self) -> str:
        return f"{self.settlement_date} SP{self.settlement_period} {self.bmu_id}"

    def timing_errors(self, *, now: datetime) -> dict[str, str]:
        """What is wrong with its date and period, by field: neither may be yet to come."""
        if self.settlement_date < FIRST_SETTLEMENT_DATE:
            sentence = f"is before {FIRST_SETTLEMENT_DATE}, the first settlement date."
            return {"settlement_date": f"{self.settlement_date} {sentence}"}
        today = settlement_date_at(now)
        if self.settlement_date > today:
            return {"settlement_date": f"{self.settlement_date} is after today, {today}."}
        try:
            period = SettlementPeriod(self.settlement_date, self.settlement_period)
        except InvalidSettlementPeriod as error:
            return {"settlement_period": str(error)}
        if period.starts_at > now:
            return {"settlement_period": f"{period} has not begun yet."}
        return {}


@dataclass(frozen=True)
class CorrectedFigures:
    """The six figures of a record: flagged, of it the system operator's, and unflagged.

    Energies are not negative; payments have a sign, positive is money to the farm. Without energy
    there is no payment. Raises InvalidCorrection with every field that is wrong.
    """

    curtailed_mwh: Decimal
    payment_gbp: Decimal
    so_mwh: Decimal
    so_payment_gbp: Decimal
    other_mwh: Decimal
    other_payment_gbp: Decimal

    def __post_init__(self) -> None:
        errors = self._number_errors() or self._energy_errors()
        if errors:
            raise InvalidCorrection(errors)

    @property
    def values(self) -> tuple[Decimal, ...]:
        """The figures in the order of their columns."""
        return astuple(self)

    def _number_errors(self) -> dict[str, str]:
        errors = {}
        for mwh, gbp, _ in PAIRS:
            errors[mwh] = _number_error(self._of(mwh), LARGEST_MWH, MOST_DECIMALS_OF_MWH, "MWh")
            errors[gbp] = _number_error(self._of(gbp), LARGEST_GBP, MOST_DECIMALS_OF_GBP, "GBP")
        return {field: sentence for field, sentence in errors.items() if sentence}

    def _energy_errors(self) -> dict[str, str]:
        errors = {}
        for mwh, gbp, label in PAIRS:
            if self._of(mwh) < 0:
                errors[mwh] = "Curtailed energy is not negative: write it as a positive number."
            elif not self._of(mwh) and self._of(gbp):
                errors[gbp] = f"Without {label} energy there is no payment: write 0."
        if not errors.keys() & {"curtailed_mwh", "so_mwh"} and self.so_mwh > self.curtailed_mwh:
            errors["so_mwh"] = "It is a part of the flagged energy and cannot be more than that."
        return errors

    def _of(self, field: str) -> Decimal:
        return getattr(self, field)


@dataclass(frozen=True)
class Proposal:
    """A record, the figures that it should have, why, and the state in which it was seen."""

    key: RecordKey
    figures: CorrectedFigures
    reason: str
    seen: str

    def __post_init__(self) -> None:
        check_reason(self.reason)


def check_reason(reason: str) -> None:
    """Raises InvalidCorrection unless a reason says something, and not too much."""
    if not reason.strip():
        raise InvalidCorrection({"reason": "Say why."})
    if len(reason) > LONGEST_REASON:
        raise InvalidCorrection({"reason": f"Use at most {LONGEST_REASON} characters."})
    if "\0" in reason:
        raise InvalidCorrection({"reason": "It has a character that is no text."})


def _number_error(number: Decimal, largest: int, most_decimals: int, unit: str) -> str:
    if not number.is_finite():
        return "Write a number."
    if abs(number) > largest:
        return f"It cannot be more than {largest:,} {unit} in half an hour."
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -most_decimals:
        return f"Use at most {most_decimals} decimals."
    return ""
