"""The command that shows how the database goes about a report."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.commands import BadInput
from tests.summaries.factories import Rec, store_day

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 5)


@pytest.fixture(autouse=True)
def stored():
    store_day(DAY, [Rec("T_SGRWO-1", 1, ("10", "500"))])


def explained(*arguments):
    stdout = StringIO()
    call_command("explain_report", *arguments, stdout=stdout)
    return stdout.getvalue()


@pytest.mark.parametrize(
    ("kind", "value"), [("daily", "2024-03-05"), ("monthly", "2024-03"), ("yearly", "2024")]
)
def test_every_query_of_a_report_has_its_plan(client, kind, value):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/reports/{kind}/{value}/").status_code == 200
    # One of them asks the cache of reports, which the report itself does not.
    asked = [query for query in captured if "SELECT" in query["sql"][:200]]
    text = explained(kind, value)
    assert text.count("-- ") == len(asked) - 1
    assert text.count("Execution Time: ") == len(asked) - 1
    assert "Buffers: " in text


def test_a_query_is_named_by_its_sql_and_its_caller():
    text = explained("daily", "2024-03-05")
    assert "SQL_FOR_PERIODS of summaries.queries.periods.read_periods:" in text
    assert "SELECT ingestion_progress of summaries.queries.days.read_day_states:" in text


def test_the_same_as_json():
    plans = json.loads(explained("monthly", "2024-03", "--format", "json"))
    assert {"query", "caller", "plan"} == set(plans[0])
    assert all(plan["plan"][0]["Execution Time"] >= 0 for plan in plans)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("daily", "2024-02-30", "2024-02-30"),
        ("monthly", "March", "'March' is not a month. Write it as YYYY-MM."),
        ("yearly", "1999", "1999 is before 2001-03-27"),
    ],
)
def test_bad_input_is_told_with_status_2(kind, value, said):
    with pytest.raises(BadInput, match=said) as told:
        explained(kind, value)
    assert told.value.returncode == 2
