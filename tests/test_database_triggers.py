"""What the database does by itself: append-only corrections, and revisions of days."""

import json
from datetime import timedelta
from typing import Any

import pytest
from psycopg import sql
from psycopg.errors import CheckViolation, RestrictViolation

from tests.raw_sql import (
    DAY,
    NOON,
    OTHERS,
    USER_ID,
    columns,
    execute,
    insert,
    insert_parents,
    refused,
    type_of,
    update,
)

pytestmark = pytest.mark.django_db

WITHDRAWAL = {"withdrawn_by_id": USER_ID, "withdrawn_at": NOON, "withdrawal_reason": "wrong unit"}

# What only operators see of a day.
UNSEEN = {
    "attempts",
    "attempt_state",
    "wind_generation_fetched_at",
    "attempt_started_at",
    "attempt_ended_at",
    "fetch_started_at",
    "fetched_at",
    "run_created_at",
}
# Changes of columns that do not take just any value.
PARTICULAR: dict[str, dict[str, Any]] = {
    "data_state": {"data_state": "provisional"},
    "attempt_state": {"attempt_state": "running"},
    "source": {"source": "sample"},
    "verification": {"verification": "differs"},
    "periods_expected": {"data_state": "running_day", "periods_expected": 48},
    "periods_fetched": {"data_state": "running_day", "periods_fetched": 45},
}


@pytest.fixture(autouse=True)
def parents(db: None) -> None:
    insert_parents()


def change(table: str, column: str) -> dict[str, Any]:
    """Another value of a column than insert() fills it with."""
    return {column: OTHERS[type_of(columns(table)[column])]}


def only_correction() -> dict[str, Any]:
    ((row,),) = execute("SELECT to_jsonb(corrections)::text FROM corrections")
    return json.loads(row)


# --- Corrections ------------------------------------------------------------------------------


def test_no_figure_reason_or_author_of_a_correction_can_be_changed():
    insert("corrections")
    fixed = set(columns("corrections")) - set(WITHDRAWAL)
    assert len(fixed) == 20
    before = only_correction()
    for column in sorted(fixed):
        with refused(RestrictViolation):
            update("corrections", **change("corrections", column))
    assert only_correction() == before


def test_a_correction_can_be_withdrawn():
    insert("corrections")
    update("corrections", **WITHDRAWAL)
    row = only_correction()
    assert (row["withdrawn_by_id"], row["withdrawal_reason"]) == (USER_ID, "wrong unit")


def test_a_correction_is_withdrawn_whole():
    insert("corrections")
    for column in WITHDRAWAL:
        part = {name: value for name, value in WITHDRAWAL.items() if name != column}
        with refused(CheckViolation, "corrections_withdrawn_whole"):
            update("corrections", **part)


def test_withdrawing_does_not_change_a_figure_on_the_way():
    insert("corrections")
    with refused(RestrictViolation):
        update("corrections", **WITHDRAWAL, curtailed_mwh=2)


@pytest.mark.parametrize(
    "changes",
    [
        dict.fromkeys(WITHDRAWAL),
        {"withdrawal_reason": "another reason"},
        {"withdrawn_at": NOON + timedelta(days=1)},
        WITHDRAWAL,
    ],
    ids=["taken back", "another reason", "another time", "the same again"],
)
def test_a_correction_is_withdrawn_once_and_for_all(changes):
    insert("corrections")
    update("corrections", **WITHDRAWAL)
    with refused(RestrictViolation):
        update("corrections", **changes)


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_correction_cannot_be_deleted(is_withdrawn):
    insert("corrections")
    if is_withdrawn:
        update("corrections", **WITHDRAWAL)
    with refused(RestrictViolation):
        execute("DELETE FROM corrections")


@pytest.mark.parametrize("how", ["TRUNCATE corrections", "TRUNCATE corrections CASCADE"])
def test_corrections_cannot_be_truncated_unless_there_are_none(how):
    execute(how)
    insert("corrections")
    with refused(RestrictViolation):
        execute(how)


def test_truncating_units_does_not_take_corrections_along():
    insert("corrections")
    with refused(RestrictViolation):
        execute("TRUNCATE bm_units CASCADE")


# --- Batches of corrections -------------------------------------------------------------------


def test_nothing_of_a_batch_can_be_changed():
    insert("correction_batches")
    before = execute("SELECT * FROM correction_batches")
    for column in sorted(columns("correction_batches")):
        with refused(RestrictViolation):
            update("correction_batches", **change("correction_batches", column))
    assert execute("SELECT * FROM correction_batches") == before


def test_a_batch_cannot_be_deleted_even_if_it_has_no_corrections():
    insert("correction_batches")
    with refused(RestrictViolation):
        execute("DELETE FROM correction_batches")


def test_batches_cannot_be_truncated_unless_there_are_none():
    how = "TRUNCATE correction_batches CASCADE"
    execute(how)
    insert("correction_batches")
    with refused(RestrictViolation):
        execute(how)


# --- Revisions of days ------------------------------------------------------------------------


def revision() -> int:
    ((number,),) = execute(
        "SELECT revision FROM ingestion_progress ORDER BY settlement_date LIMIT 1"
    )
    return number


def test_a_new_day_has_a_revision_of_the_sequence():
    insert("ingestion_progress", revision=0)
    first = revision()
    insert("ingestion_progress", revision=0, settlement_date=DAY - timedelta(days=1))
    assert revision() > first > 0


def test_what_a_reader_can_see_raises_the_revision_and_tries_do_not():
    insert("ingestion_progress")
    for column in sorted(set(columns("ingestion_progress")) - {"revision"}):
        before = revision()
        changes = PARTICULAR.get(column) or change("ingestion_progress", column)
        update("ingestion_progress", **changes)
        if column in UNSEEN:
            assert revision() == before, column
        else:
            assert revision() > before, column


@pytest.mark.parametrize("told", ["failed", "suspect"])
def test_a_try_that_went_wrong_is_told_until_the_next_one_begins(told):
    insert("ingestion_progress", attempt_state="running")
    seen = [revision()]
    for state in (told, "running", told, "ok"):
        update("ingestion_progress", attempt_state=state)
        seen.append(revision())
    assert seen == sorted(set(seen))


def test_who_writes_a_revision_gets_a_new_one():
    insert("ingestion_progress")
    before = revision()
    update("ingestion_progress", revision=1)
    assert revision() > before


def test_writing_the_same_again_does_not_raise_the_revision():
    insert("ingestion_progress")
    before = revision()
    execute("UPDATE ingestion_progress SET data_state = data_state, error = error")
    assert revision() == before


def test_a_try_that_also_changes_figures_raises_the_revision():
    insert("ingestion_progress")
    before = revision()
    update("ingestion_progress", attempts=2, fetched_at=NOON, record_count=2)
    assert revision() > before


# --- Revisions of reference data --------------------------------------------------------------


def reference_revision(table: str) -> int:
    ((number,),) = execute("SELECT max(revision) FROM reference_revisions WHERE name = %s", [table])
    return number or 0


# By table: changes that a reader can see, and one that none does.
SEEN: dict[str, list[dict[str, Any]]] = {
    "bm_units": [
        {"name": "new"},
        {"farm_name": "new"},
        {"lead_party_name": "new"},
        {"capacity_mw": 7},
        {"capacity_mw": None},
        {"staff_is_wind": True},
        {"register_is_wind": False},
        {"source": "stack"},
    ],
    "miner_models": [{"name": "new"}, {"hashrate_th_s": 7}, {"power_w": 7}, {"active": True}],
    "bitcoin_prices": [
        {"price_gbp": 7},
        {"date": None},
        {"source": "sample"},
        {"quoted_at": NOON + timedelta(hours=1)},
    ],
    "difficulty_epochs": [{"difficulty": 7}, {"starts_at": NOON - timedelta(hours=1)}],
}
UNSEEN_OF_REFERENCES = {
    "bm_units": {"first_seen_at": NOON - timedelta(1), "last_seen_at": NOON + timedelta(1)},
    "difficulty_epochs": {"known_until": NOON + timedelta(1)},
}


@pytest.mark.parametrize("table", SEEN)
def test_what_a_reader_can_see_of_reference_data_raises_its_revision(table):
    execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    revisions = [reference_revision(table)]
    insert(table)
    revisions.append(reference_revision(table))
    for changes in SEEN[table]:
        update(table, **changes)
        revisions.append(reference_revision(table))
    execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    revisions.append(reference_revision(table))
    assert revisions == sorted(set(revisions))


@pytest.mark.parametrize("table", SEEN)
def test_what_no_reader_sees_of_reference_data_does_not_raise_its_revision(table):
    insert(table)
    before = reference_revision(table)
    if table in UNSEEN_OF_REFERENCES:
        update(table, **UNSEEN_OF_REFERENCES[table])
    key = sql.Identifier(next(iter(columns(table))))
    execute(sql.SQL("UPDATE {0} SET {1} = {1}").format(sql.Identifier(table), key))
    execute(sql.SQL("DELETE FROM {} WHERE false").format(sql.Identifier(table)))
    assert reference_revision(table) == before
