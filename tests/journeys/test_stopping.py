"""SIGTERM: what is in hand is finished, or abandoned and taken up again; nothing is lost."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date

import psycopg
import pytest
import requests
from django.utils import timezone
from django_q.models import OrmQ

from curtailment.models import CurtailmentRecord, IngestionProgress
from summaries.switch import switch
from tests.journeys.conftest import MANAGE
from tests.journeys.test_interruptions import wait_until
from tests.stubs import server
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

DAY = date(2024, 3, 5)
ENQUEUE = "from summaries.background import enqueue; enqueue('fetch_due_day', '2024-03-05')"
# What the schedule does each minute.
TAKE_UP = "from summaries.tasks import take_up_abandoned_days; take_up_abandoned_days()"


@pytest.fixture(autouse=True)
def served_day(elexon):
    elexon.add_day(DAY)
    elexon.forget()
    switch(on=True, by=None, now=timezone.now())
    # Signed with the key of this process, which the cluster does not have.
    OrmQ.objects.all().delete()


def shell(environment, code):
    command = [sys.executable, MANAGE, "shell", "-v", "0", "-c", code]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)


@contextmanager
def process(environment, log, *arguments):
    """A process of its own session, whose lines go to a file; killed if it does not end."""
    with log.open("w") as lines:
        one = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment | {"LOG_FORMAT": "json"},
            cwd=MANAGE.parent,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield one
        finally:
            # Also what it may have left behind.
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def lines_of(log):
    said = log.read_text()
    assert "Traceback" not in said, said
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def said_of_the_day(log):
    return [line["message"] for line in lines_of(log) if line.get("settlement_date") == str(DAY)]


def state():
    return IngestionProgress.objects.filter(pk=DAY).values_list("attempt_state", flat=True).first()


def test_a_cluster_finishes_the_day_in_hand(elexon, environment, tmp_path):
    elexon.fail("/bid/", server.slow(1))
    log = tmp_path / "log"
    with process(environment, log, "manage.py", "qcluster") as cluster:
        shell(environment, ENQUEUE)
        wait_until(lambda: state() == "running")
        cluster.send_signal(signal.SIGTERM)
        assert cluster.wait(25) == 0
    assert state() == "ok"
    assert any("task fetch_due_day 2024-03-05 done" in message for message in said_of_the_day(log))
    assert lines_of(log)[-1]["message"] == "The cluster has stopped."
    assert_summaries_equal_naive_sums()


def test_what_takes_too_long_is_abandoned_and_taken_up_by_another(elexon, environment, tmp_path):
    elexon.fail("/bid/", server.slow(29))
    log = tmp_path / "log"
    with process(environment, log, "manage.py", "qcluster") as cluster:
        shell(environment, ENQUEUE)
        wait_until(lambda: state() == "running")
        cluster.send_signal(signal.SIGTERM)
        # Of these it is patient for twelve.
        assert cluster.wait(25) == 0
    assert any("fetch_due_day 2024-03-05 abandoned" in message for message in said_of_the_day(log))
    assert (state(), CurtailmentRecord.objects.count()) == ("running", 0)

    elexon.mend()
    with process(environment, tmp_path / "second", "manage.py", "qcluster"):
        shell(environment, TAKE_UP)
        wait_until(lambda: state() == "ok")
    assert IngestionProgress.objects.get(pk=DAY).data_state == "final"
    assert_summaries_equal_naive_sums()


def test_a_cluster_that_waits_for_its_database_ends_at_once(environment, tmp_path):
    nowhere = environment | {"DATABASE_URL": "postgresql://me@127.0.0.1:1/windfall"}
    with process(nowhere, tmp_path / "log", "-u", "manage.py", "qcluster") as cluster:
        wait_until(lambda: "Waiting." in (tmp_path / "log").read_text())
        cluster.send_signal(signal.SIGTERM)
        assert cluster.wait(10) == 0
    assert len((tmp_path / "log").read_text().splitlines()) == 1


def test_a_web_server_answers_the_request_in_hand(environment, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    page = f"http://127.0.0.1:{port}/reports/yearly/2024/?format=json"
    gunicorn = ("-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}")
    variables = environment | {"REPORTS_PUBLIC": "true"}

    def answers():
        try:
            return requests.get(page, timeout=20).status_code == 200
        except requests.ConnectionError:
            return False

    with (
        process(variables, tmp_path / "log", *gunicorn, "config.wsgi") as web,
        ThreadPoolExecutor() as executor,
        psycopg.connect(environment["DATABASE_URL"]) as other,
    ):
        wait_until(answers)
        other.execute("LOCK TABLE yearly_summaries IN ACCESS EXCLUSIVE MODE")
        answer = executor.submit(requests.get, page + "&definition=all", timeout=20)
        wait_until(lambda: waits_for_a_lock(other))
        web.send_signal(signal.SIGTERM)
        time.sleep(1)
        other.rollback()
        assert answer.result().status_code == 200
        assert web.wait(15) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def waits_for_a_lock(connection):
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return connection.execute(waiting).fetchone()[0] > 0


# SIGTERM that comes between the handler of signals and the first process of the cluster.
STOPPED_EARLY = """
from summaries.cluster import PatientCluster
cluster = PatientCluster()
assert not cluster.stop()
cluster.start()
assert not cluster.sentinel.is_alive()
"""


def test_a_cluster_that_is_told_to_stop_while_it_begins_stops(environment):
    shell(environment, STOPPED_EARLY)
