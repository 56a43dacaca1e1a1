"""`python -m tests.benchmarks` as a process: every row of its table, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.benchmarks.database import refuse_unless_it_fits
from tests.benchmarks.document import BEGIN, END
from tests.benchmarks.refusals import CannotBegin
from tests.benchmarks.scale import Scale

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    "Queries of the daily report",
    "Queries of the monthly report",
    "Queries of the yearly report",
    "Queries of the farm report, a year",
    "Summaries after one changed day",
    "The daily page from the cache",
    "The yearly page that the reader has (304)",
    "Writing one fetched day (records, evidence, ledger)",
    "Re-ingesting it unchanged",
    "Bitcoin of a day, 3 miner models",
    "Backfill of a year",
    "Peak memory of the longer backfill",
]


@pytest.fixture
def on_server(django_db_blocker):
    """Runs a statement beside all databases."""

    def run(statement, *names):
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return cursor.fetchall() if cursor.description else None

    return run


@pytest.fixture
def database(on_server, worker_id):
    """The name of a database that is not there yet, and is not left behind."""
    name = f"bench_test_{worker_id}"
    on_server("DROP DATABASE IF EXISTS {}", name)
    yield name
    on_server("DROP DATABASE IF EXISTS {}", name)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "benchmarks.md"
    path.write_text(f"{BEGIN}\n{END}\n")
    return path


@pytest.fixture
def bench(page, tmp_path):
    """Runs the benchmark with a document and results of its own."""

    def run(*arguments):
        places = ["--document", str(page), "--results", str(tmp_path / "results")]
        return subprocess.run(
            [sys.executable, "-m", "tests.benchmarks", *arguments, *places],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def assert_refused(result, page, about):
    assert result.returncode == 2
    assert about in result.stderr
    assert result.stderr.count("\n") == 1
    assert page.read_text() == f"{BEGIN}\n{END}\n"


def test_every_row_is_measured_and_written_down(bench, database, page):
    smallest = ["--scale", "0.001", "--database", database]
    result = bench(*smallest, "--repeats", "1", "--days", "1")

    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    text = page.read_text()
    assert [row for row in ROWS if f"| {row} |" not in text] == []
    assert "| 0.001 x |" in text

    # It is used again at its own scale only.
    page.write_text(f"{BEGIN}\n{END}\n")
    other = bench("--scale", "0.002", "--database", database)
    assert_refused(other, page, f"The database {database} is not empty")


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (["--scale", "much"], "The scale 'much' is not a number."),
        (["--scale", "0"], "The scale is 0. Give a number from 0.001 to 10"),
        (["--scale", "1", "--database", "windfall"], "never touches a database like 'windfall'"),
        (["--scale", "1", "--database", 'bench_"'], "never touches a database like"),
        (["--scale", "1", "--repeats", "0"], "--repeats is '0'. Give a whole number from 1 to 7."),
        (["--scale", "1", "--days", "366"], "--days is '366'. Give a whole number from 1 to 365."),
    ],
)
def test_bad_input_is_one_sentence(bench, page, arguments, about):
    assert_refused(bench(*arguments), page, about)


def test_a_database_of_somebody_else_is_left_alone(bench, database, page, on_server):
    on_server("CREATE DATABASE {}", database)
    with _connected(database) as theirs:
        theirs.execute("CREATE TABLE theirs (id int)")

    assert_refused(bench("--scale", "0.001", "--database", database), page, "is not empty")

    with _connected(database) as theirs:
        tables = theirs.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == [("theirs",)]


def test_a_scale_that_does_not_fit_the_disk_is_refused_with_the_estimate():
    with pytest.raises(CannotBegin, match=r"^Scale 10 needs about 44\.0 GB of disk, and 5\.0 GB"):
        refuse_unless_it_fits(Scale(10), free_bytes=5_000_000_000)
    refuse_unless_it_fits(Scale(10), free_bytes=50_000_000_000)
    refuse_unless_it_fits(Scale(10), free_bytes=None)


def _connected(database):
    parameters = connection.get_connection_params()
    names = ("host", "port", "user", "password")
    place = {name: parameters[name] for name in names if parameters.get(name)}
    return psycopg.connect(**place, dbname=database, autocommit=True)
