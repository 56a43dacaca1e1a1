"""Bringing corrections into single records, and taking them out again."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby

from django.db.models import TextField
from django.db.models.functions import Cast

from curtailment.aggregation import UnitPeriod
from curtailment.corrected import InvalidCorrection, RecordKey
from curtailment.correction_queries import SixFigures, StoredRecord
from curtailment.evidence import unit_period_of
from curtailment.models import CurtailmentRecord
from curtailment.operations.replace import replace_records
from curtailment.operations.staleness import mark_stale


def lay_corrections(
    stored: Mapping[RecordKey, StoredRecord], *, now: datetime, reason: str
) -> None:
    """This will make these records the published figures with what is active laid over them.

    What was published is summed from the evidence anew, by the statement that ingestion uses too.
    Their days are stale from now. Call it in a transaction that holds the days' locks.
    """
    dates = []
    for settlement_date, of_day in groupby(sorted(stored), key=lambda key: key.settlement_date):
        keys = list(of_day)
        rows = _published_rows(settlement_date, [stored[key] for key in keys])
        touched = [(key.settlement_period, key.bmu_id) for key in keys]
        replace_records(settlement_date, rows, now=now, touched=touched)
        dates.append(settlement_date)
    mark_stale(dates, reason=reason, now=now)


def _published_rows(settlement_date: date, stored: list[StoredRecord]) -> list[UnitPeriod]:
    """What Elexon published of records of a date, where it did.

    Raises InvalidCorrection where the evidence says something else than the record.
    """
    lines = _read_lines(settlement_date, stored)
    rows = []
    for one in stored:
        period, bmu_id = one.key.settlement_period, one.key.bmu_id
        row = unit_period_of(settlement_date, period, bmu_id, lines.get((period, bmu_id), "[]"))
        if _figures_of(row) != one.published:
            sentence = f"{one.key} is not the sum of its evidence. Fetch the day anew first."
            raise InvalidCorrection({"record": sentence})
        rows += [row] if row is not None else []
    return rows


def _read_lines(settlement_date: date, stored: list[StoredRecord]) -> dict[tuple[int, str], str]:
    """The evidence of records as JSON with all its digits, by period and unit."""
    ids = [one.record.pk for one in stored if one.record is not None]
    records = CurtailmentRecord.objects.filter(settlement_date=settlement_date, pk__in=ids)
    rows = records.annotate(lines_json=Cast("lines", TextField()))
    found = rows.values_list("settlement_period", "bmu_id", "lines_json")
    return {(period, bmu_id): lines_json for period, bmu_id, lines_json in found}


def _figures_of(row: UnitPeriod | None) -> SixFigures | None:
    if row is None:
        return None
    parts = (row.flagged, row.so, row.other)
    return tuple(figure for part in parts for figure in (part.mwh, part.payment_gbp))
