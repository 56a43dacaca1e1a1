"""Which rows the database takes only once, or only with the rows they refer to, and where it puts
them: tried with plain SQL."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg.errors import ForeignKeyViolation, GeneratedAlways, UniqueViolation

from tests.raw_sql import (
    BMU,
    DAY,
    MINER,
    NOON,
    SHARD,
    USER_ID,
    execute,
    insert,
    insert_parents,
    names,
    our_tables,
    refused,
    update,
)

pytestmark = pytest.mark.django_db

# By unique key: the table, and what two rows must differ in to be two.
TWINS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "bm_units_pkey": ("bm_units", [{"elexon_bmu_id": "T_TEST-3"}]),
    "curtailment_records_pkey": (
        "curtailment_records",
        [{"settlement_date": DAY + timedelta(days=1)}, {"settlement_period": 2}],
    ),
    "corrections_one_active": (
        "corrections",
        [{"settlement_date": DAY + timedelta(days=1)}, {"settlement_period": 2}],
    ),
    "ingestion_progress_pkey": (
        "ingestion_progress",
        [{"settlement_date": DAY + timedelta(days=1)}],
    ),
    "archived_years_pkey": ("archived_years", [{"year": 2025}]),
    "suspect_days_one_an_answer": (
        "suspect_days",
        [{"settlement_date": DAY + timedelta(days=1)}, {"digest": "another"}],
    ),
    "wind_generation_data_key": (
        "wind_generation_data",
        [{"settlement_date": DAY + timedelta(days=1)}, {"settlement_period": 2}],
    ),
    "reference_revisions_pkey": ("reference_revisions", [{"name": "another"}]),
    "miner_models_pkey": ("miner_models", [{"key": "TEST3"}]),
    "difficulty_epochs_pkey": (
        "difficulty_epochs",
        [{"height": 9_002_016, "starts_at": NOON - timedelta(days=14)}],
    ),
    "difficulty_epochs_starts_at_key": (
        "difficulty_epochs",
        [{"height": 9_002_016, "starts_at": NOON - timedelta(days=14)}],
    ),
    "bitcoin_prices_key": ("bitcoin_prices", [{"date": DAY + timedelta(days=1)}, {"date": None}]),
    "historical_bitcoin_calculations_pkey": (
        "historical_bitcoin_calculations",
        [{"settlement_date": DAY + timedelta(days=1)}, {"settlement_period": 2}],
    ),
    "daily_summaries_pkey": ("daily_summaries", [{"settlement_date": DAY + timedelta(days=1)}]),
    "monthly_summaries_pkey": ("monthly_summaries", [{"month": date(2024, 4, 1)}]),
    "yearly_summaries_pkey": ("yearly_summaries", [{"year": 2025}]),
    "farm_daily_summaries_key": (
        "farm_daily_summaries",
        [{"settlement_date": DAY + timedelta(days=1)}],
    ),
    "bitcoin_daily_summaries_key": (
        "bitcoin_daily_summaries",
        [{"settlement_date": DAY + timedelta(days=1)}],
    ),
    "bitcoin_monthly_summaries_key": ("bitcoin_monthly_summaries", [{"month": date(2024, 4, 1)}]),
    "bitcoin_yearly_summaries_key": ("bitcoin_yearly_summaries", [{"year": 2025}]),
    "bitcoin_farm_daily_key": (
        "bitcoin_farm_daily_summaries",
        [{"settlement_date": DAY + timedelta(days=1)}],
    ),
    "notifications_one_an_event": (
        "notifications",
        [{"settlement_date": DAY + timedelta(days=1)}, {"event": "differs"}],
    ),
}
# A second row that breaks only the key in question.
SAME_KEY: dict[str, dict[str, Any]] = {
    "difficulty_epochs_pkey": {"starts_at": NOON - timedelta(days=14)},
    "difficulty_epochs_starts_at_key": {"height": 9_002_016},
}


WITHDRAWAL: dict[str, Any] = {
    "withdrawn_by_id": USER_ID,
    "withdrawn_at": NOON,
    "withdrawal_reason": "wrong",
}


@pytest.fixture(autouse=True)
def parents(db: None) -> None:
    insert_parents()


# --- Keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", TWINS)
def test_two_rows_with_one_key_are_refused(key):
    table, others = TWINS[key]
    insert(table)
    with refused(UniqueViolation, key):
        insert(table, **SAME_KEY.get(key, {}))
    for changes in others:
        insert(table, **changes)


def test_every_key_of_the_database_is_tried():
    assert names(sql_for_keys()) == set(TWINS)


def sql_for_keys() -> str:
    """All unique indexes but those of ids, which the database gives itself."""
    return """
        SELECT i.relname
        FROM pg_index AS x
        JOIN pg_class AS i ON i.oid = x.indexrelid
        WHERE x.indisunique AND x.indrelid::regclass::text = ANY(%s)
            AND pg_get_indexdef(x.indexrelid) NOT LIKE '%%(id)'
    """


def test_there_is_one_price_now():
    insert("bitcoin_prices", date=None)
    with refused(UniqueViolation, "bitcoin_prices_key"):
        insert("bitcoin_prices", date=None)


def test_a_withdrawn_correction_makes_room_for_another():
    insert("corrections")
    update("corrections", **WITHDRAWAL)
    insert("corrections", **WITHDRAWAL)
    insert("corrections")
    with refused(UniqueViolation, "corrections_one_active"):
        insert("corrections")


# --- References -------------------------------------------------------------------------------


def sql_for_references() -> str:
    return """
        SELECT c.conrelid::regclass::text, a.attname, c.conname
        FROM pg_constraint AS c
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY(%s)
        ORDER BY 1, 2
    """


def test_a_reference_to_what_does_not_exist_is_refused():
    references = execute(sql_for_references(), [our_tables()])
    assert len(references) >= 14
    for table, column, _name in references:
        is_text = column in ("bmu_id", "miner_model_id")
        others = WITHDRAWAL if column == "withdrawn_by_id" else {}
        with refused(ForeignKeyViolation):
            insert(table, **others | {column: "missing" if is_text else 999_999})


def test_a_unit_with_records_cannot_be_removed():
    insert("curtailment_records")
    with refused(ForeignKeyViolation):
        execute("DELETE FROM bm_units WHERE elexon_bmu_id = %s", [BMU])


def test_a_miner_model_with_bitcoin_cannot_be_removed():
    """Its calculations have no foreign key; the summaries that are written with them do."""
    insert("bitcoin_farm_daily_summaries")
    with refused(ForeignKeyViolation):
        execute("DELETE FROM miner_models WHERE key = %s", [MINER])


# --- Computed and partitioned -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("register", "staff", "effective"),
    [
        (None, None, False),
        (True, None, True),
        (False, None, False),
        (None, True, True),
        (False, True, True),
        (True, False, False),
    ],
)
def test_what_staff_say_is_wind_wins_over_the_register(register, staff, effective):
    insert("bm_units", register_is_wind=register, staff_is_wind=staff)
    rows = execute("SELECT is_wind FROM bm_units WHERE elexon_bmu_id = 'T_TEST-2'")
    assert rows == [(effective,)]


def test_whether_a_unit_is_wind_cannot_be_written():
    with refused(GeneratedAlways):
        insert("bm_units", is_wind=True)
    with refused(GeneratedAlways):
        update("bm_units", is_wind=True)


PARTITIONS = {
    "curtailment_records": "SELECT tableoid::regclass::text, id FROM curtailment_records",
    "historical_bitcoin_calculations": (
        "SELECT tableoid::regclass::text, id FROM historical_bitcoin_calculations"
    ),
}


@pytest.mark.parametrize("table", PARTITIONS)
@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2001, 3, 27), date(2345, 6, 7)], ids=str)
def test_a_date_without_a_partition_of_its_year_is_taken_by_the_default(table, day):
    insert(table, settlement_date=day)
    ((partition, id_from_sequence),) = execute(PARTITIONS[table])
    assert re.sub(SHARD, "", partition) == f"{table}_default"
    assert id_from_sequence > 0
    with refused(UniqueViolation):
        insert(table, settlement_date=day)
