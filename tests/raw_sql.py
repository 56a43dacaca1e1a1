"""Rows and refusals for tests that write to the database with plain SQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.utils import DatabaseError
from psycopg import sql

APPS = ("curtailment", "mining", "summaries")
DAY = date(2024, 3, 31)
NOON = datetime(2024, 3, 31, 12, tzinfo=UTC)
BMU, MINER, USER_ID = "T_TEST-1", "TEST", 7001

# At the end of the names of a table's pieces on the nodes of a cluster.
SHARD = r"_[0-9]{6,}$"

# What fills a column that must not be null, unless a row below says otherwise.
FILLERS: dict[str, Any] = {
    "date": DAY,
    "timestamp with time zone": NOON,
    "numeric": 1,
    "smallint": 1,
    "integer": 1,
    "bigint": 1,
    "boolean": False,
    "varchar": "text",
    "text": "text",
    "jsonb": "[]",
}
# Something else than that.
OTHERS: dict[str, Any] = {
    "date": DAY + timedelta(days=1),
    "timestamp with time zone": NOON + timedelta(hours=1),
    "numeric": 2,
    "smallint": 2,
    "integer": 2,
    "bigint": 2,
    "varchar": "another text",
    "text": "another text",
    "jsonb": "{}",
}
PARENTS = {"bmu_id": BMU, "miner_model_id": MINER, "author_id": USER_ID}
OWN: dict[str, dict[str, Any]] = {
    "bm_units": {"elexon_bmu_id": "T_TEST-2", "source": "register"},
    "ingestion_progress": {
        "data_state": "final",
        "attempt_state": "ok",
        "source": "elexon",
        "periods_expected": 46,
        "periods_fetched": 46,
        "verification": "verified",
    },
    "suspect_days": {"state": "open"},
    "backfills": {"state": "running", "first_date": DAY, "last_date": DAY},
    "miner_models": {"key": "TEST2"},
    "difficulty_epochs": {"height": 9_000_000},
    "bitcoin_prices": {"date": DAY, "source": "node"},
    "historical_bitcoin_calculations": {
        "bitcoin_mined": 1,
        "so_bitcoin_mined": 1,
        "other_bitcoin_mined": 1,
        "difficulty": 1,
        "subsidy_btc": 1,
    },
    "notifications": {"event": "failed"},
    # The one row: nothing gives it its number.
    "scheduled_fetching": {"id": 1},
}
# Ids come from sequences, except where a test wants to name the row.
GENERATED = {"id", "is_wind"}


def our_tables() -> list[str]:
    return sorted(
        model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()
    )


def columns(table: str) -> dict[str, models.Field]:
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    return {field.column or "": field for field in model._meta.concrete_fields}


def good_row(table: str, **changes: Any) -> dict[str, Any]:
    """A row that the table takes, changed."""
    row = {}
    for name, field in columns(table).items():
        if not field.null and name not in GENERATED:
            row[name] = PARENTS.get(name, FILLERS.get(type_of(field)))
    return row | OWN.get(table, {}) | changes


def type_of(field: models.Field) -> str:
    return (field.db_type(connection) or "").split("(")[0]


def execute(statement: sql.Composable | str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def names(statement: str) -> set[str]:
    """The names that a query about our tables finds."""
    return {name for (name,) in execute(statement, [our_tables()])}


def insert(table: str, **changes: Any) -> None:
    row = good_row(table, **changes)
    execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join([sql.Placeholder()] * len(row)),
        ),
        list(row.values()),
    )
    # Foreign keys that Django defers are checked now.
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def update(table: str, **changes: Any) -> None:
    """Changes every row of a table."""
    execute(
        sql.SQL("UPDATE {} SET {}").format(
            sql.Identifier(table),
            sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder())
                for name in changes
            ),
        ),
        list(changes.values()),
    )


@contextmanager
def refused(error_class: type[psycopg.Error], rule: str = "") -> Iterator[None]:
    """The block must fail with this error, of this rule; what it did is undone."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    cause = caught.value.__cause__
    assert isinstance(cause, error_class), cause
    if rule:
        assert _rule_of(cause) == rule


def _rule_of(error: psycopg.Error) -> str:
    """The rule that was broken. A partition's unique index is named after the partition, a
    shard's after its number; of an error of another node there are only the words.
    """
    in_words = re.search(r'constraint "(\w+)"', str(error))
    name = error.diag.constraint_name or (in_words[1] if in_words else "")
    return re.sub(SHARD, "", name).replace("_default_", "_")


def insert_parents() -> None:
    """The rows that those of other tables refer to."""
    get_user_model()._default_manager.create(pk=USER_ID, username="staff")
    insert("bm_units", elexon_bmu_id=BMU)
    insert("miner_models", key=MINER)
