"""Records against their evidence: the stored stack lines, added up anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from curtailment.aggregation import EvidenceLine, UnitPeriod, UnpricedBid, aggregate_period
from curtailment.checks.findings import Finding, Remedy, found
from curtailment.models.records import FIGURES
from curtailment.sources import StackLine
from curtailment.sql import fetch_rows

Row = dict[str, Any]

# The lines come as text, as Django has it: a JSON number read as a float would lose digits.
RECORDS = "SELECT * FROM curtailment_records WHERE settlement_date = %(settlement_date)s"
NO_EVIDENCE = "has neither lines nor a correction"

_decoder = msgspec.json.Decoder(list[EvidenceLine])


@dataclass(frozen=True)
class Evidence:
    """A date's records, and the rows that their lines add up to (of those that have any)."""

    records: list[Row]
    rows: dict[tuple[int, str], UnitPeriod]
    # By record, why its lines cannot be added up.
    unreadable: dict[tuple[int, str], str]

    @property
    def ordered_rows(self) -> list[UnitPeriod]:
        """The rows as an answer of the source would have them."""
        return [self.rows[key] for key in sorted(self.rows)]


def read_evidence(settlement_date: date) -> Evidence:
    """This will add up the lines of every record of a date."""
    records = fetch_rows(RECORDS, {"settlement_date": settlement_date})
    records.sort(key=key_of)
    evidence = Evidence(records, {}, {})
    for record in records:
        try:
            rows = _add_up(record)
        except (msgspec.DecodeError, UnpricedBid) as error:
            evidence.unreadable[key_of(record)] = str(error)
        else:
            evidence.rows.update({key_of(record): row for row in rows})
    return evidence


def check_evidence(settlement_date: date, evidence: Evidence) -> list[Finding]:
    """Published figures, prices, loss-adjusted payments and flags of every record."""
    differences = [
        f"SP{record['settlement_period']} {record['bmu_id']} {difference}"
        for record in evidence.records
        for difference in _differences(record, evidence)
    ]
    return found(settlement_date, "evidence", differences, Remedy.FETCH)


def key_of(record: Row) -> tuple[int, str]:
    return record["settlement_period"], record["bmu_id"]


def _add_up(record: Row) -> list[UnitPeriod]:
    period, bmu_id = key_of(record)
    lines = [
        StackLine(
            settlement_date=record["settlement_date"],
            settlement_period=period,
            id=bmu_id,
            **msgspec.structs.asdict(line),
        )
        for line in _decoder.decode(record["lines"])
    ]
    return aggregate_period(period, lines, frozenset([bmu_id]))


def _differences(record: Row, evidence: Evidence) -> Iterator[str]:
    """What of a record is not as its lines say."""
    key = key_of(record)
    if key in evidence.unreadable:
        yield f"has lines that cannot be added up: {evidence.unreadable[key]}"
        return
    row = evidence.rows.get(key)
    if row is None and record["correction_id"] is None:
        yield NO_EVIDENCE
        return
    for name, expected in _expected(row, corrected=record["correction_id"] is not None).items():
        if record[name] != expected:
            yield f"{name} is {record[name]}, its lines give {expected}"


def _expected(row: UnitPeriod | None, *, corrected: bool) -> Row:
    """The columns that the lines decide; while a correction is active, the published ones."""
    prefix = "published_" if corrected else ""
    if row is None:
        return dict.fromkeys([prefix + name for name in FIGURES])
    parts = (row.flagged, row.so, row.other)
    figures = [figure for part in parts for figure in (part.mwh, part.payment_gbp)]
    expected: Row = dict(zip([prefix + name for name in FIGURES], figures, strict=True))
    if not corrected:
        expected |= {
            f"{of}loss_adjusted_payment_gbp": part.loss_adjusted_payment_gbp
            for of, part in zip(("", "so_", "other_"), parts, strict=True)
        }
    return expected | {
        "original_price_gbp_per_mwh": row.original_price_gbp_per_mwh,
        "final_price_gbp_per_mwh": row.final_price_gbp_per_mwh,
        "transmission_loss_multiplier": row.transmission_loss_multiplier,
        "so_flag": row.so_flag,
        "cadl_flag": row.cadl_flag,
    }
