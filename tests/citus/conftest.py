"""A cluster's database for a module of its own, and manage.py on it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from psycopg import sql

from tests.citus import running

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"

Manage = Callable[..., "subprocess.CompletedProcess[str]"]


class ClusterDatabase:
    """A database on every node of the cluster, the coordinator's first."""

    def __init__(self, name: str) -> None:
        self.name = name
        running.make_database(name)

    @property
    def url(self) -> str:
        return running.address_of(self.name)

    def ask(self, statement: str, *parameters: object, port: int | None = None) -> list[tuple]:
        """What a statement answers, on the coordinator or on the node of a port."""
        other = {} if port is None else {"port": port}
        with running.connect(dbname=self.name, **other) as node:
            cursor = node.execute(sql.SQL(statement), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Starts a management command on it."""
        return subprocess.Popen(
            [sys.executable, MANAGE, *arguments],
            env=os.environ
            | {"DATABASE_URL": self.url, "SECRET_KEY": "only-for-tests", "LOG_FORMAT": "plain"}
            | {"SLOW_QUERY_MS": "600000"}
            | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments, **variables) as process:
            stdout, stderr = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def dump(self) -> str:
        """Everything but rows, as pg_dump says it."""
        program = Path(f"/usr/lib/postgresql/{self.major}/bin/pg_dump")
        dumped = subprocess.run(
            [program, "--schema-only", f"--dbname={self.url}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        # Both have a random key.
        keys = ("\\restrict", "\\unrestrict")
        return "\n".join(line for line in dumped.splitlines() if not line.startswith(keys))

    @property
    def major(self) -> int:
        ((number,),) = self.ask("SELECT current_setting('server_version_num')::int / 10000")
        return number


@pytest.fixture(scope="module")
def empty() -> Iterator[ClusterDatabase]:
    """A database with the tables of the product, without rows, not distributed."""
    # Each process of the run has its own.
    process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    database = ClusterDatabase(f"test_windfall_apart_{process}")
    migrated = database.manage("migrate", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    yield database
    running.drop_database(database.name)


@pytest.fixture(scope="module")
def filled(empty: ClusterDatabase) -> ClusterDatabase:
    """With two days of the sample, not distributed."""
    assert empty.manage("load_sample", "--from=2024-03-01", "--to=2024-03-02").returncode == 0
    return empty
