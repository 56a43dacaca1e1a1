"""`manage.py distribute` on a real cluster: there, back, twice, and half-way."""

import signal
import time

import pytest
from psycopg import sql

from tests.citus import running

pytestmark = running.of_a_cluster()

RANGE = ("--from=2024-03-01", "--to=2024-03-02")
BIG_TABLES = ("curtailment_records", "historical_bitcoin_calculations")
DISTRIBUTED = """
    SELECT table_name::text, distribution_column, citus_table_type FROM citus_tables
    WHERE table_name::text = ANY(%s::text[]) ORDER BY 1
"""
BY_UNIT = [(name, "bmu_id", "distributed") for name in BIG_TABLES]
COLOCATED = "SELECT count(DISTINCT colocation_id) FROM citus_tables"
FOREIGN_KEY = """
    SELECT count(*) FROM pg_constraint
    WHERE conname = 'curtailment_records_bmu_fkey' AND conparentid = 0
"""
ON_THE_COORDINATOR = """
    SELECT coalesce(sum(pg_relation_size(inhrelid)), 0) FROM pg_inherits
    WHERE inhparent IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS t (name))
"""


@pytest.fixture
def database(filled):
    """With two days of the sample; not distributed, however the test before it ended."""
    yield filled
    assert filled.manage("distribute", "--undo").returncode == 0


def rows_of(database):
    """Every row of both tables, ids too, as a digest."""
    return [
        database.ask(
            f"SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY id)) FROM {table} AS t"
        )
        for table in BIG_TABLES
    ]


def states_of(database):
    return (
        database.ask(DISTRIBUTED, list(BIG_TABLES)),
        database.ask(FOREIGN_KEY),
        rows_of(database),
    )


def test_what_was_distributed_comes_back_to_the_last_letter(database):
    # As an archived year leaves a rule on the default partition.
    database.ask("ALTER TABLE curtailment_records_default ADD CONSTRAINT aside CHECK (id > -1)")
    definitions, rows = database.dump(), rows_of(database)
    ((sequence,),) = database.ask("SELECT last_value FROM curtailment_records_id_seq")

    done = database.manage("distribute", f"--shards={running.SHARDS}")
    assert (done.returncode, done.stderr) == (0, "")
    assert database.ask(DISTRIBUTED, list(BIG_TABLES)) == BY_UNIT
    assert database.ask(COLOCATED) == [(1,)]
    assert rows_of(database) == rows
    assert database.ask(ON_THE_COORDINATOR, list(BIG_TABLES)) == [(0,)]

    assert database.manage("distribute", "--undo").returncode == 0
    assert database.dump() == definitions
    assert rows_of(database) == rows
    assert database.ask("SELECT last_value FROM curtailment_records_id_seq") == [(sequence,)]


def test_what_is_written_meanwhile_comes_back_too(database):
    database.manage("distribute", f"--shards={running.SHARDS}")
    written = database.manage("load_sample", "--from=2024-03-03", "--to=2024-03-03")
    assert written.returncode == 0, written.stderr
    made = database.manage("partitions", "--ahead=7")
    assert made.returncode == 0, made.stderr
    rows = rows_of(database)

    assert database.manage("distribute", "--undo").returncode == 0
    assert rows_of(database) == rows
    ids = "SELECT count(*) - count(DISTINCT id) FROM historical_bitcoin_calculations"
    assert database.ask(ids) == [(0,)]
    checked = database.manage("reconcile", "--from=2024-03-01", "--to=2024-03-03")
    assert checked.returncode == 0, checked.stdout


def test_a_dry_run_says_what_it_would_do_and_does_nothing(database):
    before = states_of(database)
    said = database.manage("distribute", "--dry-run")
    assert said.returncode == 0
    assert "Would drop the foreign key curtailment_records_bmu_fkey" in said.stdout
    assert "Would distribute historical_bitcoin_calculations by bmu_id" in said.stdout
    assert states_of(database) == before
    assert "Nothing to do." in database.manage("distribute", "--undo", "--dry-run").stdout


def test_doing_it_twice_equals_once(database):
    assert "Done: " in database.manage("distribute", f"--shards={running.SHARDS}").stdout
    before = states_of(database)
    again = database.manage("distribute")
    assert again.returncode == 0
    assert "Done: " not in again.stdout
    assert states_of(database) == before


def test_two_at_once_equal_one(database):
    both = [database.start("distribute", f"--shards={running.SHARDS}") for _ in range(2)]
    ends = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert database.ask(DISTRIBUTED, list(BIG_TABLES)) == BY_UNIT


@pytest.mark.parametrize("table", BIG_TABLES)
def test_nothing_is_half_done_where_somebody_writes_for_long(database, table):
    before = states_of(database)
    with running.connect(dbname=database.name) as writer, writer.transaction():
        writer.execute(sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE").format(sql.Identifier(table)))
        refused = database.manage("distribute")
    assert refused.returncode == 1
    # What failed is logged before it is told.
    assert refused.stderr.splitlines()[-1] == (
        "Somebody uses the records for longer than 10 seconds: stop the background work, or try "
        "again."
    )
    assert states_of(database) == before


def test_killed_half_way_it_goes_on(database):
    with running.connect(dbname=database.name) as writer, writer.transaction():
        writer.execute("LOCK TABLE historical_bitcoin_calculations IN ROW EXCLUSIVE MODE")
        with database.start("distribute", f"--shards={running.SHARDS}") as process:
            while database.ask(FOREIGN_KEY) != [(0,)]:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        assert database.ask(DISTRIBUTED, list(BIG_TABLES)) == []
    assert database.manage("distribute", f"--shards={running.SHARDS}").returncode == 0
    assert database.ask(DISTRIBUTED, list(BIG_TABLES)) == BY_UNIT


def test_a_year_is_archived_and_put_back_on_the_nodes(database, tmp_path):
    database.manage("distribute", f"--shards={running.SHARDS}")
    rows = rows_of(database)
    taken = database.manage("partitions", "--detach=2024", f"--folder={tmp_path}")
    assert taken.returncode == 0, taken.stderr
    assert rows_of(database) != rows
    put = database.manage("partitions", f"--attach={tmp_path}/windfall-2024.zip")
    assert put.returncode == 0, put.stderr
    assert rows_of(database) == rows
    assert database.ask(ON_THE_COORDINATOR, list(BIG_TABLES)) == [(0,)]
    assert database.manage("reconcile", *RANGE).returncode == 0


def test_later_migrations_work_on_distributed_tables(database):
    database.manage("distribute", f"--shards={running.SHARDS}")
    for statement in (
        "ALTER TABLE curtailment_records ADD COLUMN note varchar NOT NULL DEFAULT 'x'",
        "ALTER TABLE curtailment_records ADD CONSTRAINT noted CHECK (note <> '')",
        "CREATE INDEX noted_index ON curtailment_records (note)",
        "UPDATE curtailment_records SET note = 'y' WHERE settlement_date = '2024-03-02'",
        "ALTER TABLE curtailment_records RENAME COLUMN note TO remark",
    ):
        database.ask(statement)
    counted = "SELECT remark::text, count(*) > 0 FROM curtailment_records GROUP BY 1 ORDER BY 1"
    assert database.ask(counted) == [("x", True), ("y", True)]
    database.ask("ALTER TABLE curtailment_records DROP COLUMN remark")
