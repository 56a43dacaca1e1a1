import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from curtailment.models import BMUnit, CurtailmentRecord
from curtailment.partitions import (
    count_default_rows,
    ensure_partitions,
    partitioned_tables,
    years_in_default,
)
from tests.raw_sql import SHARD

pytestmark = pytest.mark.django_db


def add_record(day):
    unit, _ = BMUnit.objects.get_or_create(elexon_bmu_id="T_TEST-1", name="Test")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return CurtailmentRecord.objects.create(
        settlement_date=day,
        settlement_period=1,
        bmu=unit,
        lead_party_name="",
        curtailed_mwh=1,
        payment_gbp=2,
        so_mwh=0,
        so_payment_gbp=0,
        other_mwh=0,
        other_payment_gbp=0,
        so_flag=False,
        cadl_flag=True,
        lines=[],
        created_at=now,
        updated_at=now,
    )


def partition_of(record):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM curtailment_records WHERE id = %s", [record.pk]
        )
        return re.sub(SHARD, "", cursor.fetchone()[0])


def test_both_big_tables_are_partitioned():
    assert partitioned_tables() == ["curtailment_records", "historical_bitcoin_calculations"]


def test_a_date_outside_all_years_is_not_refused():
    record = add_record(date(2071, 5, 1))
    assert partition_of(record) == "curtailment_records_default"
    assert years_in_default("curtailment_records") == [2071]


def test_creating_a_year_moves_its_rows_out_of_the_default():
    inside, outside = add_record(date(2071, 12, 31)), add_record(date(2072, 1, 1))
    created = ensure_partitions([2071])
    assert created == ["curtailment_records_2071", "historical_bitcoin_calculations_2071"]
    assert partition_of(inside) == "curtailment_records_2071"
    assert partition_of(outside) == "curtailment_records_default"
    assert count_default_rows("curtailment_records") == 1
    assert CurtailmentRecord.objects.get(pk=inside.pk).curtailed_mwh == 1


def test_creating_twice_equals_once():
    ensure_partitions([2071, 2072])
    assert ensure_partitions([2071, 2072]) == []


def test_a_partition_keeps_the_rules_of_its_table():
    ensure_partitions([2071])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = 'curtailment_records_2071'::regclass"
            " AND contype IN ('c', 'f', 'p') ORDER BY conname"
        )
        names = " ".join(name for (name,) in cursor.fetchall())
    for rule in ("pkey", "energy_valid", "period_valid", "published_only_if_corrected", "fkey"):
        assert rule in names
