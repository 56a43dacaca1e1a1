"""What is downloaded, whatever the format."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from summaries.exports import format_instant
from summaries.reports.tables import Table, Value
from summaries.timeframes import Timeframe


@dataclass(frozen=True)
class Download:
    """`name` is that of the file without its ending; the first table is the main one.

    `about` says in pairs of label and value what the figures are, for the workbook.
    """

    name: str
    title: str
    made_at: datetime
    about: tuple[tuple[str, Value], ...]
    tables: tuple[Table, ...]


# A spreadsheet takes a cell that begins so for a formula; the wide forms of Asian keyboards too.
FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
CONTROL_STARTS = ("\t", "\r", "\n")


def neutral(text: str) -> str:
    """A text that no spreadsheet runs: with an apostrophe before what looks like a formula."""
    if text.startswith(CONTROL_STARTS) or text.lstrip().startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def is_figure(value: Value) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


def text_of(value: Value) -> str:
    """A value that is no figure, as files write it; empty if it is not known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Timeframe):
        return value.text
    if isinstance(value, datetime):
        return format_instant(value)
    return neutral(str(value))
