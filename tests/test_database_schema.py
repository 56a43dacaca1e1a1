"""docs/database_schema.md says what the models and the database are, no less and no more."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from tests.schema_page import (
    COLUMNS_HEADER,
    KEYS_HEADER,
    PAGE,
    documented_columns,
    documented_keys,
    mistakes,
    rows_under,
)

APPS = ("curtailment", "mining", "summaries")
PARTITIONED = {"curtailment_records", "historical_bitcoin_calculations"}
UNIT_BY_ENDING = {"_gbp_per_mwh": "GBP/MWh", "_mwh": "MWh", "_gbp": "GBP", "_mw": "MW"}
SHORT_TYPES = {"character varying": "varchar", "timestamp with time zone": "timestamptz"}


# --- What there is ----------------------------------------------------------------------------


def our_models() -> list[type[models.Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


def our_tables() -> list[str]:
    return sorted(model._meta.db_table for model in our_models())


def in_words(type_name: str, may_be_null: bool) -> tuple[str, str]:
    for long, short in SHORT_TYPES.items():
        type_name = type_name.replace(long, short)
    return type_name, "null" if may_be_null else "not null"


def query(sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query about our tables, whose names it takes as its one parameter."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [our_tables()])
        return cursor.fetchall()


def sql_for_columns() -> str:
    return """
        SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relname = ANY(%s)
            AND c.relnamespace = current_schema()::regnamespace
    """


def sql_for_indexes() -> str:
    return """
        SELECT
            c.relname || ': ' || i.relname,
            CASE WHEN x.indisprimary THEN 'primary key' WHEN x.indisunique THEN 'unique'
                ELSE 'index' END,
            split_part(pg_get_indexdef(x.indexrelid), ' USING btree ', 2)
        FROM pg_index AS x
        JOIN pg_class AS c ON c.oid = x.indrelid
        JOIN pg_class AS i ON i.oid = x.indexrelid
        WHERE c.relname = ANY(%s) AND c.relnamespace = current_schema()::regnamespace
    """


def sql_for_foreign_keys() -> str:
    return """
        SELECT
            conrelid::regclass || ': ' || conname,
            'foreign key',
            replace(
                replace(pg_get_constraintdef(oid), 'FOREIGN KEY ', ''),
                ' DEFERRABLE INITIALLY DEFERRED', ''
            )
        FROM pg_constraint
        WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
    """


def sql_for_checks() -> str:
    return """
        SELECT conrelid::regclass || ': ' || conname, 'check', ''
        FROM pg_constraint
        WHERE contype = 'c' AND conrelid::regclass::text = ANY(%s)
    """


def sql_for_triggers() -> str:
    return """
        SELECT tgrelid::regclass || ': ' || tgname, 'trigger', ''
        FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY(%s)
    """


def sql_for_partitioned_tables() -> str:
    return """
        SELECT partrelid::regclass::text, pg_get_partkeydef(partrelid), partdefid::regclass::text
        FROM pg_partitioned_table
        WHERE partrelid::regclass::text = ANY(%s)
    """


# --- The page against the models --------------------------------------------------------------


def test_every_table_has_its_section():
    sections = {table: () for table, _cells in rows_under(COLUMNS_HEADER)}
    wrong = mistakes(sections, dict.fromkeys(our_tables(), ()), "set of models")
    assert not wrong, wrong


@pytest.mark.django_db
def test_every_column_of_the_models_is_described():
    columns = {
        f"{model._meta.db_table}.{field.column}": model_column(field)
        for model in our_models()
        for field in model._meta.concrete_fields
    }
    wrong = mistakes(documented_columns(), columns, "model")
    assert not wrong, wrong


def model_column(field: models.Field) -> tuple[str, str]:
    # A generated column cannot be declared NOT NULL on PostgreSQL by Django.
    is_generated = isinstance(field, models.GeneratedField)
    return in_words(field.db_type(connection) or "", field.null or is_generated)


def test_every_constraint_and_index_of_the_models_is_described():
    kinds = ("primary key", "unique", "index", "check")
    documented = {name.split(": ")[1] for name in documented_keys(*kinds)}
    named = {
        rule.name
        for model in our_models()
        for rule in [*model._meta.constraints, *model._meta.indexes]
    }
    assert named <= documented, f"add to the page: {sorted(named - documented)}"


def test_every_value_that_a_column_may_have_is_named():
    meanings = {
        f"{table}.{name.strip('`')}": meaning
        for table, (name, _type, _unit, _null, meaning) in rows_under(COLUMNS_HEADER)
    }
    for model in our_models():
        for field in model._meta.concrete_fields:
            column = f"{model._meta.db_table}.{field.column}"
            for value, _label in field.choices or ():
                assert f"`{value}`" in meanings[column], f"{column} may be {value}"


# --- The page against the database ------------------------------------------------------------


@pytest.mark.django_db
def test_every_column_of_the_database_is_described():
    columns = {name: in_words(kind, null) for name, kind, null in query(sql_for_columns())}
    wrong = mistakes(documented_columns(), columns, "database")
    assert not wrong, wrong


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kinds", "sql"),
    [
        (("primary key", "unique", "index"), sql_for_indexes()),
        (("foreign key",), sql_for_foreign_keys()),
        (("check",), sql_for_checks()),
        (("trigger",), sql_for_triggers()),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_key_index_and_rule_of_the_database_is_described(kinds, sql):
    actual = {name: (kind, on) for name, kind, on in query(sql)}
    wrong = mistakes(documented_keys(*kinds), actual, "database")
    assert not wrong, wrong


@pytest.mark.django_db
def test_the_big_tables_are_partitioned_by_date_with_a_default():
    assert {row[0]: row[1:] for row in query(sql_for_partitioned_tables())} == {
        table: ("RANGE (settlement_date)", f"{table}_default") for table in PARTITIONED
    }
    keys = documented_keys("primary key")
    for table in PARTITIONED:
        on = keys[f"{table}: {table}_pkey"][1]
        assert on.startswith("(settlement_date, settlement_period, bmu_id")


@pytest.mark.django_db
def test_the_queries_of_the_page_run():
    queries = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert queries
    with connection.cursor() as cursor:
        for sql in queries:
            cursor.execute(sql)


# --- The page by itself -----------------------------------------------------------------------


def test_every_row_says_what_it_is_about():
    for header in (COLUMNS_HEADER, KEYS_HEADER):
        for table, cells in rows_under(header):
            assert len(cells) == len(header), f"{table}: {cells} has not {len(header)} cells"
            assert cells[-1], f"{table}: {cells[0]} has no explanation"


def test_every_unit_in_a_name_is_the_unit_of_the_column():
    for table, (name, _type, unit, _null, _meaning) in rows_under(COLUMNS_HEADER):
        for ending, unit_of_ending in UNIT_BY_ENDING.items():
            if name.strip("`").endswith(ending):
                price = {"bitcoin_prices.price_gbp", "bitcoin_daily_summaries.price_gbp"}
                expected = "GBP/BTC" if f"{table}.{name.strip('`')}" in price else unit_of_ending
                assert unit == expected, f"{table}.{name} is in {expected}, not in {unit!r}"
                break


def test_old_names_lead_to_columns_that_exist():
    header = ["old table", "old column", "here", "what differs"]
    exist = {name.split(".")[1] for name in documented_columns()}
    here = [cells[2] for _table, cells in rows_under(header) if cells[2] != "the same"]
    named = {
        name for cell in here for name in re.findall(r"[a-z_]+", " ".join(cell.split("`")[1::2]))
    }
    assert len(here) > 15
    assert named <= exist, f"no such columns: {sorted(named - exist)}"


def test_a_difference_is_reported_in_either_direction():
    documented = {"t.gone": ("text",), "t.changed": ("text",)}
    actual = {"t.new": ("text",), "t.changed": ("date",)}
    assert mistakes(documented, actual, "database") == (
        "\n- t.changed: the page says ('text',), the database has ('date',)"
        "\n- remove from the page: t.gone, which the database does not have"
        "\n- add to the page: t.new ('text',), which the database has"
    )
