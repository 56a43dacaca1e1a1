"""Tables of figures that pages show and downloads carry, so that both say the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from summaries.timeframes import Timeframe

Value = Decimal | int | bool | str | datetime | Timeframe | None


class CellKind(StrEnum):
    """What a value is, which says how a page writes it and what it links to."""

    TEXT = "text"
    UNIT = "unit"
    LEAD_PARTY = "lead_party"
    TIMEFRAME = "timeframe"
    INSTANT = "instant"
    FLAG = "flag"
    COUNT = "count"
    MWH = "mwh"
    GBP = "gbp"
    BTC = "btc"
    PERCENT = "percent"
    DIFFICULTY = "difficulty"
    RATIO = "ratio"
    # Of any unit, which stands beside it.
    FIGURE = "figure"

    @property
    def is_number(self) -> bool:
        return self in NUMBERS


NUMBERS = frozenset(
    {
        CellKind.COUNT,
        CellKind.MWH,
        CellKind.GBP,
        CellKind.BTC,
        CellKind.PERCENT,
        CellKind.DIFFICULTY,
        CellKind.RATIO,
        CellKind.FIGURE,
    }
)


@dataclass(frozen=True)
class Column:
    """`key` is its name in JSON, `title` its header with the unit."""

    key: str
    title: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True)
class Figure:
    """A column's value: one cell of a table, or a headline."""

    column: Column
    value: Value


@dataclass(frozen=True)
class Table:
    """Rows in the order in which they are shown, each with a value for every column."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    def figures(self) -> Iterator[tuple[Figure, ...]]:
        """The rows, each value with its column."""
        for row in self.rows:
            yield tuple(Figure(*pair) for pair in zip(self.columns, row, strict=True))

    def values(self, key: str) -> tuple[Any, ...]:
        """A column's values. Raises ValueError if there is no column of that key."""
        place = [column.key for column in self.columns].index(key)
        return tuple(row[place] for row in self.rows)

    def with_some(self, key: str) -> "Table":
        """Only the rows whose value in a column is neither unknown nor zero."""
        kept = zip(self.rows, self.values(key), strict=True)
        return replace(self, rows=tuple(row for row, value in kept if value))

    def by_most(self, key: str) -> "Table":
        """Its rows by a column of figures, the largest first."""
        pairs = zip(self.values(key), self.rows, strict=True)
        ordered = sorted(pairs, key=lambda pair: pair[0], reverse=True)
        return replace(self, rows=tuple(row for _, row in ordered))


def table_of(key: str, title: str, columns: tuple[Column, ...], items: Iterable[object]) -> Table:
    """The table of items that have an attribute for every column."""
    rows = tuple(tuple(getattr(item, column.key) for column in columns) for item in items)
    return Table(key, title, columns, rows)


MWH = Column("curtailed_mwh", "Curtailed (MWh)", CellKind.MWH)
PAYMENT = Column("payment_gbp", "Payment (GBP)", CellKind.GBP)
PAYMENT_PER_MWH = Column("payment_gbp_per_mwh", "GBP/MWh", CellKind.GBP)
BITCOIN = Column("bitcoin_mined", "Bitcoin (BTC)", CellKind.BTC)
VALUE = Column("value_gbp", "Value (GBP)", CellKind.GBP)
AVERAGE_DIFFICULTY = Column("average_difficulty", "Average difficulty", CellKind.DIFFICULTY)
SHARE = Column("share_percent", "Share (%)", CellKind.PERCENT)
FARM = Column("farm", "BM Unit", CellKind.UNIT)
NAME = Column("name", "Name")
FARM_NAME = Column("farm_name", "Wind farm")
LEAD_PARTY = Column("lead_party", "Lead party", CellKind.LEAD_PARTY)
IS_COMPLETE = Column("is_complete", "Complete", CellKind.FLAG)
ANY_FIGURE = Column("figure", "Figure", CellKind.FIGURE)
UNIT = Column("unit", "Unit")
