"""What the database does by itself: append-only corrections, and revisions of days."""

import json
from datetime import timedelta
from typing import Any

import pytest
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
    "attempt_state": {"attempt_state": "failed"},
    "source": {"source": "sample"},
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
