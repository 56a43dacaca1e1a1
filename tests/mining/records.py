"""Curtailment records for tests of what is calculated from them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from curtailment.models import BMUnit, CurtailmentRecord

STORED_AT = datetime(2024, 6, 1, tzinfo=UTC)


def make_units(count: int = 1) -> list[BMUnit]:
    """This will create wind units."""
    units = [BMUnit(elexon_bmu_id=f"T_WIND-{n}", register_is_wind=True) for n in range(count)]
    return BMUnit.objects.bulk_create(units, ignore_conflicts=True)


def make_record(
    settlement_date: date,
    settlement_period: int,
    bmu_id: str = "T_WIND-0",
    *,
    flagged_mwh: Decimal | int = 1,
    so_mwh: Decimal | int = 0,
    other_mwh: Decimal | int = 0,
) -> CurtailmentRecord:
    """A record that is not stored yet."""
    return CurtailmentRecord(
        settlement_date=settlement_date,
        settlement_period=settlement_period,
        bmu_id=bmu_id,
        lead_party_name="",
        curtailed_mwh=flagged_mwh,
        payment_gbp=0,
        so_mwh=so_mwh,
        so_payment_gbp=0,
        other_mwh=other_mwh,
        other_payment_gbp=0,
        so_flag=so_mwh > 0,
        cadl_flag=False,
        lines=[],
        created_at=STORED_AT,
        updated_at=STORED_AT,
    )


def store(records: Iterable[CurtailmentRecord]) -> None:
    """This will store records; their ids come from the database, as in production."""
    for record in records:
        record.save(force_insert=True)
