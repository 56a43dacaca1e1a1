"""What the ledger says of comparing days with sources that are independent of the stack."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import IntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from curtailment.fields import ExactDecimalField
from curtailment.models import IngestionProgress

State = IngestionProgress.Verification


@dataclass(frozen=True)
class DayVerification:
    """What came of verifying a day. `state` is empty, and the rest null, if that was not done.

    `reason` says why not all could be compared; how much differs is null but where it does.
    """

    state: str = ""
    verified_at: datetime | None = None
    reason: str | None = None
    differing_unit_count: int | None = None
    differing_mwh: Decimal | None = None
    differing_gbp: Decimal | None = None

    @classmethod
    def of(cls, row: dict[str, Any]) -> "DayVerification":
        """Of a row that has the columns below."""
        columns = {name: row[column] for name, column in COLUMNS.items()}
        if columns["state"] != State.DIFFERS:
            columns |= {name: None for name in columns if name.startswith("differing_")}
        return cls(**columns)


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
