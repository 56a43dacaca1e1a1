"""The three definitions of curtailed energy, side by side everywhere.

Curtailed energy of a unit in a settlement period is minus the sum of `volume` over its accepted
bid lines with a negative volume. The definitions differ in which of these lines count.
"""

from enum import StrEnum


class Definition(StrEnum):
    """Which accepted bid lines count as curtailment."""

    FLAGGED = "flagged"
    SO = "so"
    ALL = "all"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def description(self) -> str:
        return DESCRIPTIONS[self]


LABELS = {
    Definition.FLAGGED: "Flagged",
    Definition.SO: "System operator",
    Definition.ALL: "All bids",
}
DESCRIPTIONS = {
    Definition.FLAGGED: "Accepted wind bids with the system operator's flag or the CADL flag.",
    Definition.SO: "Accepted wind bids with the system operator's flag.",
    Definition.ALL: "Every accepted wind bid.",
}
