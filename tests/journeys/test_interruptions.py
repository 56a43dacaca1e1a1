"""What must not be lost or done twice: kills, and several at the same work."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from curtailment.models import Backfill, IngestionProgress
from curtailment.settlement import iter_dates, iter_periods
from mining.models import DifficultyEpoch
from tests.journeys.conftest import MANAGE
from tests.journeys.naive import fraction, report
from tests.stubs import server
from tests.stubs.elexon import make_day_lines
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

FIRST, LAST = date(2024, 3, 28), date(2024, 4, 4)
RANGE = ("--from", str(FIRST), "--to", str(LAST))


@pytest.fixture(autouse=True)
def served_days(elexon):
    for day in iter_dates(FIRST, LAST):
        elexon.add_day(day)


def start_backfill(environment):
    return subprocess.Popen(
        [sys.executable, MANAGE, "backfill", *RANGE],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def final_days():
    final = IngestionProgress.objects.filter(data_state="final", stale_since=None)
    return set(final.values_list("settlement_date", flat=True))


def wait_until(condition, *, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def assert_year_is_exact(client, settings):
    settings.REPORTS_PUBLIC = True
    days = {
        day: {p.number: make_day_lines(day, p.number) for p in iter_periods(day)}
        for day in iter_dates(FIRST, LAST)
    }
    epochs = list(DifficultyEpoch.objects.values_list("starts_at", "difficulty"))
    data, naive = client.get("/reports/yearly/2024/?format=json").json(), report(days, epochs)
    for name in ("curtailed_mwh", "payment_gbp"):
        assert fraction(data[name]) == naive[name]
    assert data["record_count"] == naive["record_count"]
    assert_summaries_equal_naive_sums()


def test_a_killed_backfill_goes_on_where_it_was(elexon, environment, manage, client, settings):
    elexon.fail(r"/stack/", server.slow(0.05))
    process = start_backfill(environment)
    wait_until(lambda: len(final_days()) >= 3)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = final_days()
    assert 3 <= len(done) < 8
    elexon.mend()
    elexon.forget()

    again = manage("backfill", *RANGE)

    assert again.returncode == 0, again.stderr
    asked_for = {path.split("/")[-2] for path in elexon.requests if "/stack/" in path}
    assert asked_for == {str(day) for day in iter_dates(FIRST, LAST)} - {str(d) for d in done}
    assert f"8 days: {8 - len(done)} written, {len(done)} skipped." in again.stdout
    assert_year_is_exact(client, settings)
    states = Backfill.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["interrupted", "done"]


def test_two_backfills_at_once_fetch_no_day_twice(elexon, environment, client, settings):
    processes = [start_backfill(environment) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    bids = [path for path in elexon.requests if "/bid/" in path]
    assert (
        len(bids)
        == len(set(bids))
        == sum(len(list(iter_periods(day))) for day in iter_dates(FIRST, LAST))
    )
    assert_year_is_exact(client, settings)


def test_an_unreachable_elexon_fails_with_the_reasons(committed_db, environment):
    here = Path(MANAGE).parent
    result = subprocess.run(
        [sys.executable, MANAGE, "backfill", "--from=2024-06-01", "--to=2024-06-01"],
        env=environment | {"ELEXON_BASE_URL": "ftp://nowhere"},
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "ELEXON_BASE_URL" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_a_backfill_finishes_the_days_in_hand(
    elexon, environment, manage, client, settings, asked_by
):
    elexon.fail(r"/stack/", server.slow(0.05))
    process = subprocess.Popen(
        [sys.executable, MANAGE, "backfill", *RANGE],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(final_days()) >= 1)
    process.send_signal(asked_by)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    *logged, last = errors.splitlines()
    assert last == "Interrupted. What was done is kept; the same command goes on."
    assert Backfill.objects.get().state == "interrupted"
    said = [json.loads(line) for line in logged]
    finished = {line["settlement_date"] for line in said if "written" in line["message"]}
    assert {line["settlement_date"] for line in said if "in hand" in line["message"]} == finished
    assert finished <= {str(day) for day in final_days()}
    assert not IngestionProgress.objects.filter(attempt_state="running").exists()
    elexon.mend()
    assert manage("backfill", *RANGE).returncode == 0
    assert_year_is_exact(client, settings)


def test_told_twice_a_backfill_abandons_the_days_in_hand(elexon, environment, manage):
    elexon.fail("/bid/2024-03-29/7$", server.slow(25))
    process = subprocess.Popen(
        [sys.executable, MANAGE, "backfill", *RANGE],
        env=environment | {"LOG_FORMAT": "plain"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: date(2024, 3, 28) in final_days())
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: Backfill.objects.get().state == "interrupted")
    assert "2024-03-29 is in hand" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=5)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert IngestionProgress.objects.get(pk="2024-03-29").data_state == "none"
    elexon.mend()
    assert manage("backfill", *RANGE).returncode == 0
    assert len(final_days()) == 8
    assert_summaries_equal_naive_sums()
