"""Plans of queries, and that asking for one changes nothing."""

import pytest
from django.db import DatabaseError, connection
from psycopg import sql

from config.queries.explaining import explain, explain_as_text
from curtailment.models import BMUnit

pytestmark = pytest.mark.django_db


def test_a_plan_is_json_with_true_times_rows_and_pages():
    (explained,) = explain(
        "SELECT count(*) AS units FROM bm_units WHERE elexon_bmu_id = %s", ["T_A"]
    )
    plan = explained["Plan"]
    assert (plan["Node Type"], plan["Actual Rows"]) == ("Aggregate", 1)
    assert plan["Output"] == ["count(*)"]
    assert "Shared Hit Blocks" in plan
    assert explained["Execution Time"] >= 0


def test_composed_sql_and_named_parameters_are_explained():
    query = sql.SQL("SELECT * FROM {} WHERE elexon_bmu_id = %(unit)s").format(
        sql.Identifier("bm_units")
    )
    assert "bm_units" in explain_as_text(query, {"unit": "T_A"})


def test_a_statement_that_writes_is_refused_and_nothing_else_is_disturbed():
    with pytest.raises(DatabaseError, match="read-only transaction"):
        explain("DELETE FROM bm_units")
    BMUnit.objects.create(elexon_bmu_id="T_A")
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)
