"""Clusters that are not as they should be: a sentence that says what to do, and nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.citus import running
from tests.citus.conftest import ClusterDatabase
from tests.citus.test_distribute import FOREIGN_KEY, states_of

pytestmark = running.of_a_cluster()
TABLE = "historical_bitcoin_calculations"
BRING_BACK = f"run SELECT undistribute_table('{TABLE}') first."

WORKERS = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid > 0 ORDER BY nodeport"


@pytest.fixture
def database(empty) -> ClusterDatabase:
    return empty


def refusal_of(database: ClusterDatabase, *arguments: str, **variables: str) -> str:
    """The one sentence with which the command ends."""
    done = database.manage("distribute", *arguments, **variables)
    assert done.returncode == 1, done.stdout
    (sentence,) = done.stderr.splitlines()
    return sentence


@contextmanager
def brought_back(database: ClusterDatabase) -> Iterator[None]:
    """In the end the calculations are where they were."""
    try:
        yield
    finally:
        database.ask(f"SELECT undistribute_table('{TABLE}')")


def test_a_table_that_is_distributed_by_another_column(database):
    database.ask(f"SELECT create_distributed_table('{TABLE}', 'miner_model_id', shard_count => 2)")
    with brought_back(database):
        for arguments in ((), ("--dry-run",), ("--undo",)):
            assert refusal_of(database, *arguments) == (
                f"{TABLE} is distributed by miner_model_id already, where Windfall needs bmu_id: "
                + BRING_BACK
            )
        assert database.ask(FOREIGN_KEY) == [(1,)]
    assert states_of(database)[:2] == ([], [(1,)])


def test_tables_that_are_not_side_by_side(database):
    assert database.manage("distribute", "--shards=2").returncode == 0
    database.ask(f"SELECT undistribute_table('{TABLE}')")
    alone = "colocate_with => 'none', shard_count => 3"
    database.ask(f"SELECT create_distributed_table('{TABLE}', 'bmu_id', {alone})")
    with brought_back(database):
        assert refusal_of(database) == (
            f"{TABLE} is not co-located with curtailment_records, so that their rows of a unit are "
            f"on different nodes: {BRING_BACK}"
        )
    assert database.manage("distribute", "--undo").returncode == 0
    assert states_of(database)[:2] == ([], [(1,)])


def test_a_worker_that_does_not_answer(database):
    _, (host, port) = database.ask(WORKERS)
    move = "UPDATE pg_dist_node SET nodeport = %s WHERE nodeport = %s"
    database.ask(move, 1, port)
    try:
        sentence = refusal_of(database)
    finally:
        database.ask(move, port, 1)
    assert sentence.startswith(f"The worker {host}:1 does not answer (")
    assert sentence.endswith("): start or mend it, or remove it with citus_remove_node.")
    assert states_of(database)[:2] == ([], [(1,)])


def test_a_worker_that_is_not_active(database):
    _, (host, port) = database.ask(WORKERS)
    database.ask("UPDATE pg_dist_node SET isactive = false WHERE nodeport = %s", port)
    try:
        sentence = refusal_of(database)
    finally:
        database.ask("UPDATE pg_dist_node SET isactive = true WHERE nodeport = %s", port)
    assert sentence == (
        f"The node {host}:{port} is not active: run citus_activate_node for it, or "
        "citus_remove_node."
    )


def test_a_worker_with_another_version(database):
    """Of the extension, as where only some nodes were upgraded."""
    _, (host, port) = database.ask(WORKERS)
    ((version,),) = database.ask("SELECT extversion FROM pg_extension WHERE extname = 'citus'")
    set_version = "UPDATE pg_extension SET extversion = %s WHERE extname = 'citus'"
    database.ask(set_version, "12.1-1", port=port)
    try:
        sentence = refusal_of(database)
    finally:
        database.ask(set_version, version, port=port)
    assert sentence.startswith(f"The worker {host}:{port} has Citus 13.")
    assert sentence.endswith(": bring all nodes to the same versions.")
    assert states_of(database)[:2] == ([], [(1,)])


def test_a_coordinator_with_another_version(database):
    ((version,),) = database.ask("SELECT extversion FROM pg_extension WHERE extname = 'citus'")
    set_version = "UPDATE pg_extension SET extversion = %s WHERE extname = 'citus'"
    database.ask(set_version, "12.1-1")
    try:
        sentence = refusal_of(database)
    finally:
        database.ask(set_version, version)
    assert sentence.endswith("run ALTER EXTENSION citus UPDATE on every node.")


def test_a_worker_that_is_taken_for_the_coordinator(database):
    (_, port), *_ = database.ask(WORKERS)
    ((coordinator,),) = database.ask("SELECT nodeport FROM pg_dist_node WHERE groupid = 0")
    url = database.url.replace(f":{coordinator}/", f":{port}/")
    assert refusal_of(database, DATABASE_URL=url) == (
        "This is a worker of the cluster: let DATABASE_URL name its coordinator."
    )


def test_a_cluster_without_nodes_for_rows(database):
    set_rows = "UPDATE pg_dist_node SET shouldhaveshards = %s WHERE groupid > 0"
    database.ask(set_rows, False)
    try:
        sentence = refusal_of(database)
    finally:
        database.ask(set_rows, True)
    assert sentence == (
        "The cluster has no node for rows: add workers with SELECT citus_add_node('address', port)."
    )


def test_a_database_without_the_extension(database):
    url = database.url.replace(database.name, "postgres")
    assert refusal_of(database, DATABASE_URL=url).startswith(
        "This PostgreSQL has Citus, but not in this database: run CREATE"
    )


def test_a_role_that_does_not_own_the_tables(database):
    role = "test_windfall_reader"
    database.ask(f"DROP ROLE IF EXISTS {role}")
    database.ask(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'")
    try:
        place = database.url.rpartition("@")[2]
        url = f"postgres://{role}:secret@{place}"
        done = database.manage("distribute", DATABASE_URL=url)
    finally:
        database.ask(f"DROP ROLE {role}")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "It was refused (must be owner of table curtailment_records): let DATABASE_URL name the "
        "owner of the tables."
    )
    assert states_of(database)[:2] == ([], [(1,)])


def test_records_of_a_unit_that_is_gone_do_not_come_back(database):
    database.manage("distribute", "--shards=2")
    insert = """
        INSERT INTO curtailment_records (
            settlement_date, settlement_period, bmu_id, lead_party_name, curtailed_mwh, payment_gbp,
            so_mwh, so_payment_gbp, other_mwh, other_payment_gbp, so_flag, cadl_flag, lines,
            created_at, updated_at
        ) VALUES ('2024-03-01', 1, 'GONE', '', 0, 0, 0, 0, 0, 0, false, false, '[]', now(), now())
    """
    database.ask(insert)
    done = database.manage("distribute", "--undo")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        'The tables cannot be brought back: Key (bmu_id)=(GONE) is not present in table "bm_units"'
        ". Add what is missing first."
    )
    assert len(states_of(database)[0]) == 2
    database.ask("DELETE FROM curtailment_records WHERE bmu_id = 'GONE'")
    assert database.manage("distribute", "--undo").returncode == 0
