"""Facts of the bitcoin protocol: when difficulty and subsidy change. No Django here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

RETARGET_INTERVAL_BLOCKS = 2_016
HALVING_INTERVAL_BLOCKS = 210_000


class SubsidyNotKnown(LookupError):
    """The subsidy at an instant cannot be told: the time of a halving is not known."""


@dataclass(frozen=True)
class SubsidyEra:
    """The blocks between two halvings: the first one's height and time, and what each earns."""

    height: int
    starts_at: datetime
    subsidy_btc: Decimal


# Block times from the block headers. The next halving is added here once its block is mined.
SUBSIDY_ERAS = (
    SubsidyEra(0, datetime(2009, 1, 3, 18, 15, 5, tzinfo=UTC), Decimal("50")),
    SubsidyEra(210_000, datetime(2012, 11, 28, 15, 24, 38, tzinfo=UTC), Decimal("25")),
    SubsidyEra(420_000, datetime(2016, 7, 9, 16, 46, 13, tzinfo=UTC), Decimal("12.5")),
    SubsidyEra(630_000, datetime(2020, 5, 11, 19, 23, 43, tzinfo=UTC), Decimal("6.25")),
    SubsidyEra(840_000, datetime(2024, 4, 20, 0, 9, 27, tzinfo=UTC), Decimal("3.125")),
)
GENESIS = SUBSIDY_ERAS[0].starts_at

# The first halving whose time is not known yet.
NEXT_HALVING_HEIGHT = SUBSIDY_ERAS[-1].height + HALVING_INTERVAL_BLOCKS

# A difficulty epoch that begins at a greater height may outlast the known subsidy.
LAST_HEIGHT_OF_KNOWN_SUBSIDY = NEXT_HALVING_HEIGHT - RETARGET_INTERVAL_BLOCKS


def subsidy_is_known(*, epoch_height: int) -> bool:
    """Whether a difficulty epoch, named by its first block, ends before the next halving."""
    return epoch_height <= LAST_HEIGHT_OF_KNOWN_SUBSIDY


def subsidy_btc(instant: datetime, *, epoch_height: int) -> Decimal:
    """The bitcoin that a block earns at an aware instant of a difficulty epoch.

    `epoch_height` is the height of the epoch's first block: from time alone nobody can tell
    whether the next halving has come. Raises SubsidyNotKnown.
    """
    if not subsidy_is_known(epoch_height=epoch_height):
        raise SubsidyNotKnown(
            f"The time of the halving at block {NEXT_HALVING_HEIGHT} is not known."
        )
    for era in reversed(SUBSIDY_ERAS):
        if era.starts_at <= instant:
            return era.subsidy_btc
    raise SubsidyNotKnown(f"{instant} is before the first block.")
