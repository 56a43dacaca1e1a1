"""What charts are made from, and what they are."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.safestring import SafeString

from summaries.templatetags.figures import write

Figures = tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Measure:
    """What figures are of, their unit, and the decimals that they are written with."""

    name: str
    unit: str
    decimals: int

    @property
    def title(self) -> str:
        return f"{self.name} ({self.unit})"

    def write(self, figure: Decimal | None) -> str:
        """E.g. 735.50, as tables have it."""
        return write(figure, self.decimals)

    def say(self, figure: Decimal | None) -> str:
        """E.g. 735.50 MWh, as marks have it."""
        return "no data" if figure is None else f"{self.write(figure)} {self.unit}"


ENERGY = Measure("Curtailed energy", "MWh", 2)
PAYMENT = Measure("Payment", "GBP", 2)
BITCOIN = Measure("Bitcoin", "BTC", 8)


@dataclass(frozen=True)
class Category:
    """A place on the horizontal axis: its name, and the lines of its tick, if it has one."""

    label: str
    tick: tuple[str, ...] = ()


class Kind(StrEnum):
    """How a panel is drawn. Bars start at zero; negative ones hang below it in another color."""

    BARS = "bars"
    AREA = "area"


@dataclass(frozen=True)
class Panel:
    """One measure over all categories: a figure for each, null for a gap. Colors count from 1.

    `signs` are what figures above and below zero are, for a legend where there are both.
    """

    measure: Measure
    figures: Figures
    kind: Kind = Kind.BARS
    color: int = 1
    signs: tuple[str, str] | None = None


@dataclass(frozen=True)
class Series:
    """A line among others of one measure."""

    name: str
    figures: Figures


@dataclass(frozen=True)
class Table:
    """The figures of a chart. The first cell of a row names it."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LegendEntry:
    """A text, the class that colors its swatch, and the swatch's shape."""

    swatch: str
    text: str
    shape: str = "■"


@dataclass(frozen=True)
class Chart:
    """A finished chart. `follow` says how the pointer finds a mark: by x, by y or by both."""

    key: str
    title: str
    description: str
    svg: SafeString
    table: Table
    follow: str = "x"
    legend: tuple[LegendEntry, ...] = ()
