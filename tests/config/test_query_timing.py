"""Slow and failed queries are logged with who asked; the others cost next to nothing."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection

from config.queries.timing import totaled_queries
from curtailment.operations.replace import replace_records
from curtailment.partitions import has_partition
from summaries.queries.choices import read_choices
from summaries.queries.freshness import read_freshness

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_query_is_slow(settings):
    settings.SLOW_QUERY_MS = 0


@pytest.mark.usefixtures("every_query_is_slow")
@pytest.mark.parametrize(
    ("ask", "query", "caller"),
    [
        (read_choices, "SQL_FOR_CHOICES", "summaries.queries.choices.read_choices:"),
        (
            lambda: has_partition("curtailment_records", 2024),
            "sql_for_having_a_table",
            "curtailment.partitions.has_partition:",
        ),
        (
            read_freshness,
            "SELECT ingestion_progress",
            "summaries.queries.freshness.read_freshness:",
        ),
    ],
    ids=["a constant", "a function", "the ORM"],
)
def test_a_slow_query_is_logged_with_its_name_and_its_caller(caplog, ask, query, caller):
    ask()
    (record,) = caplog.records
    assert record.name == "config.queries.timing"
    assert record.fields["query"] == query
    assert record.fields["caller"].startswith(caller)
    assert record.fields["duration_ms"] >= 0
    assert record.getMessage().startswith("Slow query, ")


@pytest.mark.usefixtures("every_query_is_slow")
def test_copy_is_timed_as_long_as_rows_are_sent(caplog):
    with totaled_queries() as totals:
        replace_records(date(2024, 3, 5), [], now=datetime(2024, 3, 6, tzinfo=UTC))
    copies = [record.fields for record in caplog.records if record.fields["query"] == "COPY_ROWS"]
    assert [copy["caller"].partition(":")[0] for copy in copies] == [
        "curtailment.operations.replace._stage"
    ]
    assert totals.count == len(caplog.records)


def test_a_quick_query_is_not_logged(caplog, settings):
    settings.SLOW_QUERY_MS = 60_000
    read_choices()
    assert not caplog.records


def test_a_failed_query_is_logged_without_the_values_of_rows(caplog):
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / %s", [0])
    (record,) = caplog.records
    assert record.getMessage().startswith("Failed query, ")
    assert record.getMessage().endswith("DivisionByZero: division by zero")


def test_what_a_piece_of_work_asks_is_added_up():
    with totaled_queries() as totals:
        read_choices()
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01) / 0")
    assert totals.count == 2
    assert totals.seconds > 0
