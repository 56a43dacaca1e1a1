"""What a check found, and what may mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Remedy(StrEnum):
    """What may mend a finding. A total is never written by hand."""

    FETCH = "fetch the day again"
    RECALCULATE = "recalculate the day"
    MOVE = "create the year's partition"
    NONE = "none"


@dataclass(frozen=True)
class Finding:
    """A difference, or a check that could not be done, of a settlement date."""

    settlement_date: date
    check: str
    sentence: str
    remedy: Remedy = Remedy.NONE


def found(
    settlement_date: date, check: str, differences: Sequence[str], remedy: Remedy = Remedy.NONE
) -> list[Finding]:
    """A check's finding, if there is any difference: the first in words, the others counted."""
    if not differences:
        return []
    others = f" (and {len(differences) - 1} more)" if len(differences) > 1 else ""
    return [Finding(settlement_date, check, f"{differences[0]}{others}", remedy)]
