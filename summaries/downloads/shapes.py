"""What is downloaded, whatever the format."""

import re
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
FORMULA_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# What it skips before it looks: spaces, and characters that are not seen.
SKIPPED = r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]*"
CONTROL_START = re.compile(r"^(?=[\t\r\n])")
# Where the list separator is another one than the comma, a cell may begin within a text.
FORMULA_START = re.compile(rf"(?:^|(?<=[;|])|(?<=[^\s']\t))(?={SKIPPED}[{FORMULA_STARTS}])")


def neutral(text: str) -> str:
    """A text that no spreadsheet runs: with an apostrophe before what looks like a formula."""
    return CONTROL_START.sub("'", FORMULA_START.sub("'", text))


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
