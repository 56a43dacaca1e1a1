"""What the first sheet of a workbook says of the figures."""

from collections.abc import Iterable
from datetime import datetime

from summaries.queries.longer import NetworkFacts
from summaries.reports.notices import Notice
from summaries.reports.tables import Figure, Value
from summaries.selection import Selection

SOURCE = (
    "Energy and payments: settlement stacks of the Elexon Insights API. "
    "Difficulty and prices: a mempool.space-compatible node."
)
LICENSE = "Contains BMRS data © Elexon Limited copyright and database right."
DIGITS = "Cells hold about 15 digits, as Excel does. The CSV and JSON downloads have all of them."

Pair = tuple[str, Value]


def about(
    *,
    title: str,
    period: str,
    selection: Selection,
    is_complete: bool,
    notices: Iterable[Notice],
    figures: Iterable[Figure] = (),
    network: NetworkFacts | None,
    made_at: datetime,
) -> tuple[Pair, ...]:
    """Pairs of a label and a value, in the order in which they are shown."""
    definition = selection.definition
    return (
        ("Report", title),
        ("Period", period),
        ("Definition", f"{definition.value}: {definition.description}"),
        ("Miner", selection.miner),
        ("BM Unit", selection.farm or "all"),
        ("Lead party", selection.lead_party or "all"),
        *((figure.column.title, figure.value) for figure in figures),
        *_network(network),
        ("Completeness", "complete" if is_complete else "not complete"),
        *((notice.label, notice.sentence) for notice in notices),
        ("Made at", made_at),
        ("Source", SOURCE),
        ("License", LICENSE),
        ("Digits", DIGITS),
    )


def _network(network: NetworkFacts | None) -> tuple[Pair, ...]:
    if network is None:
        return ()
    return (
        ("Lowest difficulty", network.lowest_difficulty),
        ("Highest difficulty", network.highest_difficulty),
        ("Price source", ", ".join(network.price_sources) or "no price known"),
    )
