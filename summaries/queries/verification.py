"""What the ledger says of comparing days with sources that are independent of the stack."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, IntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from curtailment.fields import ExactDecimalField
from curtailment.models import IngestionProgress

State = IngestionProgress.Verification

DIFFERING_UNITS = "differing_units"
# Not the whole details: a year of them may be megabytes.
ANNOTATIONS = {
    "verification_reason": KT("verification_details__reason"),
    "differing_unit_count": Cast(KT("verification_details__differing_unit_count"), IntegerField()),
    "differing_mwh": Cast(KT("verification_details__differing_mwh"), ExactDecimalField()),
    "differing_gbp": Cast(KT("verification_details__differing_gbp"), ExactDecimalField()),
}
COLUMNS = {
    "state": "verification",
    "verified_at": "verified_at",
    "reason": "verification_reason",
    "differing_unit_count": "differing_unit_count",
    "differing_mwh": "differing_mwh",
    "differing_gbp": "differing_gbp",
}


@dataclass(frozen=True)
class UnitDifference:
    """A unit's published bids, and what another source says of them; null where it says nothing.

    Volumes and payments are signed as Elexon signs them, and payments include losses.
    """

    bmu_id: str
    stack_mwh: Decimal | None
    indicative_mwh: Decimal | None
    difference_mwh: Decimal | None
    stack_gbp: Decimal | None
    indicative_gbp: Decimal | None
    difference_gbp: Decimal | None

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "UnitDifference":
        """Of an entry of the ledger's details."""
        figures = {name: text and Decimal(text) for name, text in entry.items() if name != "bmu"}
        return cls(bmu_id=entry["bmu"], **figures)


@dataclass(frozen=True)
class DayVerification:
    """What came of verifying a day. `state` is empty, and the rest null, if that was not done.

    `reason` says why not all could be compared; how much differs is null but where it does.
    `units` are those with the largest differences, and left out where many days are read.
    """

    state: str = ""
    verified_at: datetime | None = None
    reason: str | None = None
    differing_unit_count: int | None = None
    differing_mwh: Decimal | None = None
    differing_gbp: Decimal | None = None
    units: tuple[UnitDifference, ...] = ()

    @classmethod
    def of(cls, row: dict[str, Any]) -> "DayVerification":
        """Of a row that has the columns below."""
        columns = {name: row[column] for name, column in COLUMNS.items()}
        if columns["state"] != State.DIFFERS:
            columns |= {name: None for name in columns if name.startswith("differing_")}
        units = tuple(map(UnitDifference.of, row.get(DIFFERING_UNITS) or ()))
        return cls(**columns, units=units)


def annotations(*, with_units: bool) -> dict[str, Any]:
    """What DayVerification needs of a day beyond its columns."""
    return ANNOTATIONS | ({DIFFERING_UNITS: F("verification_details__units")} if with_units else {})
