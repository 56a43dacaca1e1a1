"""A week by itself: an outage on the third day, a revision on the fifth, a restart on the sixth."""

import json
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest

from config.database import embedded
from curtailment.settlement import iter_dates
from tests.config.conftest import ROOT, embedded_server, environment
from tests.journeys.seven_days import FIRST, LAST
from tests.stubs import server
from tests.stubs.elexon import make_line

REVISED = date(2024, 6, 4)
OUTAGE = "2024-06-05T00:05", "2024-06-06T00:05"
REVISION = "2024-06-07T08:05"
RESTART = "2024-06-08T08:05", "2024-06-08T16:05"


def energy(day, number):
    return [make_line(day, number, "T_SGRWO-1", f"-{day.day}", "-50", soFlag=True)]


@pytest.fixture
def week(elexon_stub):
    """Elexon with small days, from before the week to after it."""
    for day in iter_dates(FIRST - timedelta(days=9), LAST + timedelta(days=3)):
        elexon_stub.add_day(day, {number: energy(day, number) for number in (1, 24, 48)})
    return elexon_stub


@pytest.fixture
def database():
    """A server of its own, which may be stopped, and its address for others."""
    with (
        tempfile.TemporaryDirectory(prefix="windfall-test-", ignore_cleanup_errors=True) as folder,
        embedded_server(Path(folder) / "postgres") as home,
    ):
        one = embedded.ensure_running()
        address = f"postgresql://{one.user}@/windfall?host={quote(str(one.socket_dir))}"
        yield environment(home) | {"DATABASE_URL": address}


def revise(elexon):
    """Elexon says something else of a day, calculated anew; its indicative figures follow."""
    lines = energy(REVISED, 12)
    elexon.set_stack(REVISED, 12, "bid", [lines[0] | {"createdDateTime": "2024-06-07T04:00:00Z"}])


def change_the_world(time, elexon):
    """What happens to Elexon and to the database at a simulated time."""
    if time == OUTAGE[0]:
        elexon.fail("", server.status(503))
    if time == OUTAGE[1]:
        elexon.mend()
    if time == REVISION:
        revise(elexon)
    if time == RESTART[0]:
        embedded.stop()
    if time == RESTART[1]:
        embedded.ensure_running()


def test_after_seven_days_every_day_is_complete_exact_and_verified(week, database, tmp_path):
    variables = database | {"ELEXON_BASE_URL": week.url}
    command = [sys.executable, "manage.py"]
    subprocess.run([*command, "migrate", "-v", "0"], cwd=ROOT, env=variables, check=True)
    code = "from tests.journeys.seven_days import run; run()"
    with (
        (tmp_path / "log").open("w+") as log,
        subprocess.Popen(
            [*command, "shell", "-v", "0", "-c", code],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None and process.stdout is not None
        said = ""
        for said in process.stdout:
            change_the_world(said.strip(), week)
            process.stdin.write("\n")
            process.stdin.flush()
        process.wait(20)
        log.seek(0)
        lines = log.read().splitlines()

    assert process.returncode == 0, "\n".join(lines[-20:])
    assert json.loads(said) == {
        str(day): ["final", "ok", "verified", str(expected_mwh(day)), "None"]
        for day in iter_dates(FIRST, LAST)
    }
    assert_log_explains(lines)


def expected_mwh(day):
    """A bid in three periods, each as large as the day of the month; after the revision in four."""
    return Decimal(day.day) * (4 if day == REVISED else 3)


def assert_log_explains(lines):
    """The outage, the revision and the restart can be read from the log."""
    assert any("fetch_due_day 2024-06-05 done" in x and "failed" in x for x in lines)
    assert any("fetch_due_day 2024-06-04 done" in x and "written" in x for x in lines)
    assert any("task fetch_due_days - failed" in x and "OperationalError" in x for x in lines)
    assert any("verify_day 2024-06-09 done" in x and "verified" in x for x in lines)
