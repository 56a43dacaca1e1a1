"""Energy, bitcoin and payments over days, months or half-hours."""

from collections.abc import Callable, Iterable, Sequence

from summaries import charts
from summaries.charts import BITCOIN, ENERGY, PAYMENT, Category, Chart, Kind, Panel
from summaries.charts.shapes import Figures
from summaries.timeframes import Kind as Length
from summaries.timeframes import Timeframe

LABELED_DAYS = (1, 5, 10, 15, 20, 25, 30)
LABELED_MONTHS = (1, 4, 7, 10)
# More months than these have no room for a name each, on a phone.
MAX_NAMES = 12
PAYERS = ("paid to wind farms", "paid by wind farms")


def energy_and_payment(
    figures: Callable[[str], Figures], places: Sequence[Category], *, heading: str, each: str
) -> tuple[Chart, Chart]:
    """Energy above bitcoin, and payments with their sign.

    `figures` gives the figures of a name for all places; `heading` is what these are, and `each`
    ends the titles after "by".
    """
    energy = charts.panels(
        key="energy",
        title=f"Curtailed energy (MWh) and bitcoin (BTC) by {each}",
        description="Bars of energy above an area of the bitcoin that it could have mined.",
        heading=heading,
        categories=places,
        panels=[
            Panel(ENERGY, figures("curtailed_mwh")),
            Panel(BITCOIN, figures("bitcoin_mined"), Kind.AREA, color=2),
        ],
    )
    payment = charts.panels(
        key="payment",
        title=f"Payment (GBP) by {each}",
        description="Bars below zero, in another color, are payments by wind farms.",
        heading=heading,
        categories=places,
        panels=[Panel(PAYMENT, figures("payment_gbp"), color=3, signs=PAYERS)],
    )
    return energy, payment


def places_of(timeframes: Iterable[Timeframe]) -> list[Category]:
    """A place for each day or month. Years are marked where there are several."""
    frames = list(timeframes)
    labeled = [frame for frame in frames if _is_labeled(frame, frames)]
    return [
        Category(frame.label, _tick(frame, labeled) if frame in labeled else ()) for frame in frames
    ]


def _is_labeled(frame: Timeframe, frames: Sequence[Timeframe]) -> bool:
    if frame.kind is Length.DAILY:
        return frame.first.day in LABELED_DAYS
    return len(frames) <= MAX_NAMES or frame.first.month in LABELED_MONTHS


def _tick(frame: Timeframe, labeled: Sequence[Timeframe]) -> tuple[str, ...]:
    if frame.kind is Length.DAILY:
        return (str(frame.first.day),)
    year = (str(frame.first.year),) if _marks_year(frame, labeled) else ()
    return (f"{frame.first:%b}", *year)


def _marks_year(frame: Timeframe, labeled: Sequence[Timeframe]) -> bool:
    """January does, where there are several years; the first month if it has room before it."""
    if labeled[0].first.year == labeled[-1].first.year:
        return False
    has_room = frame is labeled[0] and labeled[1].first.month != 1
    return frame.first.month == 1 or has_room
