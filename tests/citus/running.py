"""A run of the tests on a Citus cluster: `CITUS_DATABASE_URL=... pytest -m citus`.

The address is of a database on the cluster's coordinator, of a superuser who reaches every node
in the same way. Each process of the run makes a database of its own there, on all nodes.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from config.environment import Environment

VARIABLE = "CITUS_DATABASE_URL"
MARKER = "citus"
# Few, so that a test does not wait for hundreds of pieces to be emptied.
SHARDS = 4
NOT_ASKED = f"no cluster: set {VARIABLE} to its coordinator and run pytest -m {MARKER}"
TESTS = Path(__file__).resolve().parents[1]
# What touches the big tables, and what is told of them.
FOLDERS = ("citus", "curtailment", "journeys", "mining", "summaries")
# They look at plans, at a foreign key that clusters lack, or at what is told of one server.
OF_ONE_SERVER = frozenset(
    [
        "test_a_day_that_statistics_do_not_know_is_not_joined_row_by_row",
        "test_a_merge_asks_nothing_more_than_before",
        "test_a_partition_keeps_the_rules_of_its_table",
        "test_a_reference_to_what_does_not_exist_is_refused",
        "test_a_server_without_citus_is_told_in_a_sentence",
        "test_a_unit_with_records_cannot_be_removed",
        "test_every_foreign_key_of_the_big_tables_is_known_and_no_other",
        "test_every_index_of_the_big_tables_and_slices_is_used_by_a_page",
        "test_every_key_index_and_rule_of_the_database_is_described",
        "test_every_query_of_a_report_has_its_plan",
        "test_only_active_corrections_are_read_and_records_by_their_key",
        "test_pages_read_no_big_table_whole_and_no_partition_of_another_year",
    ]
)
_is_used = False

NODES = """
    SELECT nodename, nodeport, groupid = 0 FROM pg_dist_node
    WHERE noderole = 'primary' AND isactive ORDER BY groupid
"""


def is_asked(config: Any) -> bool:
    """Whether this run is one on the cluster."""
    return bool(os.environ.get(VARIABLE)) and config.option.markexpr == MARKER


def of_a_cluster() -> pytest.MarkDecorator:
    """The mark of a module's tests, which needs a cluster; without one it is left out here."""
    if not _is_used:
        pytest.skip(NOT_ASKED, allow_module_level=True)
    return pytest.mark.citus


def use_cluster(config: Any) -> None:
    """This will let the run's database be one on the cluster, which is there when Django looks."""
    global _is_used
    _is_used = True
    settings = connections.databases["default"]
    settings.pop("EMBEDDED", None)
    settings |= Environment().postgres_url(VARIABLE) | {"ENGINE": settings["ENGINE"]}
    config.option.reuse_db = True


def make_database(name: str) -> None:
    """This will make an empty database of this name on every node, and a cluster of them."""
    drop_database(name)
    nodes = _known_nodes()
    for host, port, _ in nodes:
        with connect(host=host, port=port, dbname="postgres") as node:
            node.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with connect(host=host, port=port, dbname=name) as node:
            node.execute("CREATE EXTENSION citus")
    with connect(dbname=name) as coordinator:
        for host, port, is_coordinator in nodes:
            add = "citus_set_coordinator_host" if is_coordinator else "citus_add_node"
            coordinator.execute(f"SELECT {add}(%s, %s)", [host, port])


def drop_database(name: str) -> None:
    """This will remove a database from every node, if it is there."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for host, port, _ in _known_nodes():
        with connect(host=host, port=port, dbname="postgres") as node:
            node.execute(drop)


def _known_nodes() -> list[tuple[str, int, bool]]:
    with connect() as coordinator:
        return coordinator.execute(NODES).fetchall()


def address_of(name: str) -> str:
    """The address of another database on the coordinator."""
    return urlsplit(os.environ[VARIABLE])._replace(path=f"/{name}").geturl()


def connect(**other: Any) -> psycopg.Connection:
    """A connection to the coordinator, or to what is named otherwise, without transactions."""
    address = make_conninfo(os.environ[VARIABLE], **other)
    return psycopg.connect(address, autocommit=True)


def runs_there(item: pytest.Item) -> bool:
    """Whether a test that is not only of clusters runs on one too."""
    path = item.path.relative_to(TESTS)
    if item.name.partition("[")[0] in OF_ONE_SERVER:
        return False
    return path.parts[0] in FOLDERS or path.name.startswith("test_database_")
