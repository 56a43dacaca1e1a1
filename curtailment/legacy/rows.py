"""From a row of the platform before to a stack line, or to the reason why it cannot be one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from curtailment.aggregation import EXACT
from curtailment.elexon.decoding import LONGEST_ID, check_number
from curtailment.elexon.faults import RefusedAnswer, shown
from curtailment.elexon.settlement_indicative import LARGEST_CASH_FLOW_GBP
from curtailment.elexon.stack import LARGEST_PRICE_GBP_PER_MWH, LARGEST_VOLUME_MWH
from curtailment.legacy.table import TextRow
from curtailment.settlement import FIRST_SETTLEMENT_DATE, count_periods
from curtailment.sources import LONGEST_NAME, StackLine

# What a date may be followed by, where it was kept as a time.
MIDNIGHT = ("", " 00:00:00")
TRUE, FALSE = ("true", "t", "1"), ("false", "f", "0")
# A table of texts may hold anything: neither is what Python or a key would take it for.
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,9})?", re.ASCII | re.IGNORECASE)
PERIOD = re.compile(r"\d{1,2}", re.ASCII)
# Written otherwise a date would come apart from its other rows, and replace them.
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# By what they are called here: how large a number may be, in which unit, as of Elexon's answers.
LIMITS = {
    "volume": (LARGEST_VOLUME_MWH, "MWh"),
    "original_price": (LARGEST_PRICE_GBP_PER_MWH, "GBP/MWh"),
    "final_price": (LARGEST_PRICE_GBP_PER_MWH, "GBP/MWh"),
    "payment": (LARGEST_CASH_FLOW_GBP, "GBP"),
}
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
    settlement_date = _iso_date(text[:10])
    if settlement_date is None:
        raise RefusedRow(f"settlement_date is {_shown(text)}, which is no date")
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
    period, unit = shown(row["settlement_period"] or "-"), shown(row["bmu_id"] or "without unit")
    return f"{number}{shown(row['settlement_date'] or 'without date')} SP{period} {unit}"


def unit_named(row: TextRow) -> str:
    """The id that a row has for its unit; empty where it can be none."""
    unit = (row["bmu_id"] or "").strip()
    return unit if len(unit) <= LONGEST_ID and unit.isprintable() else ""


def lead_party_of(row: TextRow) -> str:
    """The company of a row, in single spaces; empty where it is not known. Raises RefusedRow."""
    party = " ".join((row["lead_party"] or "").split())
    if len(party) > LONGEST_NAME or not party.isprintable():
        raise RefusedRow(f"lead_party is {_shown(party)}, which is no short, printable text")
    return party


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None


def _period(row: TextRow, settlement_date: date) -> int:
    text = row["settlement_period"] or ""
    last = count_periods(settlement_date)
    if not (PERIOD.fullmatch(text) and 1 <= int(text) <= last):
        raise RefusedRow(f"settlement_period is {_shown(text)}, the day has 1 to {last}")
    return int(text)


def _unit(row: TextRow, rules: ReadingRules) -> str:
    if not (row["bmu_id"] or "").strip():
        raise RefusedRow("the unit is empty")
    unit = unit_named(row)
    if not unit:
        raise RefusedRow("the unit is no short, printable text")
    if unit not in rules.units:
        raise RefusedRow(f"the register lacks {unit}: say in the admin whether it is wind")
    if not rules.units[unit]:
        raise RefusedRow(f"{unit} is not wind here: if it is, say so in the admin")
    return unit


def _number(row: TextRow, name: str) -> Decimal | None:
    text = row[name]
    if text is None:
        return None
    if not NUMBER.fullmatch(text.strip()):
        raise RefusedRow(f"{name} is {_shown(text)}, which is no number")
    number, (largest, unit) = Decimal(text), LIMITS[name]
    try:
        check_number(number, place=name, largest=largest, unit=unit)
    except RefusedAnswer as error:
        raise RefusedRow(str(error)) from error
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
