"""Two clusters at one queue, each broker: no day twice, exact totals, and a kill half-way."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psutil
import pytest
import redis
from django.utils import timezone
from django_q.models import OrmQ, Task

from curtailment.models import Backfill, IngestionProgress
from curtailment.settlement import count_periods, iter_dates
from summaries.long_backfills import start_backfill
from summaries.switch import switch
from tests.journeys.conftest import MANAGE
from tests.journeys.test_interruptions import wait_until
from tests.stubs import server
from tests.stubs.elexon import make_line
from tests.summaries.comparisons import assert_summaries_equal_naive_sums

FIRST, LAST = date(2024, 3, 1), date(2024, 4, 29)
DAYS = list(iter_dates(FIRST, LAST))
# Each day twice: whoever comes second finds nothing to do.
ENQUEUE = f"""
from datetime import date
from curtailment.settlement import iter_dates
from summaries.background import enqueue
for day in 2 * list(iter_dates({FIRST!r}, {LAST!r})):
    enqueue("fetch_due_day", day.isoformat())
""".replace("datetime.", "")
# What the schedule does each minute. Tasks are signed with the key of the clusters' environment,
# so the processes that hand them over have it too.
RESUME = "from summaries.tasks import resume_backfills; resume_backfills()"
TWO_TURNS = "from summaries.long_backfills import hand_over; hand_over(); hand_over()"


@pytest.fixture(autouse=True)
def served_days(elexon):
    """Sixty tiny days: a bid in the first and in the last period of each."""
    for number, day in enumerate(DAYS, start=1):
        last = count_periods(day)
        lines = {
            period: [make_line(day, period, "T_SGRWO-1", f"-{number}", "-50", soFlag=True)]
            for period in (1, last)
        }
        elexon.add_day(day, lines)
    elexon.forget()


@pytest.fixture(params=["orm", "redis"])
def broker(request, environment, tmp_path):
    """The environment of processes that find their tasks in the database, or in a Redis."""
    if request.param == "orm":
        yield environment | {"REDIS_URL": ""}
        return
    if shutil.which("redis-server") is None:
        assert not os.environ.get("CI"), "CI must install redis-server"
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    with redis_server(tmp_path) as address:
        yield environment | {"REDIS_URL": address}


@contextmanager
def redis_server(folder):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port)
        wait_until(lambda: answers(client))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def answers(client):
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


@contextmanager
def clusters(environment, *, count=2, name="windfall", logs=None):
    """Clusters as on machines of their own; the block gets their processes.

    With a folder for `logs` each writes its lines to a file there.
    """

    def start(number):
        log = Path(os.devnull) if logs is None else logs / f"cluster-{number}"
        with log.open("w") as lines:
            return subprocess.Popen(
                [sys.executable, MANAGE, "qcluster"],
                env=environment | {"Q_CLUSTER_NAME": name, "LOG_FORMAT": "plain"},
                stdout=subprocess.DEVNULL,
                stderr=lines,
                start_new_session=True,
            )

    processes = [start(number) for number in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            kill(process)


def kill(process):
    """SIGKILL to the cluster and all of its processes, as when a machine loses its power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def shell(environment, code):
    command = [sys.executable, MANAGE, "shell", "-v", "0", "-c", code]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)


def count_final():
    return IngestionProgress.objects.filter(data_state="final", stale_since=None).count()


def bids_asked_for(elexon):
    return [path for path in elexon.requests if "/bid/" in path]


def assert_exact():
    assert_summaries_equal_naive_sums()
    totals = IngestionProgress.objects.values_list("settlement_date", "curtailed_mwh")
    assert dict(totals) == {day: 2 * number for number, day in enumerate(DAYS, start=1)}


def is_working(cluster):
    """Whether it has its sentinel, two workers, the monitor, and what takes tasks, begun last."""
    return len(psutil.Process(cluster.pid).children(recursive=True)) == 5


def days_done_by_each(logs):
    """How many days each cluster has fetched and stored, from its lines."""
    done = re.compile(r"task fetch_due_day \S+ done .* written")
    return [len(done.findall(log.read_text())) for log in sorted(logs.glob("cluster-*"))]


def test_two_clusters_do_no_day_twice(elexon, broker, tmp_path):
    switch(on=True, by=None, now=timezone.now())
    # Signed with the key of this process, which the clusters do not have.
    OrmQ.objects.all().delete()
    with clusters(broker, logs=tmp_path) as both:
        # Before the first task is, so that neither finds all of them done.
        wait_until(lambda: all(map(is_working, both)), seconds=60)
        shell(broker, ENQUEUE)
        wait_until(lambda: count_final() == len(DAYS), seconds=90)
        wait_until(lambda: Task.objects.filter(func__endswith="fetch_due_day").count() == 120)
    asked = bids_asked_for(elexon)
    assert len(asked) == len(set(asked)) == sum(map(count_periods, DAYS))
    one, other = days_done_by_each(tmp_path)
    assert one > 0
    assert other > 0
    assert one + other == len(DAYS)
    assert_exact()


def test_what_a_killed_cluster_had_in_hand_is_done_by_another(elexon, broker):
    start_backfill(FIRST, LAST, force=False, now=timezone.now())

    def is_done_once_resumed():
        shell(broker, RESUME)
        return Backfill.objects.get().state == "done"

    with clusters(broker, name="long-work") as (first, _second):
        shell(broker, TWO_TURNS)
        wait_until(lambda: count_final() >= 20, seconds=60)
        kill(first)
        assert count_final() < len(DAYS)
        wait_until(is_done_once_resumed, seconds=90)
    assert count_final() == len(DAYS)
    asked = bids_asked_for(elexon)
    # Only the day that the killed one had in hand was begun twice.
    assert len(asked) - len(set(asked)) <= max(map(count_periods, DAYS))
    assert_exact()


def test_a_long_backfill_does_not_keep_the_daily_work_waiting(elexon, environment):
    elexon.fail("/bid/", server.slow(0.1))
    start_backfill(FIRST, LAST, force=False, now=timezone.now())
    with clusters(environment, count=1, name="long-work"), clusters(environment, count=1):
        shell(environment, TWO_TURNS)
        wait_until(lambda: count_final() >= 1)
        shell(environment, "from summaries.background import enqueue; enqueue('finish_stale_days')")
        wait_until(lambda: Task.objects.filter(func__endswith="finish_stale_days").exists())
        assert Backfill.objects.get().state == "running"
        done = count_final()
        wait_until(lambda: count_final() > done)


def test_work_that_waits_can_be_seen_with_either_broker(broker):
    code = (
        "from django.utils import timezone\n"
        "from summaries.background import enqueue\n"
        "from summaries.queries.work import read_work\n"
        "work = enqueue('fetch_due_day', '2024-03-01')\n"
        "(task,) = read_work(work, now=timezone.now())\n"
        "assert (task.name, task.state) == ('fetch due day 2024-03-01', 'queued'), task\n"
        "from summaries.queries.work import count_queued\n"
        "assert count_queued() == 1, count_queued()\n"
    )
    shell(broker, code)
