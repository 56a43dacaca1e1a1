"""From a row of the platform before to a stack line, or to the reason why it cannot be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext

from curtailment.aggregation import EXACT
from curtailment.legacy.table import TextRow
from curtailment.settlement import FIRST_SETTLEMENT_DATE, count_periods
from curtailment.sources import StackLine

# What a date may be followed by, where it was kept as a time.
MIDNIGHT = ("", " 00:00:00")
TRUE, FALSE = ("true", "t", "1"), ("false", "f", "0")
# A payment that was rounded to pence is no other one.
ROUNDING_GBP = Decimal("0.01")


class RefusedRow(Exception):
    """A row that cannot be taken; the message says why."""


@dataclass(frozen=True)
class ReadingRules:
    """What rows are judged by: the first day that is not over, and the units that are known, by
    whether they are wind.
    """

    today: date
    units: Mapping[str, bool]


def date_of(row: TextRow, rules: ReadingRules) -> date:
    """The settlement date of a row. Raises RefusedRow."""
    text = row["settlement_date"] or ""
    try:
        settlement_date = date.fromisoformat(text[:10])
    except ValueError as error:
        raise RefusedRow(f"settlement_date is {_shown(text)}, which is no date") from error
    if text[10:] not in MIDNIGHT:
        raise RefusedRow(f"settlement_date is {_shown(text)}, which is no date alone")
    if not FIRST_SETTLEMENT_DATE <= settlement_date < rules.today:
        raise RefusedRow(f"settlement_date is not between {FIRST_SETTLEMENT_DATE} and yesterday")
    return settlement_date


def line_of(row: TextRow, settlement_date: date, rules: ReadingRules) -> StackLine:
    """A row as the bid line that it was. Its payment is not taken over: it follows from volume
    and price, whose signs are known. Raises RefusedRow.
    """
    volume = _number(row, "volume")
    if volume is None or volume >= 0:
        raise RefusedRow(f"volume is {_shown(row['volume'])}, and has to be below zero")
    price = _number(row, "original_price")
    if price is None:
        raise RefusedRow("original_price is empty, so the payment cannot be known")
    return StackLine(
        settlement_date=settlement_date,
        settlement_period=_period(row, settlement_date),
        id=_unit(row, rules),
        so_flag=_flag(row, "so_flag"),
        cadl_flag=_flag(row, "cadl_flag"),
        original_price=price,
        volume=volume,
        final_price=_number(row, "final_price"),
    )


def has_other_payment(row: TextRow, line: StackLine) -> bool:
    """Whether the payment that was kept differs from the line's by more than sign and pence."""
    try:
        kept = _number(row, "payment")
    except RefusedRow:
        return True
    with localcontext(EXACT):
        computed = line.volume * (line.original_price or Decimal(0))
        return kept is not None and abs(abs(kept) - abs(computed)) > ROUNDING_GBP


def name_of(row: TextRow) -> str:
    """What tells a row from others, for those who look for it."""
    number = f"id {row['id']}, " if row.get("id") else ""
    period, unit = row["settlement_period"] or "-", row["bmu_id"] or "without unit"
    return f"{number}{row['settlement_date'] or 'without date'} SP{period} {unit}"


def _period(row: TextRow, settlement_date: date) -> int:
    text = row["settlement_period"] or ""
    last = count_periods(settlement_date)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= last):
        raise RefusedRow(f"settlement_period is {_shown(text)}, the day has 1 to {last}")
    return int(text)


def _unit(row: TextRow, rules: ReadingRules) -> str:
    unit = (row["bmu_id"] or "").strip()
    if not unit:
        raise RefusedRow("the unit is empty")
    if unit not in rules.units:
        raise RefusedRow(f"the register lacks {unit}: say in the admin whether it is wind")
    if not rules.units[unit]:
        raise RefusedRow(f"{unit} is not wind here: if it is, say so in the admin")
    return unit


def _number(row: TextRow, name: str) -> Decimal | None:
    text = row[name]
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise RefusedRow(f"{name} is {_shown(text)}, which is no number") from error
    if not number.is_finite():
        raise RefusedRow(f"{name} is {_shown(text)}, which is no number")
    return number


def _flag(row: TextRow, name: str) -> bool | None:
    text = row[name]
    if text is None:
        return None
    if text.lower() not in TRUE + FALSE:
        raise RefusedRow(f"{name} is {_shown(text)}, which is neither true nor false")
    return text.lower() in TRUE


def _shown(text: str | None) -> str:
    """A value as messages show it: of an overlong one the beginning."""
    return repr(text[:40]) if text else "empty"
