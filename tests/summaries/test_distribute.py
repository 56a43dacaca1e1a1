"""Where there is no Citus: it is said, and costs nothing. With it: tests/citus."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curtailment.sql import merge_date
from mining.operations.calculation import CALCULATIONS, _parameters
from summaries.distributing.tables import BIG_TABLES
from tests.raw_sql import DAY, NOON, execute

pytestmark = pytest.mark.django_db

FOREIGN_KEYS = """
    SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 AND conrelid = to_regclass(%s)
"""


@pytest.mark.parametrize("arguments", [(), ("--undo",), ("--dry-run",)])
def test_a_server_without_citus_is_told_in_a_sentence(arguments):
    stdout = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("distribute", *arguments, stdout=stdout)
    # It may be installed on the server of the tests, and is not in their database.
    is_installed = execute("SELECT 1 FROM pg_available_extensions WHERE name = 'citus'")
    assert str(refused.value).startswith(
        "This PostgreSQL has Citus, but not in this database: run CREATE EXTENSION citus"
        if is_installed
        else "This PostgreSQL has no Citus: install Citus 13 on every node of the cluster and "
        "name its coordinator in DATABASE_URL"
    )
    assert str(refused.value).endswith("docs/scaling.md says how.")
    assert (refused.value.returncode, stdout.getvalue()) == (1, "")


@pytest.mark.parametrize("table", BIG_TABLES, ids=lambda table: table.name)
def test_every_foreign_key_of_the_big_tables_is_known_and_no_other(table):
    """Each is dropped when the table is distributed, and has to come back as it was."""
    assert dict(execute(FOREIGN_KEYS, [table.name])) == table.foreign_keys


def test_a_merge_asks_once_for_the_cluster_and_for_the_planner():
    """What sets the planner says in the same breath whether there is a cluster."""
    with CaptureQueriesContext(connection) as captured:
        merge_date(CALCULATIONS, _parameters(DAY, NOON, None))
    asked = [query["sql"] for query in captured]
    assert [statement.split()[0] for statement in asked] == ["SELECT", "SELECT", "MERGE"]
    assert ["citus" in statement for statement in asked] == [True, False, False]
