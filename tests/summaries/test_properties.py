"""Whatever comes in whatever order: twice equals once, and every total is the sum below it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.operations import load_embedded_epochs
from summaries.pipeline import finish_day
from tests.curtailment.days import DAY, FETCHED, add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

TABLES = (
    "curtailment_records",
    "historical_bitcoin_calculations",
    "daily_summaries",
    "monthly_summaries",
    "yearly_summaries",
    "bitcoin_daily_summaries",
    "bitcoin_monthly_summaries",
    "bitcoin_yearly_summaries",
    "farm_daily_summaries",
    "bitcoin_farm_daily_summaries",
    "wind_generation_data",
)

lines = st.builds(
    stack_line,
    id=st.sampled_from(["T_SGRWO-1", "T_MOWEO-1", "T_DRAXX-1", None]),
    volume=st.decimals(-500, 20, places=9),
    original_price=st.decimals(-100, 50, places=4),
    so_flag=st.sampled_from([True, False, None]),
    cadl_flag=st.booleans(),
)
answers = st.dictionaries(st.integers(1, 48), st.lists(lines, max_size=4), max_size=5)
few = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def register(db):
    load_embedded_epochs(now=FETCHED)
    add_wind_units()


def everything():
    """Each table's rows with their versions: what changes when anything writes them."""
    rows = {}
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT ctid::text, xmin::text, t.* FROM {table} AS t ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


def figures():
    rows = {}
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT to_jsonb(t) - ARRAY['id', 'created_at', 'updated_at', 'calculated_at',"
                f" 'revision'] AS row FROM {table} AS t ORDER BY 1"
            )
            rows[table] = cursor.fetchall()
    return rows


@contextmanager
def undone():
    """What happens within leaves no trace: every example begins with an empty database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@few
@given(answers)
@undone()
def test_ingesting_twice_equals_once(answer):
    store(fetched_day(answer), force=True)
    finish_day(DAY, now=FETCHED)
    once = everything()
    store(fetched_day(answer, started_at=FETCHED + timedelta(hours=1)), force=True)
    finish_day(DAY, now=FETCHED + timedelta(hours=1))
    assert everything() == once
    assert_summaries_equal_naive_sums()


@few
@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(answer, random):
    shuffled = {number: random.sample(rows, len(rows)) for number, rows in answer.items()}
    assert figures_of(answer) == figures_of(shuffled)


@undone()
def figures_of(answer):
    store(fetched_day(answer))
    finish_day(DAY, now=FETCHED)
    return figures()
