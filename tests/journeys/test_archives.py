"""Archiving a year as an operator does it: in a process of its own, which may be killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from curtailment.models import ArchivedYear, IngestionProgress
from curtailment.partitions import ensure_partitions, has_partition
from summaries.pipeline import finish_day
from tests.curtailment.days import add_wind_units, fetched_day, store
from tests.curtailment.lines import stack_line
from tests.journeys.conftest import MANAGE
from tests.raw_sql import execute

YEAR, DAY = 2019, date(2019, 6, 7)
NOW = datetime(2019, 6, 20, 9, tzinfo=UTC)
TABLES = ("curtailment_records", "historical_bitcoin_calculations")


@pytest.fixture
def stored(committed_db):
    add_wind_units()
    ensure_partitions([YEAR])
    lines = {n: [stack_line(volume=f"-{n}.25", so_flag=True)] for n in range(1, 49)}
    store(fetched_day(lines, settlement_date=DAY, started_at=NOW))
    finish_day(DAY, now=NOW)


def rows():
    return [execute(f"SELECT t::text FROM {table} t ORDER BY 1") for table in TABLES]


def wait_until(condition, process):
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def waits_for_readers():
    """Whether somebody wants a big table alone."""
    return execute("SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted")


def test_killed_before_its_last_step_nothing_is_lost(stored, environment, manage, tmp_path):
    before = rows()
    command = ["partitions", f"--detach={YEAR}", f"--folder={tmp_path}"]
    path = tmp_path / "windfall-2019.zip"
    reader = connection.copy()
    with reader.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM curtailment_records")
        process = subprocess.Popen(
            [sys.executable, MANAGE, *command], env=environment, stderr=subprocess.PIPE
        )
        wait_until(waits_for_readers, process)
        assert path.exists()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        cursor.execute("ROLLBACK")
    reader.close()

    assert rows() == before
    assert not ArchivedYear.objects.exists()
    refused = manage(*command)
    assert (refused.returncode, "exists already" in refused.stderr) == (1, True)
    path.unlink()

    archived = manage(*command)
    assert archived.returncode == 0, archived.stderr
    assert not any(has_partition(table, YEAR) for table in TABLES)
    late = manage("backfill", f"--from={DAY}", f"--to={DAY}", "--force")
    assert (late.returncode, "The records of 2019 are archived" in late.stderr) == (1, True)
    assert IngestionProgress.objects.get(pk=DAY).attempt_state == "ok"
    attached = manage("partitions", f"--attach={path}")
    assert attached.returncode == 0, attached.stderr
    assert rows() == before
