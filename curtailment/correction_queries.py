"""Questions about corrections and the records that they are of."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from django.db.models import QuerySet

from curtailment.corrected import RecordKey
from curtailment.models import Correction, CurtailmentRecord
from curtailment.models.records import FIGURES

Row = TypeVar("Row", CurtailmentRecord, Correction)
SixFigures = tuple[Decimal, ...]
# The reason with which a correction is withdrawn in favor of another, by that one's number.
SUPERSEDED_BY = "Superseded by correction %s."
NOTHING: SixFigures = (Decimal(0),) * len(FIGURES)


@dataclass(frozen=True)
class StoredRecord:
    """What is stored under a key: a record and its active correction, either or both of which
    may be missing.
    """

    key: RecordKey
    record: CurtailmentRecord | None
    correction: Correction | None

    @property
    def effective(self) -> SixFigures | None:
        """The figures that count now."""
        return None if self.record is None else _figures(self.record)

    @property
    def published(self) -> SixFigures | None:
        """Elexon's figures; None where it has no such record."""
        if self.record is None or self.record.correction_id is None:
            return self.effective
        if self.record.published_curtailed_mwh is None:
            return None
        return _figures(self.record, "published_")

    @property
    def published_has_moved(self) -> bool:
        """Whether Elexon's figures are others than those that the active correction was made of."""
        return self.correction is not None and self.published != published_when(self.correction)

    @property
    def state(self) -> str:
        """A text that is another one as soon as anything of the record has changed."""
        correction = "-" if self.correction is None else self.correction.pk
        updated = "-" if self.record is None else self.record.updated_at.isoformat()
        return f"{correction} {updated}"


def joint_state(stored: Iterable[StoredRecord]) -> str:
    """A short text that is another one as soon as anything of any of these records has changed,
    or one of them is left out.
    """
    states = sorted(f"{one.key} {one.state}" for one in stored)
    return hashlib.sha256("\n".join(states).encode()).hexdigest()


def published_when(correction: Correction) -> SixFigures | None:
    """What Elexon had published when a correction was made."""
    if correction.published_curtailed_mwh is None:
        return None
    return _figures(correction, "published_")


def corrected_to(correction: Correction) -> SixFigures:
    """What a correction says."""
    return _figures(correction)


def read_stored(keys: Collection[RecordKey]) -> dict[RecordKey, StoredRecord]:
    """What is stored under each of these keys, without the records' evidence."""
    stored: dict[RecordKey, StoredRecord] = {}
    for settlement_date, of_day in groupby(sorted(keys), key=lambda key: key.settlement_date):
        stored |= _read_day(settlement_date, list(of_day))
    return stored


def read_one(key: RecordKey) -> StoredRecord:
    """What is stored under a key."""
    return read_stored([key])[key]


def active_corrections_of(batch_id: int) -> QuerySet[Correction]:
    """Those of a batch that are in force."""
    return Correction.objects.filter(batch_id=batch_id, withdrawn_at__isnull=True)


def superseded_by_batch(batch_id: int) -> list[Correction]:
    """What the corrections of a batch that are in force took the place of, in order of records.

    No index has the reasons, those of some thousand corrections are read.
    """
    successors = _by_key(active_corrections_of(batch_id))
    keys = {SUPERSEDED_BY % correction.pk: key for key, correction in successors.items()}
    found = Correction.objects.filter(withdrawal_reason__in=keys).select_related("author")
    # Somebody may have written such a reason by hand, for another record.
    superseded = {
        key: correction
        for key, correction in _by_key(found).items()
        if keys[correction.withdrawal_reason or ""] == key
    }
    return [superseded[key] for key in sorted(superseded)]


def corrections_of(key: RecordKey) -> QuerySet[Correction]:
    """The history of a record's corrections, the newest first."""
    return (
        Correction.objects.filter(
            settlement_date=key.settlement_date,
            settlement_period=key.settlement_period,
            bmu_id=key.bmu_id,
        )
        .select_related("author", "withdrawn_by", "batch")
        .order_by("-id")
    )


def _read_day(settlement_date: date, keys: list[RecordKey]) -> dict[RecordKey, StoredRecord]:
    """Reads what any of the periods and units of the keys has; a little more than was asked."""
    wanted = {
        "settlement_date": settlement_date,
        "settlement_period__in": {key.settlement_period for key in keys},
        "bmu_id__in": {key.bmu_id for key in keys},
    }
    records = _by_key(CurtailmentRecord.objects.filter(**wanted).defer("lines"))
    corrections = Correction.objects.filter(**wanted, withdrawn_at__isnull=True)
    active = _by_key(corrections.select_related("author"))
    return {key: StoredRecord(key, records.get(key), active.get(key)) for key in keys}


def _by_key(rows: Iterable[Row]) -> dict[RecordKey, Row]:
    return {RecordKey(row.settlement_date, row.settlement_period, row.bmu_id): row for row in rows}


def _figures(row: CurtailmentRecord | Correction, prefix: str = "") -> SixFigures:
    return tuple(getattr(row, prefix + figure) for figure in FIGURES)
